import type { CallEndReason } from '../../contract/call.ts';
import type { Call } from '../calls/call.ts';
import type { MemberStatus } from './campaign.ts';

/** What an ended call means for the number it was made to. */
export interface AttemptEnd {
  readonly status: Exclude<MemberStatus, 'pending' | 'dialing'>;
  /** Nobody took the call, and another time may be better. */
  readonly mayRetry: boolean;
}

/** Reasons after which it is not known what the other side saw: such a number is left alone. */
const interruptions: ReadonlySet<CallEndReason> = new Set(['interrupted', 'shutdown', 'sip-core-lost', 'media-lost']);

/** Who answered is never dialled again, nor anyone whose call was cut off by a fault of ours. */
export function attemptEnd(call: Pick<Call, 'status' | 'endReason' | 'answeredAtMs' | 'answeredBy'>): AttemptEnd {
  const reason = call.endReason ?? 'error';
  if (call.status === 'completed') {
    return { status: call.answeredBy === 'voicemail' ? 'voicemail' : 'completed', mayRetry: false };
  }
  if (interruptions.has(reason)) return { status: 'interrupted', mayRetry: false };
  if (call.answeredAtMs !== null) return { status: 'failed', mayRetry: false };
  if (reason === 'busy') return { status: 'busy', mayRetry: true };
  if (reason === 'no-answer') return { status: 'no-answer', mayRetry: true };
  if (reason === 'api-cancel' || reason === 'cancelled' || reason === 'api-end') {
    return { status: 'cancelled', mayRetry: false };
  }
  return { status: 'failed', mayRetry: reason === 'unreachable' };
}
