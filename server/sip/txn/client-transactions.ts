import { messageOf } from '../../contract/errors.ts';
import type { Logger } from '../../log/logger.ts';
import type { SipRequest, SipResponse } from '../msg/sip-message.ts';
import { formatVia } from '../msg/via.ts';
import type { ClientMachine } from './client-transaction.ts';
import { InviteClientTransaction } from './invite-client.ts';
import { NonInviteClientTransaction } from './non-invite-client.ts';
import { clientKey, createBranch, responseKey } from './transaction-key.ts';
import type {
  ClientTransaction,
  ClientTransactionListener,
  Flow,
  Target,
  TransactionHandler,
} from './transaction-layer.ts';
import { outgoing, type Wire } from './wire.ts';

export interface ClientOptions {
  readonly wire: Wire;
  readonly log: Logger;
  readonly handler: () => TransactionHandler;
  readonly flowTo: (target: Target) => Flow | Promise<Flow>;
}

type Sent = (message: SipRequest, flow: Flow) => void;

const SILENT: ClientTransactionListener = { response: () => {}, failed: () => {} };

/** Puts on what the transaction layer owes a request: topmost Via, Max-Forwards, Content-Length (RFC 3261 8.1.1). */
function complete(request: SipRequest, branch: string, flow: Flow): void {
  const params = new Map([
    ['branch', branch],
    ['rport', ''],
  ]);
  const via = { transport: flow.transport.toUpperCase(), host: flow.localAddress, port: flow.localPort, params };
  request.headers.prepend('Via', formatVia(via));
  if (!request.headers.has('Max-Forwards')) request.headers.append('Max-Forwards', '70');
  request.headers.remove('Content-Length');
  request.headers.append('Content-Length', String(request.body.length));
}

const copyOf = (request: SipRequest): SipRequest => ({ ...request, headers: request.headers.clone() });

const isSameFlow = (one: Flow | undefined, other: Flow): boolean =>
  one?.transport === other.transport &&
  one.remoteAddress === other.remoteAddress &&
  one.remotePort === other.remotePort;

/** The client side: sends requests and finds the transaction of each response. */
export class ClientTransactions {
  readonly #options: ClientOptions;
  readonly #invites = new Map<string, ClientMachine>();
  readonly #others = new Map<string, ClientMachine>();
  #dropped = 0;

  constructor(options: ClientOptions) {
    this.#options = options;
  }

  get inviteCount(): number {
    return this.#invites.size;
  }

  get otherCount(): number {
    return this.#others.size;
  }

  get dropped(): number {
    return this.#dropped;
  }

  send(request: SipRequest, target: Target, listener: ClientTransactionListener, sent?: Sent): ClientTransaction {
    const machine = this.#create(copyOf(request), createBranch(), listener);
    void this.#open(machine, target, sent);
    return machine;
  }

  sendAck(request: SipRequest, target: Target): SipRequest {
    const ack = copyOf(request);
    const transmit = (flow: Flow) => {
      complete(ack, createBranch(), flow);
      this.#options.wire.transmit(flow, outgoing(ack), () => {});
    };
    this.#withFlow(target, transmit);
    return ack;
  }

  repeatAck(ack: SipRequest, target: Target): void {
    this.#withFlow(target, (flow) => this.#options.wire.retransmit(flow, outgoing(ack), () => {}));
  }

  received(response: SipResponse, flow: Flow): void {
    const key = response.headers.all('Via').length === 1 ? responseKey(response) : undefined;
    const machine = key === undefined ? undefined : (this.#invites.get(key) ?? this.#others.get(key));
    const isInvite2xx = key?.endsWith('|INVITE') === true && response.status >= 200 && response.status < 300;
    if (machine === undefined && !isInvite2xx) {
      this.#dropped++;
      return;
    }
    try {
      if (machine === undefined) this.#options.handler().strayResponse(response, flow);
      else machine.received(response, flow);
    } catch (err) {
      this.#options.log.error({ err, status: response.status }, 'a response could not be handled');
    }
  }

  /** A connection is gone: what waits for an answer on it will not get one. */
  flowClosed(flow: Flow): void {
    for (const machine of [...this.#invites.values(), ...this.#others.values()]) {
      if (isSameFlow(machine.flow, flow)) machine.transportFailed('The connection was closed by the other side.');
    }
  }

  stop(): void {
    for (const machine of [...this.#invites.values(), ...this.#others.values()]) machine.terminate();
  }

  #create(request: SipRequest, branch: string, listener: ClientTransactionListener): ClientTransaction & ClientMachine {
    const key = clientKey(branch, request.method);
    const table = request.method === 'INVITE' ? this.#invites : this.#others;
    const parts = { request, branch, listener, release: () => void table.delete(key) };
    const { wire } = this.#options;
    const machine =
      request.method === 'INVITE'
        ? new InviteClientTransaction(wire, parts, (cancel, branch, flow) => this.#sendCancel(cancel, branch, flow))
        : new NonInviteClientTransaction(wire, parts);
    table.set(key, machine);
    return machine;
  }

  /** Always later than the call of `send`, so that its caller holds the transaction when it hears of it. */
  async #open(machine: ClientMachine, target: Target, sent: Sent | undefined): Promise<void> {
    let flow: Flow;
    try {
      flow = await this.#options.flowTo(target);
    } catch (failure) {
      machine.transportFailed(messageOf(failure));
      return;
    }
    const table = machine.request.method === 'INVITE' ? this.#invites : this.#others;
    if (table.get(clientKey(machine.branch, machine.request.method)) !== machine) return;
    complete(machine.request, machine.branch, flow);
    try {
      sent?.(machine.request, flow);
    } catch (err) {
      this.#options.log.error({ err }, 'the sender of a request failed');
    }
    machine.open(flow);
  }

  #sendCancel(cancel: SipRequest, branch: string, flow: Flow): void {
    this.#create(cancel, branch, SILENT).open(flow);
  }

  /** At once where the flow is known; an ACK that finds no way is repeated with the next 2xx anyway. */
  #withFlow(target: Target, run: (flow: Flow) => void): void {
    const flow = this.#options.flowTo(target);
    if (!(flow instanceof Promise)) {
      run(flow);
      return;
    }
    flow.then(run, (failure: unknown) => {
      this.#dropped++;
      this.#options.log.debug({ reason: messageOf(failure) }, 'an ACK could not be sent');
    });
  }
}
