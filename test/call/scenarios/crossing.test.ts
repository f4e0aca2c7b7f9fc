import { describe, expect } from 'vitest';
import { behaviourDefaults } from '../../../server/conversation/settings.ts';
import { answersByKeyword } from '../../../server/providers/fake/scripted-llm.ts';
import { greeting } from '../../support/house-in-one/build-house.ts';
import { scenario } from '../../support/house-in-one/scenario.ts';

const { phrases } = behaviourDefaults;
const goodbye = 'Goodbye, and thank you very much for your call.';
const hours = 'We are open from nine to five, Monday to Friday.';
const address = 'We are at twelve Harbour Street.';
const brain = answersByKeyword({
  hours,
  where: address,
  bye: [{ kind: 'text', text: goodbye }, { kind: 'end-call' }],
  sales: [
    { kind: 'text', text: 'I will put you through.' },
    { kind: 'transfer', target: { name: 'sales', target: 'sip:sales@127.0.0.9' } },
  ],
  slowly: [
    { kind: 'wait', delayMs: 3_000 },
    { kind: 'text', text: 'That is done.' },
  ],
});

describe('things that cross', () => {
  scenario('a CANCEL that crosses the answer ends the call all the same', { brain }, async (stage) => {
    const { house } = stage;
    house.parts.sipNetwork.script = ({ startLine }) => [startLine.startsWith('SIP/2.0 200') ? 400 : 1];
    const leg = await stage.phone.dial('reception');
    await house.pass(300);
    expect(house.parts.sipNetwork.log.at(-1)?.packet.startLine).toBe('SIP/2.0 200 OK');
    leg.cancel();
    await stage.untilOver(leg);
    expect(leg.statuses).toEqual([100, 180, 200]);
    expect(leg.audio.heard).toBe('');
    expect(house.endOf(leg)).toBe('failed/cancelled');
  });

  scenario('two BYEs that cross end one call once', { brain }, async (stage) => {
    const { house } = stage;
    const leg = await stage.greetedCall();
    await stage.say(leg, 'thank you bye');
    await stage.untilHeard(leg, goodbye);
    await house.until(() => house.parts.context.telephony.counters().liveCalls === 0, 'the house hangs up');
    leg.hangUp();
    await stage.allOver();
    expect(house.endOf(leg)).toBe('completed/agent-hangup');
  });

  scenario('a caller with one more question at the goodbye is not hung up on', { brain }, async (stage) => {
    const { house } = stage;
    const leg = await stage.greetedCall();
    await stage.say(leg, 'thank you bye');
    await stage.untilHeard(leg, 'Goodbye, and thank');
    leg.audio.say('no wait where are you');
    await stage.untilHeard(leg, address);
    await house.pass(3_000);
    expect(leg.state).toBe('up');
    await stage.hangUp(leg);
    expect(house.turnsOf(leg)[2]).toMatchObject({ role: 'agent', interrupted: true });
  });

  scenario(
    'a caller who goes on while the agent thinks is answered once, about everything',
    { brain },
    async (stage) => {
      const { house } = stage;
      const leg = await stage.greetedCall();
      await stage.say(leg, 'do it slowly');
      await house.pass(1_500);
      await stage.say(leg, 'and where are you please');
      await stage.untilQuiet(leg);
      await stage.hangUp(leg);
      expect(leg.audio.heard).toBe(`${greeting} ${address}`);
      expect(house.transcriptOf(leg)[1]).toBe('caller: do it slowly and where are you please');
    },
  );

  scenario('a caller who holds while the agent thinks gets the answer afterwards', { brain }, async (stage) => {
    const { house } = stage;
    const leg = await stage.greetedCall();
    await stage.say(leg, 'do it slowly');
    await house.pass(1_500);
    leg.hold();
    await house.pass(20_000);
    expect(leg.audio.heard).toBe(greeting);
    leg.resume();
    await stage.untilHeard(leg, 'That is done.');
    await stage.hangUp(leg);
  });

  scenario('a caller who holds during the greeting hears it again from its start', { brain }, async (stage) => {
    const { house } = stage;
    const leg = await stage.call();
    await stage.untilHeard(leg, 'Hello, this');
    leg.hold();
    await house.pass(5_000);
    const resumedAtMs = house.nowMs;
    leg.resume();
    await stage.untilHeard(leg, 'is Ada.');
    expect(leg.audio.heardSince(resumedAtMs)).toBe(greeting);
    await stage.hangUp(leg);
    expect(house.transcriptOf(leg)).toEqual([`agent: ${greeting}`]);
  });

  scenario('a caller who hangs up on hold is hung up', { brain }, async (stage) => {
    const leg = await stage.greetedCall();
    leg.hold();
    await stage.house.pass(3_000);
    await stage.hangUp(leg);
    expect(stage.house.endOf(leg)).toBe('completed/caller-hangup');
  });

  scenario(
    'the time on hold does not count as talking time',
    { brain, agent: { turnSettings: { maxDurationMs: 20_000 } } },
    async (stage) => {
      const { house } = stage;
      const leg = await stage.greetedCall();
      leg.hold();
      await house.pass(60_000);
      leg.resume();
      await house.pass(500);
      expect(await stage.ask(leg, 'what are your opening hours')).toBe(hours);
      await stage.untilOver(leg);
      expect(leg.audio.heard).toContain(phrases.maxDurationFarewell);
    },
  );

  scenario('an appliance that stops while a caller holds hangs up at once', { brain }, async (stage) => {
    const { house } = stage;
    const leg = await stage.greetedCall();
    leg.hold();
    await house.pass(1_000);
    const stopsAtMs = house.nowMs;
    await house.during(house.parts.context.hangUpAll(6_000));
    expect(house.nowMs - stopsAtMs).toBeLessThan(1_000);
    await stage.untilOver(leg);
    expect(house.endOf(leg)).toBe('completed/shutdown');
  });

  scenario('a caller who hangs up in the middle of a transfer leaves nothing behind', { brain }, async (stage) => {
    const { house } = stage;
    const leg = await stage.greetedCall();
    leg.referPlan = { status: 202, news: [100] };
    await stage.say(leg, 'put me through to sales');
    await house.until(() => leg.methods.includes('REFER'), 'the transfer');
    await stage.hangUp(leg);
    expect(house.callOf(leg).status).toBe('completed');
  });

  scenario('a transfer of which nothing more is heard gives the caller back', { brain }, async (stage) => {
    const { house } = stage;
    const leg = await stage.greetedCall();
    leg.referPlan = { status: 202, news: [100] };
    await stage.say(leg, 'put me through to sales');
    await house.until(() => leg.audio.heard.includes('Can I take a message?'), 'the agent comes back', 120_000);
    await stage.hangUp(leg);
  });

  scenario(
    'a phone that moves in the middle of the call is heard and hears where it is now',
    { brain },
    async (stage) => {
      const leg = await stage.greetedCall();
      await leg.move();
      await stage.house.pass(500);
      expect(await stage.ask(leg, 'what are your opening hours')).toBe(hours);
      await stage.hangUp(leg);
    },
  );

  scenario('a call that begins on hold waits with its first words', { brain }, async (stage) => {
    const { house } = stage;
    const leg = await stage.phone.dial('reception', { direction: 'sendonly' });
    await house.until(() => leg.state === 'up', 'the call is answered');
    await house.pass(10_000);
    expect(leg.audio.heard).toBe('');
    leg.resume();
    await stage.untilHeard(leg, greeting);
    expect(await stage.ask(leg, 'what are your opening hours')).toBe(hours);
    await stage.hangUp(leg);
  });

  scenario('a line that is dead from the start is hung up', { brain }, async (stage) => {
    const leg = await stage.phone.dial('reception');
    leg.audio.mute(true);
    await stage.untilOver(leg);
    expect(stage.house.endOf(leg)).toBe('failed/rtp-timeout');
  });

  scenario('keys silence the agent and are taken together with what follows', { brain }, async (stage) => {
    const { house } = stage;
    const leg = await stage.greetedCall();
    await stage.say(leg, 'what are your opening hours');
    await stage.untilHeard(leg, 'open from');
    leg.audio.press('42#');
    await stage.untilHeard(leg, 'You pressed 4 2.');
    await stage.hangUp(leg);
    expect(leg.audio.heard).not.toContain('Friday.');
    expect(house.turnsOf(leg)[2]).toMatchObject({ role: 'agent', interrupted: true });
  });

  scenario(
    'when ear and voice are down as the call comes in, it is answered and greeted when they are back',
    { brain },
    async (stage) => {
      const { house } = stage;
      house.speech.crash();
      const leg = await stage.greetedCall();
      expect(leg.audio.heard).toBe(greeting);
      expect(await stage.ask(leg, 'what are your opening hours')).toBe(hours);
      await stage.hangUp(leg);
    },
  );

  scenario('eight callers at once are all served', { brain }, async (stage) => {
    const { house } = stage;
    const legs = await Promise.all(
      Array.from({ length: 8 }, async (_, index) => {
        const phone = await house.phone({ address: `127.0.1.${index}` });
        return await phone.dial('reception');
      }),
    );
    await house.until(() => legs.every(({ state }) => state === 'up'), 'all are answered');
    await house.pass(2_500);
    for (const [index, leg] of legs.entries()) {
      leg.audio.pause(index * 330);
      leg.audio.say(index % 2 === 0 ? 'what are your opening hours' : 'where are you please');
    }
    await house.pass(12_000);
    for (const [index, leg] of legs.entries()) {
      expect(leg.audio.heard).toBe(`${greeting} ${index % 2 === 0 ? hours : address}`);
      leg.hangUp();
    }
    await stage.allOver();
    expect(house.calls.every(({ status }) => status === 'completed')).toBe(true);
  });
});
