import type { CallEndReason } from '../contract/call.ts';
import type { EdgeEnd } from '../telephony/call-edge.ts';

/** What the end of the signalling means for the call's record. SIP statuses: RFC 3261 section 21. */
export function reasonForEdgeEnd(
  end: EdgeEnd,
  answered: boolean,
): { readonly reason: CallEndReason; readonly message?: string } {
  switch (end.kind) {
    case 'remote':
      return { reason: end.cancelled && !answered ? 'cancelled' : 'caller-hangup' };
    case 'local':
      return { reason: 'agent-hangup' };
    case 'core-lost':
      return { reason: 'sip-core-lost', message: 'The SIP core was lost during the call.' };
    case 'failed':
      return { reason: reasonForStatus(end.status), message: `${end.status} ${end.reason}` };
  }
}

function reasonForStatus(status: number): CallEndReason {
  if (status === 486 || status === 600) return 'busy';
  if (status === 408 || status === 480) return 'no-answer';
  if (status === 487) return 'cancelled';
  if (status === 503 || status === 502 || status === 504) return 'unreachable';
  return 'rejected';
}
