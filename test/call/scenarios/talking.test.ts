import { describe, expect } from 'vitest';
import { answersByKeyword } from '../../../server/providers/fake/scripted-llm.ts';
import { greeting } from '../../support/house-in-one/build-house.ts';
import { scenario } from '../../support/house-in-one/scenario.ts';

const hours = 'We are open from nine to five, Monday to Friday.';
const address = 'We are at twelve Harbour Street.';
const story = Array.from({ length: 12 }, (_, index) => `This is sentence number ${index + 1} of my story.`).join(' ');
const brain = answersByKeyword({
  hours,
  where: address,
  story,
  slowly: [
    { kind: 'text', text: 'Let me see. It' },
    { kind: 'wait', delayMs: 4_000 },
    { kind: 'text', text: ' is the third door.' },
  ],
});

describe('talking', () => {
  scenario('a question is answered, and both turns are in the records with their marks', { brain }, async (stage) => {
    const { house } = stage;
    const leg = await stage.greetedCall();
    expect(await stage.ask(leg, 'what are your opening hours')).toBe(hours);
    const firstWordMs = leg.audio.words.find(({ text }) => text === 'We')?.startMs ?? 0;
    await stage.hangUp(leg);

    expect(house.transcriptOf(leg)).toEqual([
      `agent: ${greeting}`,
      'caller: what are your opening hours',
      `agent: ${hours}`,
    ]);
    const [, caller, answer] = house.turnsOf(leg);
    const { callerStopped = 0, endOfTurn = 0, firstPacket = 0, firstToken = 0, firstAudio = 0 } = answer?.marks ?? {};
    expect(Math.abs(callerStopped - leg.audio.lastVoicedAtMs)).toBeLessThanOrEqual(40);
    expect(Math.abs(firstPacket - firstWordMs)).toBeLessThanOrEqual(40);
    expect(firstToken).toBeLessThan(firstAudio);
    expect(callerStopped < endOfTurn && endOfTurn < firstPacket).toBe(true);
    expect(firstPacket - callerStopped).toBeLessThanOrEqual(900);
    expect([caller?.provider, answer?.provider]).toEqual(['tone ear', 'scripted llm']);
    expect(house.endOf(leg)).toBe('completed/caller-hangup');
  });

  scenario('the agent speaks first, within 400 ms of the answer', { brain }, async (stage) => {
    const leg = await stage.call();
    const answeredAtMs = stage.house.nowMs;
    await stage.untilHeard(leg, greeting);
    expect((leg.audio.words[0]?.startMs ?? Infinity) - answeredAtMs).toBeLessThanOrEqual(400);
    await stage.hangUp(leg);
  });

  scenario(
    'an agent without first words waits for the caller',
    { brain, agent: { startingMessage: null } },
    async (stage) => {
      const leg = await stage.call();
      await stage.house.pass(3_000);
      expect(leg.audio.heard).toBe('');
      expect(await stage.ask(leg, 'where are you')).toBe(address);
      await stage.hangUp(leg);
    },
  );

  scenario('two callers who speak at the same time are each answered on their own line', { brain }, async (stage) => {
    const { house } = stage;
    const other = await house.phone({ address: '127.0.0.3' });
    const one = await stage.greetedCall();
    const two = await stage.greetedCall('reception', {}, other);
    one.audio.say('what are your opening hours');
    two.audio.say('where are you please');
    await stage.untilHeard(one, hours);
    await stage.untilHeard(two, address);
    expect(one.audio.heard).toBe(`${greeting} ${hours}`);
    expect(two.audio.heard).toBe(`${greeting} ${address}`);
    two.hangUp();
    await stage.hangUp(one);
    expect(house.transcriptOf(one)[1]).toBe('caller: what are your opening hours');
    expect(house.transcriptOf(two)[1]).toBe('caller: where are you please');
  });

  scenario('the first sentence is spoken while the brain still thinks about the second', { brain }, async (stage) => {
    const leg = await stage.greetedCall();
    await stage.say(leg, 'tell me slowly');
    await stage.untilHeard(leg, 'Let me see.', 2_000);
    await stage.house.pass(1_500);
    expect(leg.audio.heard).not.toContain('third');
    await stage.untilHeard(leg, 'It is the third door.');
    await stage.hangUp(leg);
    expect(stage.house.transcriptOf(leg).at(-1)).toBe('agent: Let me see. It is the third door.');
  });

  scenario('a long answer is synthesised no faster than it is spoken', { brain }, async (stage) => {
    const leg = await stage.greetedCall();
    await stage.say(leg, 'tell me a story please');
    await stage.untilHeard(leg, 'This is sentence number 2');
    expect(stage.house.speech.asked.length).toBeLessThanOrEqual(6);
    await stage.untilHeard(leg, story, 60_000);
    expect(leg.audio.heard).toBe(`${greeting} ${story}`);
    await stage.hangUp(leg);
  });

  scenario('of an answer that the caller hung up on, the records keep what was heard', { brain }, async (stage) => {
    const { house } = stage;
    const leg = await stage.greetedCall();
    await stage.say(leg, 'what are your opening hours');
    await stage.untilHeard(leg, 'open from');
    const { heard } = leg.audio;
    leg.hangUp();
    await stage.allOver();
    const [, , answer] = house.turnsOf(leg);
    expect(house.transcriptOf(leg)[1]).toBe('caller: what are your opening hours');
    expect(answer).toMatchObject({ interrupted: true });
    expect(['We are open', 'We are open from']).toContain(answer?.text);
    expect(heard).toContain(answer?.text);
    expect(house.endOf(leg)).toBe('completed/caller-hangup');
  });

  scenario('a phone that knows only A-law is answered in A-law', { brain }, async (stage) => {
    const phone = await stage.house.phone({ address: '127.0.0.3', codec: 'PCMA' });
    const leg = await stage.greetedCall('reception', {}, phone);
    expect(leg.remoteSdp).toContain('PCMA/8000');
    expect(await stage.ask(leg, 'what are your opening hours')).toBe(hours);
    await stage.hangUp(leg);
  });
});
