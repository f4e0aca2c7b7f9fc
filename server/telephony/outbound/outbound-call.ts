import type { CallIdentity } from '../../contract/call.ts';
import type { DialogCall } from '../call/dialog-call.ts';
import type { EdgeLife } from '../call/edge-life.ts';
import type { TelephonyContext } from '../call/telephony-context.ts';
import type { CallEdge, TransferOutcome } from '../call-edge.ts';

export interface OutboundFacts {
  readonly sipCallId: string;
  readonly identity: CallIdentity;
  readonly localAddress: string;
}

/** A call that we dialled, from its 200 on. */
export class OutboundCall implements CallEdge {
  readonly direction = 'outbound';
  readonly sipCallId: string;
  readonly identity: CallIdentity;
  readonly localAddress: string;
  readonly #context: TelephonyContext;
  readonly #life: EdgeLife;
  readonly #call: DialogCall;

  constructor(context: TelephonyContext, facts: OutboundFacts, life: EdgeLife, call: DialogCall) {
    this.sipCallId = facts.sipCallId;
    this.identity = facts.identity;
    this.localAddress = facts.localAddress;
    this.#context = context;
    this.#life = life;
    this.#call = call;
  }

  hangup(): Promise<void> {
    if (this.#life.ended === undefined) {
      this.#context.runBye(this.#call.bye());
      this.#life.end({ kind: 'local' });
    }
    return Promise.resolve();
  }

  transfer(target: string): Promise<TransferOutcome> {
    return this.#call.transfer(target);
  }
}
