import { describe, expect, test } from 'vitest';
import { address, hours, RehearsedCall } from '../../test/support/rehearsal/rehearsed-call.ts';
import { answersByKeyword, type Script } from '../providers/fake/scripted-llm.ts';

describe('greeting', () => {
  test('is audible one packet after the start when it was prepared', async () => {
    const call = new RehearsedCall({ greeting: 'Hello {{name}}, this is Ada.', contextData: { name: 'John' } });
    await call.prepare();
    const startedMs = call.clock.now();
    call.conversation.start();
    await call.pass(100);
    expect((call.line.packets[0]?.atMs ?? 0) - startedMs).toBeLessThanOrEqual(20);
    await call.untilAgentIsSilent();
    expect(call.transcript).toEqual(['agent: Hello John, this is Ada.']);
    await call.hangUp();
  });

  test('comes after the recording announcement, which no voice can pause', async () => {
    const call = new RehearsedCall({ announcement: 'This call is recorded.' });
    await call.prepare();
    call.conversation.start();
    await call.pass(200);
    expect(call.line.bargeInAllowed).toBe(false);
    await call.caller.says('hello hello');
    await call.untilAgentIsSilent();
    expect(call.transcript.slice(0, 2)).toEqual(['agent: This call is recorded.', 'agent: Hello, this is Ada.']);
    expect(call.line.bargeInAllowed).toBe(true);
    await call.hangUp();
  });
});

describe('the end of a call', () => {
  test('comes after the goodbye was played out', async () => {
    const call = new RehearsedCall();
    await call.begin();
    await call.caller.says('thank you goodbye');
    await call.untilAgentIsSilent();
    expect(call.hangups.map(({ why }) => why)).toEqual(['agent-hangup']);
    expect(call.hangups[0]?.atMs).toBeGreaterThanOrEqual(call.line.packets.at(-1)?.atMs ?? Infinity);
    expect(call.transcript.at(-1)).toBe('agent: Goodbye, have a nice day.');
    await call.hangUp();
  });

  test('is called off when the caller speaks into the goodbye', async () => {
    const call = new RehearsedCall();
    await call.begin();
    await call.caller.says('goodbye');
    await call.untilAgentSpeaks();
    await call.pass(500);
    await call.caller.says('wait what are your hours');
    await call.untilAgentIsSilent();
    expect(call.hangups).toEqual([]);
    expect(call.transcript.at(-1)).toBe(`agent: ${hours}`);
    await call.hangUp();
  });

  test('comes by itself after two silence prompts', async () => {
    const call = new RehearsedCall({ behaviour: { silence: { promptAfterMs: 3_000 } } });
    await call.begin();
    await call.pass(20_000);
    expect(call.llm.requests.map(({ occasion }) => occasion)).toEqual([
      { kind: 'silence', prompts: 1 },
      { kind: 'silence', prompts: 2 },
    ]);
    expect(call.hangups.map(({ why }) => why)).toEqual(['silence']);
    await call.hangUp();
  });

  test('comes politely at the maximum duration, in the middle of a sentence', async () => {
    const call = new RehearsedCall({ behaviour: { maxDurationMs: 6_000 } });
    await call.begin();
    await call.caller.says('where are you');
    await call.pass(12_000);
    expect(call.hangups.map(({ why }) => why)).toEqual(['max-duration']);
    expect(call.transcript.at(-1)).toContain('our time is up');
    await call.hangUp();
  });

  test('is announced in time; a warning that a voice kept from being heard comes again', async () => {
    const script = answersByKeyword({ hours });
    const slow: Script = (request) =>
      request.occasion.kind === 'time-short'
        ? [
            { kind: 'wait', delayMs: 800 },
            { kind: 'text', text: 'Time is short.' },
          ]
        : script(request);
    const call = new RehearsedCall({
      script: slow,
      behaviour: { maxDurationMs: 20_000, timeShort: { beforeEndMs: 14_000 } },
    });
    await call.prepare();
    call.conversation.start();
    await call.pass(6_100);
    await call.caller.says('what are your hours');
    await call.pass(10_000);
    expect(call.transcript.slice(1)).toEqual([
      'caller: what are your hours',
      `agent: ${hours}`,
      'agent: Time is short.',
    ]);
    const warnings = call.llm.requests.filter(({ occasion }) => occasion.kind === 'time-short');
    expect(warnings).toHaveLength(2);
    await call.hangUp();
  });

  test('comes within 5 s at a shutdown, after one sentence', async () => {
    const call = new RehearsedCall();
    await call.begin();
    await call.caller.says('where are you');
    await call.untilAgentSpeaks();
    const askedMs = call.clock.now();
    call.conversation.input({ kind: 'shutdown' });
    await call.pass(6_000);
    expect(call.hangups.map(({ why }) => why)).toEqual(['shutdown']);
    expect((call.hangups[0]?.atMs ?? Infinity) - askedMs).toBeLessThanOrEqual(5_000);
    expect(call.transcript.at(-1)).toBe('agent: I am sorry, I have to end the call now. Goodbye.');
    await call.hangUp();
  });

  test('by the caller keeps what was said on both sides, and leaves no timer', async () => {
    const call = new RehearsedCall();
    await call.begin();
    await call.caller.says('where are you');
    await call.untilAgentSpeaks();
    await call.pass(1_500);
    await call.hangUp();
    expect(call.transcript[1]).toBe('caller: where are you');
    expect(call.transcript[2]).toMatch(/^agent: We are at .* —$/);
    expect(call.clock.pendingCount).toBe(0);
    expect(call.scope.childCount).toBe(0);
  });

  test('in the middle of a word keeps the words before it', async () => {
    const call = new RehearsedCall();
    await call.begin();
    await call.caller.says('could you please tell me');
    await call.pass(200);
    await call.hangUp();
    expect(call.transcript.at(-1)).toMatch(/^caller: could you please/);
    expect(call.clock.pendingCount).toBe(0);
  });
});

describe('a transfer', () => {
  test('starts after its sentence was played; refused, the caller is back with the agent', async () => {
    const call = new RehearsedCall();
    await call.begin();
    await call.caller.says('please connect me to sales');
    await call.untilAgentSpeaks();
    expect(call.transfers).toEqual([]);
    await call.untilAgentIsSilent();
    expect(call.transfers.map(({ name }) => name)).toEqual(['sales']);
    call.conversation.input({ kind: 'transfer-refused', target: 'sales', status: 603 });
    await call.untilAgentIsSilent();
    expect(call.transcript.at(-1)).toBe('agent: Nobody is free there. Can I take a message?');
    await call.caller.says('what are your hours');
    await call.untilAgentIsSilent();
    expect(call.transcript.at(-1)).toBe(`agent: ${hours}`);
    await call.hangUp();
  });
});

describe('on hold', () => {
  test('the agent is silent and says the cut sentence again afterwards', async () => {
    const call = new RehearsedCall();
    await call.begin();
    await call.caller.says('where are you');
    await call.untilAgentSpeaks();
    await call.pass(1_000);
    call.conversation.input({ kind: 'held' });
    await call.pass(60_000);
    expect(call.line.isPlaying).toBe(false);
    expect(call.llm.requests).toHaveLength(1);
    const packets = call.line.packets.length;
    call.conversation.input({ kind: 'resumed' });
    await call.untilAgentIsSilent();
    expect(call.line.packets.length - packets).toBeGreaterThanOrEqual(Math.floor(call.voice.lengthMs(address) / 20));
    expect(call.transcript.slice(1)).toEqual(['caller: where are you', `agent: ${address}`]);
    await call.hangUp();
  });

  test('no timer runs, and the time does not count', async () => {
    const call = new RehearsedCall({ behaviour: { maxDurationMs: 20_000, silence: { promptAfterMs: 5_000 } } });
    await call.begin();
    call.conversation.input({ kind: 'held' });
    expect(call.clock.pendingCount).toBe(0);
    await call.pass(60_000);
    call.conversation.input({ kind: 'resumed' });
    await call.pass(4_000);
    expect(call.llm.requests).toHaveLength(0);
    await call.pass(2_000);
    expect(call.llm.requests.map(({ occasion }) => occasion.kind)).toEqual(['silence']);
    await call.hangUp();
  });

  test('words said before it are answered after it', async () => {
    const call = new RehearsedCall();
    await call.begin();
    await call.caller.says('what are your opening hours');
    await call.pass(350);
    call.conversation.input({ kind: 'held' });
    await call.pass(5_000);
    call.conversation.input({ kind: 'resumed' });
    await call.untilAgentIsSilent();
    expect(call.transcript.slice(1)).toEqual(['caller: what are your opening hours', `agent: ${hours}`]);
    await call.hangUp();
  });
});
