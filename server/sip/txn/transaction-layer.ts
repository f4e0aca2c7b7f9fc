import type { SipRequest, SipResponse } from '../msg/sip-message.ts';

export type TransportName = 'udp' | 'tcp';

/** One hop to talk to: where from, where to, over what. For TCP a flow names a connection while it lives. */
export interface Flow {
  readonly transport: TransportName;
  readonly remoteAddress: string;
  readonly remotePort: number;
  /** Our address and port on this flow, as the other side must see it in Via and Contact. */
  readonly localAddress: string;
  readonly localPort: number;
}

/** Where a request shall go; the transport layer finds the local side and a connection. */
export interface Target {
  readonly transport: TransportName;
  readonly address: string;
  readonly port: number;
}

/** INVITE and non-INVITE server transactions (RFC 3261 17.2, RFC 6026 accepted state). */
export interface ServerTransaction {
  readonly request: SipRequest;
  readonly flow: Flow;
  readonly method: string;
  /** Sends a response; false when the transaction can no longer carry it (already final, or gone). */
  respond(response: SipResponse): boolean;
  /** Whether a final response has been sent. */
  readonly finalSent: boolean;
  /** Called once when a CANCEL for this INVITE arrived; the CANCEL itself is a transaction of its own. */
  onTerminated(listener: () => void): void;
}

export interface ClientTransactionListener {
  /** Every provisional and the final response; after a 2xx to INVITE also each retransmitted or forked 2xx (64*T1). */
  response(response: SipResponse, flow: Flow): void;
  /** No final response came (timer B/F) or the transport failed. Called at most once, never after a final response. */
  failed(why: 'timeout' | 'transport', detail: string): void;
  terminated?(): void;
}

/** INVITE and non-INVITE client transactions (RFC 3261 17.1, RFC 6026). A non-2xx final to INVITE is ACKed by itself. */
export interface ClientTransaction {
  readonly request: SipRequest;
  readonly branch: string;
  /** Where it was sent. Undefined until the transport is known. */
  readonly flow: Flow | undefined;
  /** Makes the matching CANCEL and sends it as its own transaction, at once or after the first provisional (RFC 3261 9.1). */
  cancel(headers?: readonly (readonly [string, string])[]): void;
}

export interface TransactionLayer {
  /** The one who hears of new requests (all but ACK and retransmissions). Set before `start`. */
  setHandler(handler: TransactionHandler): void;
  /**
   * Sends a request in a new client transaction. The layer puts the top Via (branch, rport) and, if absent,
   * Max-Forwards and Content-Length; everything else must be there. `sent` is called with the message exactly as it
   * goes out, before any response can arrive.
   */
  send(
    request: SipRequest,
    target: Target,
    listener: ClientTransactionListener,
    sent?: (message: SipRequest, flow: Flow) => void,
  ): ClientTransaction;
  /** Sends an ACK for a 2xx (no transaction); Via is put on. The copy sent is returned for later repetition. */
  sendAck(request: SipRequest, target: Target): SipRequest;
  /** Repeats an ACK exactly as it was. */
  repeatAck(ack: SipRequest, target: Target): void;
  /** Repeats a 2xx to INVITE outside the transaction machine (the UAS core owns its retransmission). */
  repeatResponse(response: SipResponse, flow: Flow): void;
  counters(): TransactionCounters;
}

export interface TransactionHandler {
  /** A new request. An INVITE has already been answered 100 when this is called. */
  request(transaction: ServerTransaction): void;
  /** An ACK that matches no server transaction: it belongs to a 2xx. */
  ack(request: SipRequest, flow: Flow): void;
  /**
   * A CANCEL that matches `invite`. The layer has answered the CANCEL: 200, and the handler decides about the INVITE; or
   * 481 where `invite.finalSent` is true, because the CANCEL crossed our 2xx.
   */
  cancel(invite: ServerTransaction, cancel: SipRequest): void;
  /** A response that matches no client transaction (a late or forked 2xx to INVITE is passed here, the rest dropped). */
  strayResponse(response: SipResponse, flow: Flow): void;
}

export interface TransactionCounters {
  readonly serverInvite: number;
  readonly serverNonInvite: number;
  readonly clientInvite: number;
  readonly clientNonInvite: number;
  readonly timers: number;
  readonly retransmissionsSent: number;
  readonly retransmissionsAbsorbed: number;
  readonly malformed: number;
  readonly dropped: number;
}
