import { describe, expect, test } from 'vitest';
import { RehearsedCall } from '../../test/support/rehearsal/rehearsed-call.ts';

describe('keys', () => {
  test('belong together until a pause of 2 s', async () => {
    const call = new RehearsedCall();
    await call.begin();
    call.caller.presses('4');
    await call.pass(1_500);
    call.caller.presses('2');
    await call.pass(1_900);
    expect(call.llm.requests).toHaveLength(0);
    await call.untilAgentIsSilent();
    expect(call.transcript.at(-1)).toBe('agent: You pressed 4 2.');
    await call.hangUp();
  });

  test('pressed while speaking are answered with the words', async () => {
    const call = new RehearsedCall();
    await call.begin();
    await call.caller.says('my code is');
    call.caller.presses('77#');
    await call.untilAgentIsSilent();
    expect(call.transcript.slice(1)).toEqual(['caller: my code is (keypad: 77)', 'agent: You pressed 7 7.']);
    await call.hangUp();
  });
});

describe('what a brain asks for', () => {
  test('counts when its answer is heard: slots and message', async () => {
    const message = { name: 'Jane', number: '555', reason: 'a leak' };
    const call = new RehearsedCall({
      script: ({ slots }) =>
        slots['step'] === undefined
          ? [
              { kind: 'slots', slots: { step: 'two' } },
              { kind: 'text', text: 'What is your name?' },
            ]
          : [
              { kind: 'text', text: 'I have noted that.' },
              { kind: 'message-taken', message },
            ],
    });
    await call.begin();
    await call.caller.says('i want to leave a message please');
    await call.untilAgentIsSilent();
    expect(call.messages).toEqual([]);
    await call.caller.says('it is jane');
    await call.untilAgentIsSilent();
    expect(call.messages).toEqual([message]);
    await call.hangUp();
  });

  test('a long answer streams: the second sentence is ready when the first ends', async () => {
    const call = new RehearsedCall({
      script: () =>
        ['First sentence here. ', 'Second sentence here. ', 'Third sentence here.'].map((text) => ({
          kind: 'text',
          text,
        })),
    });
    await call.begin();
    await call.caller.says('tell me a story please');
    await call.untilAgentSpeaks();
    const startMs = call.clock.now();
    await call.untilAgentIsSilent();
    const times = call.line.packets.filter(({ atMs }) => atMs >= startMs).map(({ atMs }) => atMs);
    const gaps = times.slice(1).map((atMs, index) => atMs - (times[index] ?? atMs));
    expect(Math.max(...gaps)).toBeLessThanOrEqual(40);
    expect(call.transcript.at(-1)).toBe('agent: First sentence here. Second sentence here. Third sentence here.');
    await call.hangUp();
  });
});
