import { describe, expect } from 'vitest';
import { behaviourDefaults } from '../../../server/conversation/settings.ts';
import { answersByKeyword, type ScriptedStep } from '../../../server/providers/fake/scripted-llm.ts';
import type { LlmRequest } from '../../../server/providers/kinds/llm.ts';
import { greeting } from '../../support/house-in-one/build-house.ts';
import { scenario } from '../../support/house-in-one/scenario.ts';

const { phrases } = behaviourDefaults;
const first = 'We are open from nine to five.';
const second = 'On Saturday we are open from ten to two.';
const third = 'On Sunday we are closed.';
const brain = answersByKeyword({ hours: `${first} ${second} ${third}`, where: 'We are at twelve Harbour Street.' });

/** Fails the first so many times it is asked, then answers. */
function failing(times: number, how: ScriptedStep): (request: LlmRequest) => string | readonly ScriptedStep[] {
  let asked = 0;
  return () => (asked++ < times ? [how] : 'Here I am again.');
}

const fails: ScriptedStep = { kind: 'fail', message: 'The model is gone.' };

describe('mishaps', () => {
  scenario('when the ear dies in the middle of a question, one apology is said', { brain }, async (stage) => {
    const { house } = stage;
    const leg = await stage.greetedCall();
    leg.audio.say('what are your opening hours');
    await house.pass(900);
    house.speech.crash();
    await stage.untilQuiet(leg);
    expect(leg.audio.heard).toBe(`${greeting} ${phrases.speechLost}`);
    expect(await stage.ask(leg, 'where are you please')).toBe('We are at twelve Harbour Street.');
    await stage.hangUp(leg);
    expect(house.endOf(leg)).toBe('completed/caller-hangup');
  });

  scenario('when the voice dies in the middle of an answer, the answer is still given', { brain }, async (stage) => {
    const { house } = stage;
    const leg = await stage.greetedCall();
    await stage.say(leg, 'what are your opening hours');
    await stage.untilHeard(leg, 'We are open');
    house.speech.crash();
    await stage.untilQuiet(leg);
    await stage.hangUp(leg);
    expect(leg.audio.heard).toBe(`${greeting} ${first} ${second} ${third}`);
  });

  scenario('when the speech process dies with nobody speaking, nobody notices', { brain }, async (stage) => {
    const leg = await stage.greetedCall();
    stage.house.speech.crash();
    await stage.house.pass(1_000);
    expect(leg.audio.heard).toBe(greeting);
    expect(await stage.ask(leg, 'where are you please')).toBe('We are at twelve Harbour Street.');
    await stage.hangUp(leg);
  });

  scenario(
    'a brain that fails once is apologised for, and the next answer is right',
    { brain: failing(1, fails) },
    async (stage) => {
      const leg = await stage.greetedCall();
      expect(await stage.ask(leg, 'what are your opening hours')).toBe(phrases.brainFailed);
      expect(await stage.ask(leg, 'what are your opening hours')).toBe('Here I am again.');
      await stage.hangUp(leg);
    },
  );

  scenario('a brain that goes on failing ends the call politely', { brain: failing(99, fails) }, async (stage) => {
    const { house } = stage;
    const leg = await stage.greetedCall();
    expect(await stage.ask(leg, 'what are your opening hours')).toBe(phrases.brainFailed);
    expect(await stage.ask(leg, 'what are your opening hours')).toBe(phrases.brainFailedAgain);
    await stage.say(leg, 'what are your opening hours');
    await stage.untilOver(leg);
    expect(leg.audio.heard.endsWith(phrases.brainGone)).toBe(true);
    expect(house.callOf(leg).status).toBe('completed');
  });

  scenario(
    'a brain that says nothing for 10 s has failed',
    { brain: failing(1, { kind: 'wait', delayMs: 60_000 }) },
    async (stage) => {
      const leg = await stage.greetedCall();
      await stage.say(leg, 'what are your opening hours');
      const askedAtMs = stage.house.nowMs;
      await stage.untilQuiet(leg);
      expect(leg.audio.heardSince(askedAtMs)).toBe(phrases.brainFailed);
      expect(stage.house.nowMs - askedAtMs).toBeLessThan(20_000);
      await stage.hangUp(leg);
    },
  );

  scenario('an answer that the voice cannot speak is apologised for', { brain }, async (stage) => {
    const leg = await stage.greetedCall();
    stage.house.speech.failNext(1);
    expect(await stage.ask(leg, 'where are you please')).toBe(phrases.brainFailed);
    expect(await stage.ask(leg, 'where are you please')).toBe('We are at twelve Harbour Street.');
    await stage.hangUp(leg);
  });

  scenario(
    'when the control connection breaks, the call is hung up, and the next one is answered',
    { brain },
    async (stage) => {
      const { house } = stage;
      const leg = await stage.greetedCall();
      for (const socket of house.parts.control) socket.destroy();
      await stage.untilOver(leg);
      expect(house.endOf(leg)).toBe('failed/sip-core-lost');
      await house.pass(2_000);
      const next = await stage.greetedCall();
      expect(next.audio.heard).toBe(greeting);
      await stage.hangUp(next);
    },
  );

  scenario('a house without a free RTP port refuses a call and answers the next', { brain }, async (stage) => {
    const { house } = stage;
    const { rtpNetwork } = house.parts;
    const taken = await Promise.all(
      Array.from({ length: 64 }, (_, index) =>
        rtpNetwork.open({ address: '127.0.0.1', port: 40_000 + index }, () => {}),
      ),
    );
    const leg = await stage.phone.dial('reception');
    await house.until(() => leg.state === 'refused', 'the call is refused');
    expect(leg.statuses.at(-1)).toBe(503);
    await stage.allOver();
    expect(house.endOf(leg)).toBe('failed/error');
    await Promise.all(taken.map((socket) => socket.close()));
    await stage.hangUp(await stage.greetedCall());
  });
});
