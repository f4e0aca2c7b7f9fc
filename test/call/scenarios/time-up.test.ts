import { describe, expect } from 'vitest';
import { behaviourDefaults } from '../../../server/conversation/settings.ts';
import { answersByKeyword } from '../../../server/providers/fake/scripted-llm.ts';
import { greeting } from '../../support/house-in-one/build-house.ts';
import { scenario } from '../../support/house-in-one/scenario.ts';

const { phrases } = behaviourDefaults;
const hours = 'We are open from nine to five, Monday to Friday, and from ten to two on Saturday.';
const brain = answersByKeyword({ hours });
const warning = 'We have a short time left.';
const warned = { maxDurationMs: 20_000, timeUpWarning: { beforeMs: 12_000, text: warning } };

describe('an agent that warns before the time is up', () => {
  scenario(
    'says so, goes on with the conversation, and says goodbye at the end',
    { brain, agent: { turnSettings: warned } },
    async (stage) => {
      const leg = await stage.call();
      const answeredAtMs = stage.house.nowMs;
      await stage.untilHeard(leg, warning);
      const sinceAnswerMs = stage.house.nowMs - answeredAtMs;
      expect(sinceAnswerMs).toBeGreaterThan(8_000);
      expect(sinceAnswerMs).toBeLessThan(11_000);
      await stage.house.pass(600);
      expect(await stage.ask(leg, 'what are your hours')).toContain('ten to two on Saturday.');
      await stage.untilOver(leg);
      expect(leg.audio.heard).toBe(`${greeting} ${warning} ${hours} ${phrases.maxDurationFarewell}`);
      expect(stage.house.transcriptOf(leg)).toContain(`agent: ${warning}`);
      expect(stage.house.endOf(leg)).toBe('completed/max-duration');
    },
  );

  scenario(
    'waits until its own sentence is said',
    { brain, agent: { turnSettings: { ...warned, timeUpWarning: { beforeMs: 16_000, text: warning } } } },
    async (stage) => {
      const leg = await stage.greetedCall();
      await stage.say(leg, 'what are your hours');
      await stage.untilHeard(leg, warning);
      expect(leg.audio.heard).toBe(`${greeting} ${hours} ${warning}`);
      await stage.hangUp(leg);
    },
  );

  scenario(
    'does not speak over the caller, and answers first',
    { brain, agent: { turnSettings: { ...warned, timeUpWarning: { beforeMs: 16_000, text: warning } } } },
    async (stage) => {
      const leg = await stage.greetedCall();
      await stage.say(leg, 'well I would like to ask you something that takes quite a while what are your hours');
      expect(leg.audio.heard).toBe(greeting);
      await stage.untilHeard(leg, warning);
      expect(leg.audio.heard).toBe(`${greeting} ${hours} ${warning}`);
      await stage.hangUp(leg);
    },
  );

  scenario(
    'finds its own words where it has none set',
    { brain, agent: { turnSettings: { maxDurationMs: 20_000, timeUpWarning: { beforeMs: 15_000 } } } },
    async (stage) => {
      const leg = await stage.greetedCall();
      await stage.untilHeard(leg, 'We have 15 seconds left.');
      expect(stage.house.brain.requests.at(-1)?.occasion).toEqual({ kind: 'time-short', secondsLeft: 15 });
      await stage.hangUp(leg);
    },
  );

  scenario(
    'says it at the end of a call that is shorter than that',
    { brain, agent: { turnSettings: { ...warned, maxDurationMs: 6_000 } } },
    async (stage) => {
      const leg = await stage.greetedCall();
      await stage.untilOver(leg);
      expect(leg.audio.heard).toBe(`${greeting} ${warning}`);
      expect(stage.house.endOf(leg)).toBe('completed/max-duration');
    },
  );
});
