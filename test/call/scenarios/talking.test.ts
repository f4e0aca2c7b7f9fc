import { describe, expect } from 'vitest';
import { answersByKeyword } from '../../../server/providers/fake/scripted-llm.ts';
import { greeting } from '../../support/house-in-one/build-house.ts';
import { scenario } from '../../support/house-in-one/scenario.ts';

const hours = 'We are open from nine to five, Monday to Friday.';
const address = 'We are at twelve Harbour Street.';
const brain = answersByKeyword({ hours, where: address });

describe('talking', () => {
  scenario(
    'a caller asks and is answered, and every turn is in the records with its marks',
    { brain },
    async (stage) => {
      const leg = await stage.greetedCall();
      const saidUntilMs = stage.house.nowMs;
      expect(await stage.ask(leg, 'what are your opening hours')).toBe(hours);
      const firstWordMs =
        leg.audio.words.find(({ text, startMs }) => text === 'We' && startMs > saidUntilMs)?.startMs ?? 0;
      await stage.hangUp(leg);

      expect(stage.house.transcriptOf(leg)).toEqual([
        `agent: ${greeting}`,
        'caller: what are your opening hours',
        `agent: ${hours}`,
      ]);
      const [, caller, answer] = stage.house.turnsOf(leg);
      const { callerStopped = 0, endOfTurn = 0, firstPacket = 0, firstToken = 0, firstAudio = 0 } = answer?.marks ?? {};
      expect(Math.abs(callerStopped - leg.audio.lastVoicedAtMs)).toBeLessThanOrEqual(40);
      expect(Math.abs(firstPacket - firstWordMs)).toBeLessThanOrEqual(40);
      expect(firstToken).toBeLessThan(firstAudio);
      expect(callerStopped < endOfTurn && endOfTurn < firstPacket).toBe(true);
      expect(firstPacket - callerStopped).toBeLessThanOrEqual(900);
      expect(caller?.provider).toBe('tone ear');
      expect(answer?.provider).toBe('scripted llm');
      expect(stage.house.endOf(leg)).toBe('completed/caller-hangup');
    },
  );
});
