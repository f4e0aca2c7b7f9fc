import { describe, expect } from 'vitest';
import { answersByKeyword } from '../../../server/providers/fake/scripted-llm.ts';
import { greeting } from '../../support/house-in-one/build-house.ts';
import { scenario } from '../../support/house-in-one/scenario.ts';

const hours = 'We are open from nine to five, Monday to Friday.';
const address = 'We are at twelve Harbour Street across from the town hall.';
const saturday = 'On Saturday we are open from ten to two.';
const brain = answersByKeyword({
  slowly: [
    { kind: 'wait', delayMs: 8_000 },
    { kind: 'text', text: 'That is done.' },
  ],
  saturday,
  hours,
  where: address,
  book: 'For how many people?',
});

describe('interrupting', () => {
  scenario(
    'a caller who speaks up silences the agent, and the history keeps what was heard',
    { brain },
    async (stage) => {
      const { house } = stage;
      const leg = await stage.greetedCall();
      await stage.say(leg, 'what are your opening hours');
      await stage.untilHeard(leg, 'open from nine');
      const onsetMs = house.nowMs;
      await stage.say(leg, 'wait a moment where are you');
      expect(leg.audio.lastWordAtMs - onsetMs).toBeLessThanOrEqual(300);
      await stage.untilHeard(leg, address);
      await stage.hangUp(leg);

      const [, , cut] = house.turnsOf(leg);
      expect(cut).toMatchObject({ role: 'agent', interrupted: true });
      expect(hours.startsWith(cut?.text ?? '-')).toBe(true);
      const whole = leg.audio.words.filter(({ isWhole }) => isWhole).map(({ text }) => text);
      expect(whole.join(' ')).toBe(`${greeting} ${cut?.text} ${address}`);
      expect(house.transcriptOf(leg).slice(3)).toEqual(['caller: wait a moment where are you', `agent: ${address}`]);
      const { history } = house.brain.requests.at(-1) ?? { history: [] };
      expect(history.at(-2)).toEqual({ role: 'agent', text: cut?.text });
    },
  );

  scenario('a caller can interrupt answer after answer, each in its first seconds', { brain }, async (stage) => {
    const { house } = stage;
    const leg = await stage.greetedCall();
    await stage.say(leg, 'what are your opening hours');
    for (const question of ['wait where are you', 'no wait what are your hours', 'stop where are you']) {
      const spokenMs = house.nowMs;
      await house.until(() => leg.audio.lastWordAtMs > spokenMs, 'the agent answers');
      await house.pass(700);
      const onsetMs = house.nowMs;
      await stage.say(leg, question);
      expect(leg.audio.lastWordAtMs - onsetMs).toBeLessThanOrEqual(300);
    }
    await stage.untilHeard(leg, address);
    await stage.hangUp(leg);
    expect(house.turnsOf(leg).filter(({ role, interrupted }) => role === 'agent' && interrupted)).toHaveLength(3);
  });

  scenario('a caller who coughs and then speaks up is heard', { brain }, async (stage) => {
    const { house } = stage;
    const leg = await stage.greetedCall();
    await stage.say(leg, 'where are you please');
    await stage.untilHeard(leg, 'twelve');
    leg.audio.cough(240);
    await stage.untilHeard(leg, 'Harbour Street');
    const onsetMs = house.nowMs;
    await stage.say(leg, 'no wait what are your hours');
    expect(leg.audio.lastWordAtMs - onsetMs).toBeLessThanOrEqual(300);
    await stage.untilHeard(leg, hours);
    await stage.hangUp(leg);
  });

  scenario('a cough pauses the agent and costs no word', { brain }, async (stage) => {
    const leg = await stage.greetedCall();
    await stage.say(leg, 'what are your opening hours');
    await stage.untilHeard(leg, 'open from');
    leg.audio.cough(240);
    await stage.house.pass(350);
    const pausedAfter = leg.audio.heard;
    await stage.house.pass(250);
    expect(leg.audio.heard).toBe(pausedAfter);
    await stage.untilHeard(leg, 'to Friday.');
    expect(leg.audio.understood).toBe(`${greeting} ${hours}`);
    await stage.hangUp(leg);
    expect(stage.house.transcriptOf(leg).at(-1)).toBe(`agent: ${hours}`);
  });

  scenario('a caller who only hums along is not taken for one who speaks', { brain }, async (stage) => {
    const leg = await stage.greetedCall();
    await stage.say(leg, 'what are your opening hours');
    await stage.untilHeard(leg, 'nine to');
    await stage.say(leg, 'mhm');
    await stage.untilHeard(leg, 'to Friday.');
    expect(leg.audio.understood).toBe(`${greeting} ${hours}`);
    await stage.hangUp(leg);
    expect(stage.house.transcriptOf(leg)).toHaveLength(3);
    expect(stage.house.brain.requests).toHaveLength(1);
  });

  scenario('an answer prepared too early is thrown away unheard when the caller goes on', { brain }, async (stage) => {
    const { house } = stage;
    const leg = await stage.greetedCall();
    const answer = await stage.ask(leg, 'what are your opening hours', 480, 'on saturday');
    expect(answer).toBe(saturday);
    expect(house.brain.requests.map(({ occasion }) => occasion)).toEqual([
      { kind: 'caller-turn', text: 'what are your opening hours' },
      { kind: 'caller-turn', text: 'what are your opening hours on saturday' },
    ]);
    expect(house.speech.asked).toContain(hours);
    expect(leg.audio.heard).toBe(`${greeting} ${saturday}`);
    await stage.hangUp(leg);
    expect(house.transcriptOf(leg)).toEqual([
      `agent: ${greeting}`,
      'caller: what are your opening hours on saturday',
      `agent: ${saturday}`,
    ]);
  });

  scenario('a brain that thinks about an answer nobody wants any more is stopped', { brain }, async (stage) => {
    const { house } = stage;
    const leg = await stage.greetedCall();
    await stage.say(leg, 'please do it slowly', 480, 'no');
    expect(house.brain.requests).toHaveLength(1);
    expect(house.brain.aborted).toBe(1);
    await stage.untilHeard(leg, 'That is done.');
    expect(house.brain.aborted).toBe(house.brain.requests.length - 1);
    await stage.hangUp(leg);
  });

  scenario('a pause behind a word that must be followed by another one ends no turn', { brain }, async (stage) => {
    const leg = await stage.greetedCall();
    expect(await stage.ask(leg, 'i would like to', 900, 'book a table')).toBe('For how many people?');
    await stage.hangUp(leg);
    expect(stage.house.transcriptOf(leg)[1]).toBe('caller: i would like to book a table');
  });

  scenario('a caller who goes on just as the answer begins is heard as one', { brain }, async (stage) => {
    const { house } = stage;
    const leg = await stage.greetedCall();
    await stage.say(leg, 'what are your opening hours');
    await stage.untilHeard(leg, 'We');
    leg.audio.say('i mean on saturday');
    await stage.untilHeard(leg, saturday);
    await stage.hangUp(leg);
    expect(house.transcriptOf(leg)).toEqual([
      `agent: ${greeting}`,
      'caller: what are your opening hours i mean on saturday',
      `agent: ${saturday}`,
    ]);
  });

  scenario(
    'the announcement of a recording is spoken to its end, whatever the caller says',
    { brain, agent: { recordingEnabled: true, recordingAnnouncement: 'This call is recorded for training.' } },
    async (stage) => {
      const leg = await stage.call();
      await stage.untilHeard(leg, 'This call');
      await stage.say(leg, 'stop stop i want to say something');
      await stage.untilHeard(leg, greeting);
      expect(leg.audio.heard).toMatch(/^This call is recorded for training\. Hello/);
      await stage.hangUp(leg);
    },
  );
});
