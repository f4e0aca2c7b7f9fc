import type { SipRequest, SipResponse } from '../msg/sip-message.ts';
import type { ClientMachine, ClientParts } from './client-transaction.ts';
import { patienceMs, TimerPair } from './timers.ts';
import type { ClientTransaction, Flow } from './transaction-layer.ts';
import { isReliableFlow, type Outgoing, outgoing, type Wire } from './wire.ts';

type State = 'waiting' | 'trying' | 'proceeding' | 'completed' | 'terminated';

/** Non-INVITE client transaction: RFC 3261 17.1.2. */
export class NonInviteClientTransaction implements ClientTransaction, ClientMachine {
  readonly #wire: Wire;
  readonly #parts: ClientParts;
  readonly #timers: TimerPair;
  #state: State = 'waiting';
  #flow: Flow | undefined;
  #sent: Outgoing | undefined;

  constructor(wire: Wire, parts: ClientParts) {
    this.#wire = wire;
    this.#parts = parts;
    this.#timers = new TimerPair(wire.clock);
  }

  get request(): SipRequest {
    return this.#parts.request;
  }

  get branch(): string {
    return this.#parts.branch;
  }

  get flow(): Flow | undefined {
    return this.#flow;
  }

  get state(): State {
    return this.#state;
  }

  /** Only INVITE can be cancelled (RFC 3261 9.1). */
  cancel(): void {}

  /** Timers E and F. */
  open(flow: Flow): void {
    if (this.#state !== 'waiting') return;
    this.#state = 'trying';
    this.#flow = flow;
    this.#sent = outgoing(this.request);
    this.#wire.transmit(flow, this.#sent, this.#failed);
    const { t1Ms, t2Ms } = this.#wire.timers;
    if (!isReliableFlow(flow)) this.#timers.repeat(t1Ms, t2Ms, this.#repeat);
    this.#timers.expireAfter(patienceMs(this.#wire.timers), () => this.#fail('timeout', 'No final response came.'));
  }

  received(response: SipResponse, flow: Flow): void {
    if (this.#state !== 'trying' && this.#state !== 'proceeding') return;
    if (response.status >= 200) this.#complete(flow);
    else if (this.#state === 'trying') {
      this.#state = 'proceeding';
      const { t2Ms } = this.#wire.timers;
      if (!isReliableFlow(flow)) this.#timers.repeat(t2Ms, t2Ms, this.#repeat);
    }
    this.#parts.listener.response(response, flow);
  }

  transportFailed(detail: string): void {
    if (this.#state === 'completed' || this.#state === 'terminated') return;
    this.#fail('transport', detail);
  }

  terminate(): void {
    if (this.#state === 'terminated') return;
    this.#state = 'terminated';
    this.#timers.stop();
    this.#parts.release();
    this.#parts.listener.terminated?.();
  }

  /** Timer K. */
  #complete(flow: Flow): void {
    this.#state = 'completed';
    this.#timers.stop();
    this.#sent = undefined;
    const waitMs = isReliableFlow(flow) ? 0 : this.#wire.timers.t4Ms;
    this.#timers.expireAfter(waitMs, () => this.terminate());
  }

  #fail(why: 'timeout' | 'transport', detail: string): void {
    this.#timers.stop();
    this.#state = 'completed';
    this.#parts.listener.failed(why, detail);
    this.terminate();
  }

  readonly #failed = (detail: string): void => this.transportFailed(detail);

  readonly #repeat = (): void => {
    if (this.#flow !== undefined && this.#sent !== undefined) {
      this.#wire.retransmit(this.#flow, this.#sent, this.#failed);
    }
  };
}
