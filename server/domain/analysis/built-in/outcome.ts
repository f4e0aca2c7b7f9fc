import type { Call, Turn } from '../../calls/call.ts';
import type { AnalysisOutcome } from '../analysis.ts';

/** What became of the call, by what is written down about it. */
export function outcomeOfCall(call: Call, turns: readonly Turn[]): AnalysisOutcome {
  if (call.message !== null) return 'message-taken';
  if (call.endReason === 'transferred') return 'transferred';
  if (call.answeredBy === 'voicemail' || call.endReason === 'voicemail') return 'voicemail';
  if (call.answeredAtMs === null) return call.direction === 'outbound' ? 'not-reached' : 'no-conversation';
  if (!turns.some(({ role }) => role === 'caller')) return 'no-conversation';
  return call.status === 'failed' ? 'failed' : 'answered';
}

const endings: Readonly<Record<AnalysisOutcome, string>> = {
  'message-taken': 'The agent took a message.',
  transferred: 'The call was transferred.',
  answered: 'The call was answered by the agent to its end.',
  'no-conversation': 'Nobody spoke with the agent.',
  voicemail: 'A voicemail answered.',
  'not-reached': 'Nobody was reached.',
  failed: 'The call broke off.',
};

export function outcomeSentence(outcome: AnalysisOutcome, call: Call): string {
  if (outcome !== 'not-reached' && outcome !== 'failed') return endings[outcome];
  const why = call.endReason === null ? '' : ` (${call.endReason.replaceAll('-', ' ')})`;
  return endings[outcome].replace('.', `${why}.`);
}
