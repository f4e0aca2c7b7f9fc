import { randomBytes } from 'node:crypto';
import type { Logger } from '../../log/logger.ts';
import { createResponse, type ResponseParts } from '../msg/build-message.ts';
import { tagOf } from '../msg/name-addr.ts';
import type { SipRequest, Via } from '../msg/sip-message.ts';
import { formatVia, parseVia } from '../msg/via.ts';
import { InviteServerTransaction } from './invite-server.ts';
import { NonInviteServerTransaction } from './non-invite-server.ts';
import { serverKey } from './transaction-key.ts';
import type { Flow, ServerTransaction, TransactionHandler } from './transaction-layer.ts';
import { outgoing, type Wire } from './wire.ts';

export interface ServerOptions {
  readonly wire: Wire;
  readonly log: Logger;
  readonly handler: () => TransactionHandler;
  /** Live server transactions of both kinds; a new request beyond it is dropped and counted. */
  readonly limit: number;
}

/** Notes where a request came from in its topmost Via (RFC 3261 18.2.1, RFC 3581 4). */
function noteSource(request: SipRequest, via: Via, flow: Flow): void {
  const wantsPort = via.params.has('rport');
  if (!wantsPort && via.host === flow.remoteAddress) return;
  const params = new Map(via.params);
  if (wantsPort) params.set('rport', String(flow.remotePort));
  params.set('received', flow.remoteAddress);
  request.headers.shift('Via');
  request.headers.prepend('Via', formatVia({ ...via, params }));
}

/** Same call attempt whatever way it came (RFC 3261 8.2.2.2). */
const mergeKey = ({ headers }: SipRequest): string =>
  `${headers.get('Call-ID') ?? ''}|${tagOf(headers.get('From')) ?? ''}|${headers.get('CSeq') ?? ''}`;

/** The server side: finds the transaction of each request, or begins one. */
export class ServerTransactions {
  readonly #options: ServerOptions;
  readonly #invites = new Map<string, InviteServerTransaction>();
  readonly #others = new Map<string, NonInviteServerTransaction>();
  /** Out-of-dialog INVITEs by what a second copy over another path would share. */
  readonly #attempts = new Map<string, InviteServerTransaction>();
  /** To tag of answers given without a transaction: the same for every copy of a request (8.2.7). */
  readonly #statelessTag = randomBytes(6).toString('hex');
  #absorbed = 0;
  #dropped = 0;

  constructor(options: ServerOptions) {
    this.#options = options;
  }

  get inviteCount(): number {
    return this.#invites.size;
  }

  get otherCount(): number {
    return this.#others.size;
  }

  get absorbed(): number {
    return this.#absorbed;
  }

  get dropped(): number {
    return this.#dropped;
  }

  received(request: SipRequest, flow: Flow): void {
    const via = parseVia(request.headers.get('Via') ?? '');
    if (via === undefined) return;
    const key = serverKey(request, via);
    noteSource(request, via, flow);
    if (request.method === 'ACK') {
      this.#acknowledged(key, request, flow);
      return;
    }
    const known = request.method === 'INVITE' ? this.#invites.get(key) : this.#others.get(key);
    if (known !== undefined) {
      this.#absorbed++;
      known.retransmitted();
    } else if (this.#invites.size + this.#others.size >= this.#options.limit) this.#dropped++;
    else this.#begin(key, request, via, flow);
  }

  /** Answers a request that is too broken for a transaction; `request` needs a usable Via only. */
  answerStateless(request: SipRequest, flow: Flow, status: number, parts: ResponseParts = {}): void {
    const response = createResponse(request, status, { toTag: this.#statelessTag, ...parts });
    this.#options.wire.transmit(flow, outgoing(response), () => {});
  }

  /** The same for a request that did not parse: notes its source first. */
  reject(request: SipRequest, flow: Flow, status: number, reason: string): void {
    const via = parseVia(request.headers.get('Via') ?? '');
    if (via !== undefined) noteSource(request, via, flow);
    this.answerStateless(request, flow, status, { reason });
  }

  stop(): void {
    for (const transaction of [...this.#invites.values(), ...this.#others.values()]) transaction.terminate();
  }

  #begin(key: string, request: SipRequest, via: Via, flow: Flow): void {
    if (request.method === 'INVITE') {
      this.#beginInvite(key, request, flow);
      return;
    }
    const transaction = new NonInviteServerTransaction(this.#options.wire, request, flow);
    this.#others.set(key, transaction);
    transaction.onTerminated(() => this.#others.delete(key));
    if (request.method === 'CANCEL') this.#cancelled(transaction, via);
    else this.#hand(transaction);
  }

  #beginInvite(key: string, request: SipRequest, flow: Flow): void {
    const isInDialog = tagOf(request.headers.get('To')) !== undefined;
    const attempt = isInDialog ? undefined : mergeKey(request);
    if (attempt !== undefined && this.#attempts.has(attempt)) {
      this.answerStateless(request, flow, 482);
      return;
    }
    const transaction = new InviteServerTransaction(this.#options.wire, request, flow);
    this.#invites.set(key, transaction);
    if (attempt !== undefined) this.#attempts.set(attempt, transaction);
    transaction.onTerminated(() => {
      this.#invites.delete(key);
      if (attempt !== undefined) this.#attempts.delete(attempt);
    });
    transaction.respond(createResponse(request, 100));
    this.#hand(transaction);
  }

  /** A failure of the one above is answered 500 and logged: it must not end the process and with it other calls. */
  #hand(transaction: ServerTransaction): void {
    try {
      this.#options.handler().request(transaction);
    } catch (err) {
      this.#options.log.error({ err, method: transaction.method }, 'a request could not be handled');
      transaction.respond(createResponse(transaction.request, 500, { toTag: this.#statelessTag }));
    }
  }

  /**
   * Answers a CANCEL (RFC 3261 9.2) and tells the one above. A CANCEL that crosses our 2xx gets 481, and the one above
   * hears of it with `finalSent` true, because a caller that gave up may not acknowledge.
   */
  #cancelled(cancel: NonInviteServerTransaction, via: Via): void {
    const { request, flow } = cancel;
    const invite = this.#invites.get(serverKey(request, via, 'INVITE'));
    const isKnown = invite !== undefined && (invite.state === 'proceeding' || invite.state === 'completed');
    const toTag = tagOf(invite?.lastResponse?.headers.get('To')) ?? this.#statelessTag;
    cancel.respond(createResponse(request, isKnown ? 200 : 481, { toTag }));
    if (invite === undefined || (invite.state !== 'proceeding' && invite.state !== 'accepted')) return;
    this.#guarded('CANCEL', () => this.#options.handler().cancel(invite, request), flow);
  }

  #acknowledged(key: string, ack: SipRequest, flow: Flow): void {
    const invite = this.#invites.get(key);
    if (invite !== undefined && !invite.acknowledged()) return;
    if (tagOf(ack.headers.get('To')) === this.#statelessTag) return;
    this.#guarded('ACK', () => this.#options.handler().ack(ack, flow), flow);
  }

  #guarded(method: string, run: () => void, flow: Flow): void {
    try {
      run();
    } catch (err) {
      this.#options.log.error({ err, method, transport: flow.transport }, 'a request could not be handled');
    }
  }
}
