import type { SipRequest, SipResponse } from '../msg/sip-message.ts';
import { patienceMs, TimerPair } from './timers.ts';
import type { Flow, ServerTransaction } from './transaction-layer.ts';
import { isReliableFlow, type Outgoing, outgoing, type Wire } from './wire.ts';

type State = 'proceeding' | 'accepted' | 'completed' | 'confirmed' | 'terminated';

/** INVITE server transaction: RFC 3261 17.2.1 with the accepted state of RFC 6026. */
export class InviteServerTransaction implements ServerTransaction {
  readonly method = 'INVITE';
  readonly request: SipRequest;
  readonly flow: Flow;
  readonly #wire: Wire;
  readonly #timers: TimerPair;
  readonly #onTerminated: (() => void)[] = [];
  #state: State = 'proceeding';
  #last: Outgoing | undefined;

  constructor(wire: Wire, request: SipRequest, flow: Flow) {
    this.#wire = wire;
    this.#timers = new TimerPair(wire.clock);
    this.request = request;
    this.flow = flow;
  }

  get state(): State {
    return this.#state;
  }

  get finalSent(): boolean {
    return this.#state !== 'proceeding';
  }

  /** The last response sent, for its To tag. */
  get lastResponse(): SipResponse | undefined {
    const message = this.#last?.message;
    return message?.kind === 'response' ? message : undefined;
  }

  onTerminated(listener: () => void): void {
    this.#onTerminated.push(listener);
  }

  respond(response: SipResponse): boolean {
    if (this.#state !== 'proceeding') return false;
    this.#last = outgoing(response);
    this.#wire.transmit(this.flow, this.#last, this.#transportFailed);
    if (response.status >= 300) this.#complete();
    else if (response.status >= 200) this.#accept();
    return true;
  }

  /** The same INVITE again: repeats the last response, except a 2xx, which the core above repeats. */
  retransmitted(): void {
    if (this.#last === undefined || (this.#state !== 'proceeding' && this.#state !== 'completed')) return;
    this.#wire.retransmit(this.flow, this.#last, this.#transportFailed);
  }

  /** An ACK with this transaction's branch; true when it acknowledges a 2xx and belongs to the core above. */
  acknowledged(): boolean {
    if (this.#state === 'completed') this.#confirm();
    return this.#state === 'accepted';
  }

  /** Ends it without a word (the layer stops). */
  terminate(): void {
    if (this.#state === 'terminated') return;
    this.#state = 'terminated';
    this.#timers.stop();
    for (const listener of this.#onTerminated) listener();
  }

  /** Timer L. */
  #accept(): void {
    this.#state = 'accepted';
    this.#timers.expireAfter(patienceMs(this.#wire.timers), () => this.terminate());
  }

  /** Timers G and H. */
  #complete(): void {
    this.#state = 'completed';
    const { t1Ms, t2Ms } = this.#wire.timers;
    if (!isReliableFlow(this.flow)) this.#timers.repeat(t1Ms, t2Ms, () => this.retransmitted());
    this.#timers.expireAfter(patienceMs(this.#wire.timers), () => this.terminate());
  }

  /** Timer I. */
  #confirm(): void {
    this.#state = 'confirmed';
    this.#timers.stopRepeating();
    if (isReliableFlow(this.flow)) this.terminate();
    else this.#timers.expireAfter(this.#wire.timers.t4Ms, () => this.terminate());
  }

  /** A response that could not be sent ends the transaction, except a 2xx, which is repeated until timer L (RFC 6026 8.4). */
  readonly #transportFailed = (): void => {
    if (this.#state !== 'accepted') this.terminate();
  };
}
