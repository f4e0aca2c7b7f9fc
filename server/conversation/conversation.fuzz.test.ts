import { describe, expect, test } from 'vitest';
import { RehearsedCall } from '../../test/support/rehearsal/rehearsed-call.ts';

/** A small linear congruential generator: the same seed gives the same call. */
function dice(seed: number): (sides: number) => number {
  let value = seed;
  return (sides) => {
    value = (value * 1_664_525 + 1_013_904_223) % 2 ** 32;
    return Math.floor((value / 2 ** 32) * sides);
  };
}

const sayings = [
  'what are your hours',
  'where are you',
  'no wait',
  'my number is five five',
  'mhm',
  'and then i',
  'yes',
];

const broken = { outcome: 'failed', text: 'broken' } as const;

/** Things that happen in calls, in any order and at any time. */
const happenings: readonly ((call: RehearsedCall, roll: (sides: number) => number) => Promise<void> | void)[] = [
  (call, roll) => call.caller.says(sayings[roll(sayings.length)] ?? ''),
  (call, roll) => call.caller.says(sayings[roll(sayings.length)] ?? '', 300 + roll(600), 'on saturday'),
  (call, roll) => call.caller.says({ noiseMs: 60 + roll(1_200) }),
  (call, roll) => call.caller.presses('1234#*'.charAt(roll(6))),
  (call, roll) => call.pass(roll(4_000)),
  (call, roll) => call.pass(roll(300)),
  (call) => call.caller.loseRecogniser(),
  (call) => call.caller.loseRecogniserAtEndOfTurn(),
  (call) => call.voice.failNext('speech-lost'),
  (call) => call.voice.failNext('speech-failed'),
  (call) => call.line.restart(),
  async (call, roll) => {
    call.caller.setDeaf(true);
    call.conversation.input({ kind: 'held' });
    await call.pass(roll(3_000));
    call.caller.setDeaf(false);
    call.conversation.input({ kind: 'resumed' });
  },
  (call) => call.conversation.input({ kind: 'transfer-refused', target: 'sales', status: 486 }),
];

describe('whatever happens in a call', () => {
  test.each(Array.from({ length: 60 }, (_, seed) => seed + 1))(
    'it comes to its end and leaves nothing behind (%i)',
    async (seed) => {
      const roll = dice(seed);
      const call = new RehearsedCall({
        announcement: seed % 3 === 0 ? 'This call is recorded.' : '',
        behaviour: {
          maxDurationMs: 90_000,
          silence: { promptAfterMs: 4_000 },
          timeShort: { beforeEndMs: (seed % 4) * 25_000, text: seed % 2 === 0 ? 'Our time is nearly up.' : '' },
          digits: { takesHash: seed % 2 === 0 },
        },
        tools: {
          quick: { takesMs: 80 },
          slow: { takesMs: 5_000 },
          stuck: {},
          broken: { takesMs: 300, answer: broken },
        },
        script: ({ occasion }) => {
          const tool = ['quick', 'slow', 'stuck', 'broken', 'unknown'][roll(20)];
          if (tool !== undefined) return [{ kind: 'tool', name: tool, goOn: ({ text }) => `It says: ${text}.` }];
          if (roll(12) === 0) return [{ kind: 'fail', message: 'broken' }];
          if (roll(15) === 0) return [];
          const text =
            occasion.kind === 'caller-turn' ? `You said ${occasion.text}. Is there anything else?` : 'Hello?';
          return [
            { kind: 'wait', delayMs: roll(900) },
            { kind: 'text', text },
          ];
        },
      });
      await call.begin();
      for (let round = 0; round < 12 && call.hangups.length === 0; round++)
        await happenings[roll(happenings.length)]?.(call, roll);
      // Left alone, the conversation ends by itself: by silence, or at its maximum duration.
      for (let waited = 0; waited < 150_000 && call.hangups.length === 0; waited += 1_000) await call.pass(1_000);
      expect(call.hangups).toHaveLength(1);
      expect(call.line.isPlaying).toBe(false);
      await call.hangUp();
      expect(call.clock.pendingCount).toBe(0);
      expect(call.scope.childCount).toBe(0);
      expect(call.tools.runs.filter(({ state }) => state === 'at work')).toEqual([]);
      expect(call.toolUses).toHaveLength(call.tools.runs.length);
      const ends = call.rows.filter(({ role }) => role === 'agent').map(({ startMs, endMs }) => endMs - startMs);
      expect(ends.every((length) => length >= 0)).toBe(true);
    },
  );
});
