import type { CallIdentity } from '../../contract/call.ts';
import type { CallEdge, TransferOutcome } from '../../telephony/call-edge.ts';

/** The signalling side of a call that has no telephone: its socket hangs up by itself when the call is over. */
export class WebEdge implements CallEdge {
  readonly direction = 'inbound';
  readonly localAddress = '127.0.0.1';
  readonly identity: CallIdentity;
  readonly sipCallId: string;
  readonly interrupted: () => void;

  constructor(identity: CallIdentity, callId: string, interrupted: () => void) {
    this.identity = identity;
    this.sipCallId = `web-${callId}`;
    this.interrupted = interrupted;
  }

  hangup(): Promise<void> {
    return Promise.resolve();
  }

  /** Nobody can be put through from a browser: the caller is told and stays with the agent. */
  transfer(): Promise<TransferOutcome> {
    return Promise.resolve({ kind: 'refused', status: 501 });
  }
}
