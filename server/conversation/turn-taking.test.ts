import { describe, expect, test } from 'vitest';
import { address, hours, RehearsedCall } from '../../test/support/rehearsal/rehearsed-call.ts';
import { endOfTurnDefaults } from './end-of-turn/turn-detector.ts';

/** From the decision that the turn is over to the packet on the line, at most. */
const playoutMs = 80;

/** From the caller's last voiced frame to the first packet of what was said next. */
function gapMs(call: RehearsedCall): number {
  const first = call.line.packets.find(({ atMs }) => atMs > call.caller.lastVoicedAtMs);
  return (first?.atMs ?? Infinity) - call.caller.lastVoicedAtMs;
}

describe('a turn', () => {
  test('is answered within 900 ms, and recorded with marks in order', async () => {
    const call = new RehearsedCall();
    await call.begin();
    await call.caller.says('what are your opening hours');
    await call.untilAgentIsSilent();
    expect(gapMs(call)).toBeLessThanOrEqual(endOfTurnDefaults.completeMs + playoutMs);
    expect(endOfTurnDefaults.completeMs + playoutMs).toBeLessThanOrEqual(900);
    expect(call.transcript).toEqual([
      'agent: Hello, this is Ada.',
      'caller: what are your opening hours',
      `agent: ${hours}`,
    ]);
    const marks = call.rows[2]?.marks ?? {};
    expect(marks.callerStopped).toBe(call.caller.lastVoicedAtMs);
    expect(marks.endOfTurn).toBeGreaterThan(marks.callerStopped ?? Infinity);
    expect(marks.firstAudio).toBeGreaterThanOrEqual(marks.firstToken ?? Infinity);
    expect(marks.firstPacket).toBeGreaterThan(marks.endOfTurn ?? Infinity);
    await call.hangUp();
  });

  test('has its answer prepared before it is over', async () => {
    const call = new RehearsedCall();
    await call.begin();
    await call.caller.says('what are your opening hours');
    await call.untilAgentIsSilent();
    const marks = call.rows[2]?.marks ?? {};
    expect(marks.firstAudio).toBeLessThan(marks.endOfTurn ?? 0);
    // Once on all but the last word, which the recogniser names late, and once on all.
    expect(call.llm.requests.map(({ history }) => history.at(-1)?.text)).toEqual([
      'what are your opening',
      'what are your opening hours',
    ]);
    await call.hangUp();
  });

  test('goes on over pauses of 400 to 600 ms inside the sentence', async () => {
    const sentences = [
      ['i would like to know', 'what your opening hours are'],
      ['what are your', 'opening hours'],
      ['what are your opening hours', 'on saturday'],
      ['can you tell me where', 'the office is'],
      ['hello', 'what are your opening hours please'],
    ] as const;
    for (const [first, second] of sentences)
      for (const pauseMs of [400, 500, 600]) {
        const call = new RehearsedCall();
        await call.begin();
        await call.caller.says(first, pauseMs, second);
        await call.untilAgentIsSilent();
        expect(call.transcript[1]).toBe(`caller: ${first} ${second}`);
        expect(gapMs(call)).toBeLessThanOrEqual(900);
        await call.hangUp();
      }
  });

  test('goes on after the decision while nothing was heard, and the first answer leaves no trace', async () => {
    const call = new RehearsedCall({
      script: ({ occasion }) =>
        occasion.kind === 'caller-turn' && occasion.text.includes('saturday')
          ? 'On Saturday we are closed.'
          : [
              { kind: 'wait', delayMs: 700 },
              { kind: 'slots', slots: { asked: 'hours' } },
              { kind: 'text', text: hours },
            ],
    });
    await call.begin();
    await call.caller.says('what are your opening hours', 800, 'on saturday');
    await call.untilAgentIsSilent();
    expect(call.transcript).toEqual([
      'agent: Hello, this is Ada.',
      'caller: what are your opening hours on saturday',
      'agent: On Saturday we are closed.',
    ]);
    expect(call.llm.requests.at(-1)?.slots).toEqual({});
    expect(call.line.packets.filter(({ speechId }) => speechId > 2)).toEqual([]);
    await call.hangUp();
  });

  test('of noise without words is no turn, and the silence before it still counts', async () => {
    const call = new RehearsedCall({ behaviour: { silence: { promptAfterMs: 4_000 } } });
    await call.begin();
    const idleMs = call.clock.now();
    await call.pass(2_500);
    await call.caller.says({ noiseMs: 120 });
    await call.untilAgentSpeaks();
    expect(call.llm.requests.map(({ occasion }) => occasion.kind)).toEqual(['silence']);
    expect(call.clock.now() - idleMs).toBeLessThan(4_500);
    await call.hangUp();
  });

  test('ends although a radio plays on: voice without new words is not waited for', async () => {
    const call = new RehearsedCall();
    await call.begin();
    const positionMs = call.line.positionMs;
    call.conversation.input({ kind: 'voice-onset', atMs: call.clock.now(), positionMs, pausedPlayback: false });
    await call.pass(500);
    call.conversation.input({ kind: 'partial', text: 'where are you', heardUntilMs: 3_000 });
    call.caller.endTurn = () => Promise.resolve('where are you');
    await call.pass(3_500);
    expect(call.line.isPlaying).toBe(true);
    await call.untilAgentIsSilent();
    expect(call.transcript.at(-1)).toBe(`agent: ${address}`);
    await call.hangUp();
  });

  test('is heard when the voice detector missed it and only words came', async () => {
    const call = new RehearsedCall();
    await call.begin();
    call.conversation.input({ kind: 'partial', text: 'what are your hours', heardUntilMs: 3_000 });
    call.caller.endTurn = () => Promise.resolve('what are your hours');
    await call.untilAgentIsSilent();
    expect(call.transcript).toContain(`agent: ${hours}`);
    await call.hangUp();
  });

  test('waits longer inside a telephone number', async () => {
    const call = new RehearsedCall();
    await call.begin();
    await call.caller.says('my number is five five five', 900, 'one two three', 900, 'four four five nine');
    await call.untilAgentIsSilent();
    expect(call.transcript[1]).toBe('caller: my number is five five five one two three four four five nine');
    await call.hangUp();
  });
});
