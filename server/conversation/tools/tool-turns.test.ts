import { describe, expect, test } from 'vitest';
import type { FakeTool } from '../../../test/support/rehearsal/fake-tools.ts';
import { type RehearsalOptions, RehearsedCall } from '../../../test/support/rehearsal/rehearsed-call.ts';
import type { ScriptedStep } from '../../providers/fake/scripted-llm.ts';
import type { LlmRequest, LlmToolResult } from '../../providers/kinds/llm.ts';
import { behaviourDefaults } from '../settings.ts';

const wait = behaviourDefaults.phrases.toolWait;
const question = 'where is my order please';

const lookUp = (goOn: (result: LlmToolResult) => string | readonly ScriptedStep[] = said): ScriptedStep => ({
  kind: 'tool',
  name: 'order_status',
  args: { order: 7 },
  goOn,
});
const said = ({ ok, text }: LlmToolResult) => (ok ? `It is ${text}.` : 'I cannot find that out now.');

/** Looks an order up whenever it is asked about one. */
const script = (steps: readonly ScriptedStep[] = [lookUp()]) => {
  return ({ occasion }: LlmRequest) =>
    occasion.kind === 'caller-turn' && /order/.test(occasion.text) ? steps : 'I see.';
};

async function begun(tool: FakeTool, options: RehearsalOptions = {}): Promise<RehearsedCall> {
  const call = new RehearsedCall({ tools: { order_status: tool }, script: script(), ...options });
  await call.begin();
  return call;
}

describe('a tool in a turn', () => {
  test('works once the turn is over, and what it says is in the answer, the history and the records', async () => {
    const call = await begun({ takesMs: 400 });
    await call.caller.says(question);
    expect(call.tools.runs).toEqual([]);
    await call.untilAgentIsSilent();
    expect(call.tools.runs).toMatchObject([{ args: { order: 7 }, state: 'done' }]);
    await call.caller.says('thank you very much');
    await call.untilAgentIsSilent();
    expect(call.llm.requests.at(-1)?.history).toEqual([
      { role: 'agent', text: 'Hello, this is Ada.' },
      { role: 'caller', text: question },
      { role: 'tool', name: 'order_status', args: { order: 7 }, ok: true, text: 'on its way' },
      { role: 'agent', text: 'It is on its way.' },
      { role: 'caller', text: 'thank you very much' },
    ]);
    expect(call.toolUses).toMatchObject([{ name: 'order_status', outcome: 'ok', result: 'on its way' }]);
    expect((call.toolUses[0]?.endMs ?? 0) - (call.toolUses[0]?.startMs ?? 0)).toBe(400);
    await call.hangUp();
  });

  test('never works for an answer that is given up unheard', async () => {
    const call = await begun({ takesMs: 400 });
    await call.caller.says('where is my order', 480, 'no wait i mean something else');
    await call.untilAgentIsSilent();
    const forOrder = call.llm.requests.filter(({ history }) => history.at(-1)?.text.endsWith('order'));
    expect(forOrder.length).toBeGreaterThan(0);
    expect(call.llm.aborted).toBeGreaterThan(0);
    expect(call.tools.runs).toHaveLength(1);
    await call.hangUp();
  });

  test('is waited for longer than a brain may think, and then the brain has its time again', async () => {
    const call = await begun({ takesMs: 14_000 });
    await call.caller.says(question);
    await call.pass(16_000);
    await call.untilAgentIsSilent();
    expect(call.transcript.at(-1)).toContain('It is on its way.');
    const stuck = await begun(
      { takesMs: 100 },
      { script: script([lookUp(() => [{ kind: 'wait', delayMs: 60_000 }])]) },
    );
    await stuck.caller.says(question);
    await stuck.pass(11_500);
    await stuck.untilAgentIsSilent();
    expect(stuck.transcript.at(-1)).toContain(behaviourDefaults.phrases.brainFailed);
    await call.hangUp();
    await stuck.hangUp();
  });

  test('that takes long is covered by a sentence, again and again, with long pauses between', async () => {
    const call = await begun({ takesMs: 12_000 });
    await call.caller.says(question);
    await call.pass(15_000);
    await call.untilAgentIsSilent();
    expect(call.transcript.at(-1)).toBe(`agent: ${wait} ${wait} It is on its way.`);
    // The answer's own words are what the turn's marks tell of, and what the brain gets to see of it later.
    const { firstToken = 0, firstPacket = 0 } = call.rows.at(-1)?.marks ?? {};
    expect(firstPacket).toBeGreaterThanOrEqual(firstToken);
    await call.caller.says('thank you very much');
    await call.untilAgentIsSilent();
    expect(call.llm.requests.at(-1)?.history.at(-2)).toEqual({ role: 'agent', text: 'It is on its way.' });
    const askedMs = call.tools.runs[0]?.atMs ?? 0;
    const first = call.line.packets.find(({ atMs }) => atMs > askedMs);
    expect((first?.atMs ?? 0) - askedMs).toBeGreaterThan(1_200);
    expect((first?.atMs ?? 0) - askedMs).toBeLessThan(1_600);
    await call.hangUp();
  });

  test('that is quick is covered by nothing, and what was said before it is said at once', async () => {
    const call = await begun({ takesMs: 900 }, { script: script([{ kind: 'text', text: 'Let me look' }, lookUp()]) });
    await call.caller.says(question);
    await call.untilAgentIsSilent();
    await call.untilAgentIsSilent();
    expect(call.transcript.at(-1)).toBe('agent: Let me look It is on its way.');
    await call.hangUp();
  });

  test('is stopped by a caller who interrupts, and the brain is told that nobody knows', async () => {
    const call = await begun({});
    await call.caller.says(question);
    await call.pass(2_600);
    expect(call.tools.runs).toMatchObject([{ state: 'at work' }]);
    await call.caller.says('stop forget about it please');
    expect(call.tools.runs).toMatchObject([{ state: 'aborted' }]);
    await call.untilAgentIsSilent();
    expect(call.toolUses).toMatchObject([{ outcome: 'aborted' }]);
    expect(call.llm.requests.at(-1)?.history.filter(({ role }) => role === 'tool')).toMatchObject([
      { ok: false, text: expect.stringContaining('may have been done') },
    ]);
    await call.hangUp();
  });

  test('goes on when the caller only says thanks for being asked to wait', async () => {
    const call = await begun({ takesMs: 6_000 });
    await call.caller.says(question);
    await call.pass(1_000);
    await call.caller.says('okay');
    await call.pass(3_600);
    await call.caller.says('thank you');
    await call.pass(3_000);
    await call.untilAgentIsSilent();
    expect(call.tools.runs).toMatchObject([{ state: 'done' }]);
    expect(call.transcript.slice(1)).toEqual([`caller: ${question}`, `agent: ${wait} It is on its way.`]);
    await call.caller.says('thank you');
    await call.untilAgentIsSilent();
    expect(call.transcript.slice(3)).toEqual(['caller: thank you', 'agent: I see.']);
    await call.hangUp();
  });

  test('is stopped by the end of the call, and recorded', async () => {
    const call = await begun({});
    await call.caller.says(question);
    await call.pass(1_500);
    await call.hangUp();
    expect(call.tools.runs).toMatchObject([{ state: 'aborted' }]);
    expect(call.toolUses).toMatchObject([{ outcome: 'aborted' }]);
    expect(call.transcript).toContain(`caller: ${question}`);
  });

  test('is stopped by a farewell, and what the caller had asked is recorded before it', async () => {
    const call = await begun({});
    await call.caller.says(question);
    await call.pass(1_500);
    call.conversation.input({ kind: 'shutdown' });
    await call.pass(5_000);
    expect(call.hangups).toMatchObject([{ why: 'shutdown' }]);
    expect(call.tools.runs).toMatchObject([{ state: 'aborted' }]);
    expect(call.transcript.slice(1)).toEqual([
      `caller: ${question}`,
      `agent: ${behaviourDefaults.phrases.shutdownFarewell}`,
    ]);
    await call.hangUp();
  });

  test('that has worked makes the turn count, though the caller goes on before the answer is heard', async () => {
    const call = await begun({ takesMs: 100 }, { script: script([lookUp(() => [{ kind: 'wait', delayMs: 900 }])]) });
    await call.caller.says(question, 1_500, 'the blue one i mean');
    await call.untilAgentIsSilent();
    expect(call.tools.runs).toHaveLength(1);
    expect(call.llm.requests.at(-1)?.history.slice(1)).toMatchObject([
      { role: 'caller', text: question },
      { role: 'tool', ok: true },
      { role: 'caller', text: 'the blue one i mean' },
    ]);
    expect(call.transcript.slice(1)).toEqual([`caller: ${question}`, 'caller: the blue one i mean', 'agent: I see.']);
    await call.hangUp();
  });

  test('that fails or never answers is told to the brain', async () => {
    const failing = await begun({ takesMs: 50, answer: { outcome: 'failed', text: 'It answered 500.' } });
    await failing.caller.says(question);
    await failing.untilAgentIsSilent();
    expect(failing.transcript.at(-1)).toBe('agent: I cannot find that out now.');
    const never = await begun({}, { behaviour: { tools: { limitMs: 3_000 } } });
    await never.caller.says(question);
    await never.pass(7_000);
    await never.untilAgentIsSilent();
    expect(never.transcript.at(-1)).toBe(`agent: ${wait} I cannot find that out now.`);
    expect(never.toolUses).toMatchObject([{ outcome: 'timed-out' }]);
    expect(never.tools.runs).toMatchObject([{ state: 'aborted' }]);
    await failing.hangUp();
    await never.hangUp();
  });

  test('is used in three rounds of a turn at most', async () => {
    const results: LlmToolResult[] = [];
    const again = (left: number): ScriptedStep =>
      lookUp((result) => {
        results.push(result);
        return left === 0 ? 'Done.' : [again(left - 1)];
      });
    const call = await begun({ takesMs: 50 }, { script: script([again(3)]) });
    await call.caller.says(question);
    await call.untilAgentIsSilent();
    expect(results.map(({ ok }) => ok)).toEqual([true, true, true, false]);
    expect(call.tools.runs).toHaveLength(3);
    expect(call.transcript.at(-1)).toBe('agent: Done.');
    await call.hangUp();
  });

  test('does not hide a brain that has nothing to say about it', async () => {
    const call = await begun({ takesMs: 2_000 }, { script: script([lookUp(() => [])]) });
    await call.caller.says(question);
    await call.pass(3_000);
    await call.untilAgentIsSilent();
    expect(call.transcript.at(-1)).toContain(behaviourDefaults.phrases.brainFailed);
    await call.hangUp();
  });

  test('is not covered while the call is held, and goes on meanwhile', async () => {
    const call = await begun({ takesMs: 4_000 });
    await call.caller.says(question);
    await call.pass(800);
    call.conversation.input({ kind: 'held' });
    await call.pass(6_000);
    expect(call.tools.runs).toMatchObject([{ state: 'done' }]);
    call.conversation.input({ kind: 'resumed' });
    await call.untilAgentIsSilent();
    expect(call.transcript.slice(1)).toEqual([`caller: ${question}`, 'agent: It is on its way.']);
    await call.hangUp();
  });
});
