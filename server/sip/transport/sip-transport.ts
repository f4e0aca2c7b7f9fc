import type { Flow, Target, TransportName } from '../txn/transaction-layer.ts';

/** What a transport tells the layer above. None of these is called from inside a call into the transport. */
export interface TransportEvents {
  /**
   * Whether to look at these bytes at all; asked before anything is parsed or looked up, and once with no bytes
   * for a connection that a peer opens. On a wildcard socket the flow's local address may still be the wildcard here.
   */
  admit(flow: Flow, bytes: Buffer): boolean;
  /** One datagram or one framed stream message. The bytes belong to the receiver. */
  message(bytes: Buffer, flow: Flow): void;
  /** A stream lost its framing; `bytes` is the head as far as it came. The connection closes after this call. */
  unframed(bytes: Buffer, flow: Flow, reason: string): void;
  /** A connection is gone. Never called for UDP. */
  closed(flow: Flow): void;
}

export interface TransportCounters {
  readonly connections: number;
  /** Connections refused for a limit, or closed for being slow. */
  readonly refusedConnections: number;
  readonly slowConnections: number;
  readonly sendErrors: number;
}

/** One way of carrying messages: all sockets of one protocol, or a simulation of them. */
export interface SipTransport {
  readonly name: TransportName;
  /** The port it listens on; 0 before `start` when an ephemeral one was asked for. */
  readonly port: number;
  /** Addresses it is bound to. */
  readonly addresses: readonly string[];
  /** Binds; throws `sip-port-taken` and the like. */
  start(events: TransportEvents): Promise<void>;
  /**
   * The flow to a target: at once when the local address (and for streams the connection) is known, else when it is.
   * Rejects with `sip-unreachable`.
   */
  flowTo(target: Target): Flow | Promise<Flow>;
  /** Sends without waiting. `failed` is called later, and at most once, when the bytes could not be handed over. */
  send(flow: Flow, bytes: Buffer, failed: (detail: string) => void): void;
  stop(): Promise<void>;
  counters(): TransportCounters;
}

export const isReliable = (transport: TransportName): boolean => transport !== 'udp';

export const peerKey = (address: string, port: number): string => `${address}|${port}`;
