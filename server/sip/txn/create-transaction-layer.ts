import type { Clock } from '../../lifetime/clock.ts';
import { type Logger, silentLogger } from '../../log/logger.ts';
import { parseMessage } from '../msg/parse-message.ts';
import type { SipMessage, SipRequest, SipResponse } from '../msg/sip-message.ts';
import { unreachable } from '../transport/bind-error.ts';
import type { SipTransport, TransportEvents } from '../transport/sip-transport.ts';
import { ClientTransactions } from './client-transactions.ts';
import { ServerTransactions } from './server-transactions.ts';
import { CountingClock, RFC_TIMERS, type SipTimers } from './timers.ts';
import type {
  ClientTransaction,
  ClientTransactionListener,
  Flow,
  Target,
  TransactionCounters,
  TransactionHandler,
  TransactionLayer,
} from './transaction-layer.ts';
import { type Outgoing, outgoing, type Wire } from './wire.ts';

export interface TransactionLayerOptions {
  readonly transports: readonly SipTransport[];
  readonly clock: Clock;
  readonly timers?: Partial<SipTimers>;
  /** Whether to look at what came from this flow; asked before parsing, and once without bytes for a new connection.
   * Everything is let in without it. */
  readonly filter?: (flow: Flow, bytes: Buffer) => boolean;
  /** Sees every message in and out, repetitions too. `message` is undefined for one that did not parse. */
  readonly tap?: (direction: 'in' | 'out', flow: Flow, bytes: Buffer, message: SipMessage | undefined) => void;
  readonly log?: Logger;
  /** Live server transactions; a new request beyond it is dropped and counted. Default 50,000. */
  readonly serverLimit?: number;
}

/** A transaction layer with its life: `start` binds the transports, `stop` ends every transaction silently. */
export interface RunningTransactionLayer extends TransactionLayer {
  readonly transports: readonly SipTransport[];
  /** The flow to a target; at once where it is known, else when it is. Rejects with `sip-unreachable`. */
  flowTo(target: Target): Flow | Promise<Flow>;
  start(): Promise<void>;
  stop(): Promise<void>;
}

export function createTransactionLayer(options: TransactionLayerOptions): RunningTransactionLayer {
  return new Layer(options);
}

/** Datagrams up to this size are keep-alives (empty lines, zero bytes), not messages. */
const KEEP_ALIVE_BYTES = 4;

const UNSET_HANDLER: TransactionHandler = {
  request: () => unset(),
  ack: () => unset(),
  cancel: () => unset(),
  strayResponse: () => unset(),
};

function unset(): never {
  throw new Error('The transaction layer has no handler; call setHandler before start.');
}

class Layer implements RunningTransactionLayer, Wire, TransportEvents {
  readonly transports: readonly SipTransport[];
  readonly clock: CountingClock;
  readonly timers: SipTimers;
  readonly #options: TransactionLayerOptions;
  readonly #servers: ServerTransactions;
  readonly #clients: ClientTransactions;
  #handler: TransactionHandler = UNSET_HANDLER;
  #retransmissionsSent = 0;
  #malformed = 0;
  #filtered = 0;

  constructor(options: TransactionLayerOptions) {
    this.#options = options;
    this.transports = options.transports;
    this.clock = new CountingClock(options.clock);
    this.timers = { ...RFC_TIMERS, ...options.timers };
    const { log = silentLogger, serverLimit: limit = 50_000 } = options;
    const common = { wire: this, log, handler: () => this.#handler };
    this.#servers = new ServerTransactions({ ...common, limit });
    this.#clients = new ClientTransactions({ ...common, flowTo: (target) => this.flowTo(target) });
  }

  setHandler(handler: TransactionHandler): void {
    this.#handler = handler;
  }

  async start(): Promise<void> {
    for (const transport of this.transports) await transport.start(this);
  }

  async stop(): Promise<void> {
    this.#servers.stop();
    this.#clients.stop();
    await Promise.all(this.transports.map((transport) => transport.stop()));
  }

  send(
    request: SipRequest,
    target: Target,
    listener: ClientTransactionListener,
    sent?: (message: SipRequest, flow: Flow) => void,
  ): ClientTransaction {
    return this.#clients.send(request, target, listener, sent);
  }

  sendAck(request: SipRequest, target: Target): SipRequest {
    return this.#clients.sendAck(request, target);
  }

  repeatAck(ack: SipRequest, target: Target): void {
    this.#clients.repeatAck(ack, target);
  }

  repeatResponse(response: SipResponse, flow: Flow): void {
    this.retransmit(flow, outgoing(response), () => {});
  }

  transmit(flow: Flow, message: Outgoing, failed: (detail: string) => void): void {
    this.#options.tap?.('out', flow, message.bytes, message.message);
    const transport = this.transports.find(({ name }) => name === flow.transport);
    if (transport !== undefined) transport.send(flow, message.bytes, failed);
    else queueMicrotask(() => failed(`There is no ${flow.transport} transport.`));
  }

  retransmit(flow: Flow, message: Outgoing, failed: (detail: string) => void): void {
    this.#retransmissionsSent++;
    this.transmit(flow, message, failed);
  }

  admit(flow: Flow, bytes: Buffer): boolean {
    const isAdmitted = this.#options.filter === undefined || this.#options.filter(flow, bytes);
    if (!isAdmitted) this.#filtered++;
    return isAdmitted;
  }

  message(bytes: Buffer, flow: Flow): void {
    if (bytes.length <= KEEP_ALIVE_BYTES) return;
    const parsed = parseMessage(bytes);
    this.#options.tap?.('in', flow, bytes, parsed.ok ? parsed.message : undefined);
    if (!parsed.ok) {
      this.#malformed++;
      if (parsed.request !== undefined) this.#servers.reject(parsed.request, flow, parsed.status, parsed.reason);
    } else if (parsed.message.kind === 'request') this.#servers.received(parsed.message, flow);
    else this.#clients.received(parsed.message, flow);
  }

  unframed(bytes: Buffer, flow: Flow, reason: string): void {
    const parsed = parseMessage(bytes);
    this.#options.tap?.('in', flow, bytes, undefined);
    this.#malformed++;
    const request = parsed.ok ? parsed.message : parsed.request;
    const status = parsed.ok ? 400 : parsed.status;
    if (request?.kind === 'request' && request.method !== 'ACK') this.#servers.reject(request, flow, status, reason);
  }

  closed(flow: Flow): void {
    this.#clients.flowClosed(flow);
  }

  counters(): TransactionCounters {
    return {
      serverInvite: this.#servers.inviteCount,
      serverNonInvite: this.#servers.otherCount,
      clientInvite: this.#clients.inviteCount,
      clientNonInvite: this.#clients.otherCount,
      timers: this.clock.pending,
      retransmissionsSent: this.#retransmissionsSent,
      retransmissionsAbsorbed: this.#servers.absorbed,
      malformed: this.#malformed,
      dropped: this.#filtered + this.#servers.dropped + this.#clients.dropped,
    };
  }

  flowTo(target: Target): Flow | Promise<Flow> {
    const transport = this.transports.find(({ name }) => name === target.transport);
    return transport?.flowTo(target) ?? Promise.reject(unreachable(`There is no ${target.transport} transport.`));
  }
}
