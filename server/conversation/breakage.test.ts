import { describe, expect, test } from 'vitest';
import { address, hours, RehearsedCall } from '../../test/support/rehearsal/rehearsed-call.ts';

describe('when something breaks', () => {
  test('words lost with the recogniser cost one apology, and the conversation goes on', async () => {
    const call = new RehearsedCall();
    await call.begin();
    await call.caller.says('what are your');
    call.caller.loseRecogniser();
    await call.caller.says('opening hours');
    await call.untilAgentIsSilent();
    expect(call.transcript.slice(1)).toEqual(['agent: Sorry, could you say that again?']);
    await call.caller.says('what are your opening hours');
    await call.untilAgentIsSilent();
    expect(call.transcript.slice(2)).toEqual(['caller: what are your opening hours', `agent: ${hours}`]);
    await call.hangUp();
  });

  test('a recogniser lost after the words were known costs nothing', async () => {
    const call = new RehearsedCall();
    await call.begin();
    call.caller.loseRecogniserAtEndOfTurn();
    await call.caller.says('what are your opening hours');
    await call.untilAgentIsSilent();
    expect(call.transcript.slice(1)).toEqual(['caller: what are your opening hours', `agent: ${hours}`]);
    await call.hangUp();
  });

  test('a voice lost in the middle is asked again, and every word is said once', async () => {
    const call = new RehearsedCall();
    await call.begin();
    call.voice.failNext('speech-lost', 'speech-lost');
    await call.caller.says('where are you');
    await call.untilAgentIsSilent();
    expect(call.transcript.slice(1)).toEqual(['caller: where are you', `agent: ${address}`]);
    await call.hangUp();
  });

  test('audio lost with the media process is said again', async () => {
    const call = new RehearsedCall();
    await call.begin();
    await call.caller.says('where are you');
    await call.untilAgentSpeaks();
    await call.pass(1_000);
    call.line.restart();
    await call.untilAgentIsSilent();
    expect(call.transcript.slice(1)).toEqual(['caller: where are you', `agent: ${address}`]);
    await call.hangUp();
  });

  test('a brain that fails is apologised for, offers a way out, and at the third time ends the call', async () => {
    const call = new RehearsedCall({ script: () => [{ kind: 'fail', message: 'broken' }] });
    await call.begin();
    for (let round = 0; round < 3; round++) {
      await call.caller.says('what are your opening hours');
      await call.untilAgentIsSilent();
    }
    expect(call.rows.filter(({ role }) => role === 'agent').map(({ text }) => text.slice(0, 30))).toEqual([
      'Hello, this is Ada.',
      'Sorry, something went wrong on',
      'I am sorry, I still have troub',
      'I am sorry, I cannot help you ',
    ]);
    expect(call.hangups.map(({ why }) => why)).toEqual(['agent-hangup']);
    await call.hangUp();
  });

  test('a brain that never answers is given up after its limit', async () => {
    const call = new RehearsedCall({
      script: () => [{ kind: 'wait', delayMs: 1_000_000 }],
      behaviour: { brainLimitMs: 3_000 },
    });
    await call.begin();
    await call.caller.says('what are your opening hours');
    await call.untilAgentIsSilent();
    expect(call.transcript.at(-1)).toContain('something went wrong');
    expect(call.llm.aborted).toBe(call.llm.requests.length);
    await call.hangUp();
    expect(call.clock.pendingCount).toBe(0);
  });
});
