import type { SipRequest, SipResponse } from '../msg/sip-message.ts';
import { patienceMs, TimerPair } from './timers.ts';
import type { Flow, ServerTransaction } from './transaction-layer.ts';
import { isReliableFlow, type Outgoing, outgoing, type Wire } from './wire.ts';

type State = 'trying' | 'proceeding' | 'completed' | 'terminated';

/**
 * Non-INVITE server transaction: RFC 3261 17.2.2. One that stays unanswered for 64*T1 ends silently, because its sender
 * has given up by then (RFC 4320 4.2).
 */
export class NonInviteServerTransaction implements ServerTransaction {
  readonly request: SipRequest;
  readonly flow: Flow;
  readonly #wire: Wire;
  readonly #timers: TimerPair;
  readonly #onTerminated: (() => void)[] = [];
  #state: State = 'trying';
  #last: Outgoing | undefined;

  constructor(wire: Wire, request: SipRequest, flow: Flow) {
    this.#wire = wire;
    this.#timers = new TimerPair(wire.clock);
    this.request = request;
    this.flow = flow;
    this.#timers.expireAfter(patienceMs(wire.timers), () => this.terminate());
  }

  get method(): string {
    return this.request.method;
  }

  get state(): State {
    return this.#state;
  }

  get finalSent(): boolean {
    return this.#state === 'completed' || this.#state === 'terminated';
  }

  onTerminated(listener: () => void): void {
    this.#onTerminated.push(listener);
  }

  respond(response: SipResponse): boolean {
    if (this.finalSent) return false;
    this.#last = outgoing(response);
    this.#wire.transmit(this.flow, this.#last, this.#transportFailed);
    if (response.status >= 200) this.#complete();
    else this.#state = 'proceeding';
    return true;
  }

  /** The same request again: repeats the last response, if there is one. */
  retransmitted(): void {
    if (this.#last !== undefined) this.#wire.retransmit(this.flow, this.#last, this.#transportFailed);
  }

  /** Ends it without a word. */
  terminate(): void {
    if (this.#state === 'terminated') return;
    this.#state = 'terminated';
    this.#timers.stop();
    for (const listener of this.#onTerminated) listener();
  }

  /** Timer J. */
  #complete(): void {
    this.#state = 'completed';
    if (isReliableFlow(this.flow)) this.terminate();
    else this.#timers.expireAfter(patienceMs(this.#wire.timers), () => this.terminate());
  }

  readonly #transportFailed = (): void => this.terminate();
}
