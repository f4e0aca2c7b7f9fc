import { type Call, durationMs, type Turn } from '../calls/call.ts';
import type { UsageDraft, Use } from './usage.ts';

/**
 * What an ended call used: seconds of speech recognised, turns of the language model, characters spoken, seconds on
 * the line. Speech is counted by who recognised it, answers by who thought of them.
 */
export function measureCall(call: Call, turns: readonly Turn[]): UsageDraft {
  const durationSeconds = Math.ceil((durationMs(call) ?? 0) / 1_000);
  return {
    id: call.id,
    type: 'calls',
    organizationId: call.organizationId,
    userId: call.userId,
    agentId: call.agentId,
    requestId: call.requestId,
    startedAtMs: call.startedAtMs,
    durationSeconds,
    uses: [...recognised(turns), ...thought(turns), ...spoken(call, turns), onTheLine(call, durationSeconds)],
  };
}

function recognised(turns: readonly Turn[]): readonly Use[] {
  const byProvider = sumBy(turns, 'caller', ({ startMs, endMs }) => Math.max(0, endMs - startMs));
  return byProvider.map(([provider, ms]) => {
    return { serviceType: 'stt', provider, model: '', quantity: Math.ceil(ms / 1_000), unit: 'second' };
  });
}

function thought(turns: readonly Turn[]): readonly Use[] {
  return sumBy(turns, 'agent', () => 1).map(([provider, quantity]) => {
    return { serviceType: 'llm', provider, model: '', quantity, unit: 'turn' };
  });
}

function spoken({ tts }: Call, turns: readonly Turn[]): readonly Use[] {
  const quantity = turns.reduce((sum, { role, text }) => sum + (role === 'agent' ? Array.from(text).length : 0), 0);
  return tts === null ? [] : [{ serviceType: 'tts', provider: tts, model: '', quantity, unit: 'character' }];
}

function onTheLine({ channel }: Call, quantity: number): Use {
  return { serviceType: 'telephony', provider: channel, model: '', quantity, unit: 'second' };
}

function sumBy(turns: readonly Turn[], role: Turn['role'], of: (turn: Turn) => number): readonly [string, number][] {
  const sums = new Map<string, number>();
  for (const turn of turns) {
    if (turn.role === role) sums.set(turn.provider, (sums.get(turn.provider) ?? 0) + of(turn));
  }
  return [...sums];
}
