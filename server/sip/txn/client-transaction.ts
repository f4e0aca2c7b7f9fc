import type { SipRequest, SipResponse } from '../msg/sip-message.ts';
import type { ClientTransactionListener, Flow } from './transaction-layer.ts';

/** What the layer does with a client transaction of either kind. */
export interface ClientMachine {
  readonly request: SipRequest;
  readonly branch: string;
  readonly flow: Flow | undefined;
  /** The request is complete (Via included) and goes out on this flow. */
  open(flow: Flow): void;
  received(response: SipResponse, flow: Flow): void;
  transportFailed(detail: string): void;
  /** Ends it without telling the listener of a failure (the layer stops). */
  terminate(): void;
}

export interface ClientParts {
  readonly request: SipRequest;
  readonly branch: string;
  readonly listener: ClientTransactionListener;
  /** Called once at the end, before the listener hears of it: takes the machine out of the table. */
  readonly release: () => void;
}
