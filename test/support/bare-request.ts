import { type LlmRequest, withoutTools } from '../../server/providers/kinds/llm.ts';

/** What a brain is asked for an agent that knows nothing and has nothing, of a caller who has said nothing. */
export const bareRequest: LlmRequest = {
  callId: 'call-1',
  agentName: 'Front desk',
  systemPrompt: '',
  context: [],
  contextData: {},
  knowledge: '',
  history: [],
  slots: {},
  occasion: { kind: 'caller-turn', text: '' },
  transferTargets: [],
  timeZone: 'UTC',
  nowMs: Date.UTC(2026, 10, 23, 14, 30),
  search: async () => [],
  ...withoutTools,
};
