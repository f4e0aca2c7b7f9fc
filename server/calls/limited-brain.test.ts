import { expect, test } from 'vitest';
import { bareRequest } from '../../test/support/bare-request.ts';
import { VirtualClock } from '../lifetime/virtual-clock.ts';
import { ScriptedLlm } from '../providers/fake/scripted-llm.ts';
import type { LlmEvent, LlmRequest } from '../providers/kinds/llm.ts';
import { type BrainLimits, LimitedBrain } from './limited-brain.ts';

const request: LlmRequest = {
  ...bareRequest,
  agentName: 'Ada',
  systemPrompt: '',
  occasion: { kind: 'caller-turn', text: 'bye' },
  nowMs: 0,
};

async function answered(limits: BrainLimits) {
  const brain = new ScriptedLlm(() => [{ kind: 'text', text: 'Goodbye.' }, { kind: 'end-call' }], new VirtualClock());
  const events: LlmEvent[] = [];
  for await (const event of new LimitedBrain(brain, limits).respond(request, new AbortController().signal))
    events.push(event);
  return { kinds: events.map(({ kind }) => kind), asked: brain.requests[0] };
}

test('a brain is told its limits, and an end of the call that it may not decide does not come', async () => {
  const { asked, kinds } = await answered({ mayEndCall: false, generation: { maxTokens: 40, temperature: 0.1 } });
  expect(kinds).toEqual(['text']);
  expect(asked).toMatchObject({ mayEndCall: false, generation: { maxTokens: 40, temperature: 0.1 } });
});

test('a brain without limits is asked as it is', async () => {
  const { asked, kinds } = await answered({});
  expect(kinds).toEqual(['text', 'end-call']);
  expect(asked).toEqual(request);
});
