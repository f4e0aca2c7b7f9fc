import type { SipRequest, SipResponse } from '../msg/sip-message.ts';
import type { ClientMachine, ClientParts } from './client-transaction.ts';
import { ackForFailure, cancelFor } from './follow-up-requests.ts';
import { completedMs, patienceMs, TimerPair } from './timers.ts';
import type { ClientTransaction, Flow } from './transaction-layer.ts';
import { isReliableFlow, type Outgoing, outgoing, type Wire } from './wire.ts';

type State = 'waiting' | 'calling' | 'proceeding' | 'accepted' | 'completed' | 'terminated';
type ExtraHeaders = readonly (readonly [string, string])[];

/** Sends a CANCEL as a transaction of its own on the INVITE's flow. */
export type SendCancel = (cancel: SipRequest, branch: string, flow: Flow) => void;

/** INVITE client transaction: RFC 3261 17.1.1 with the accepted state of RFC 6026, and 9.1 for CANCEL. */
export class InviteClientTransaction implements ClientTransaction, ClientMachine {
  readonly #wire: Wire;
  readonly #parts: ClientParts;
  readonly #sendCancel: SendCancel;
  readonly #timers: TimerPair;
  #state: State = 'waiting';
  #flow: Flow | undefined;
  #sent: Outgoing | undefined;
  #ack: Outgoing | undefined;
  #cancelWith: ExtraHeaders | undefined;
  #isCancelled = false;

  constructor(wire: Wire, parts: ClientParts, sendCancel: SendCancel) {
    this.#wire = wire;
    this.#parts = parts;
    this.#sendCancel = sendCancel;
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

  cancel(headers: ExtraHeaders = []): void {
    if (this.#isCancelled || this.#cancelWith !== undefined) return;
    if (this.#state === 'proceeding') this.#cancelNow(headers);
    else if (this.#state === 'waiting' || this.#state === 'calling') this.#cancelWith = headers;
  }

  /** Timers A and B. */
  open(flow: Flow): void {
    if (this.#state !== 'waiting') return;
    this.#state = 'calling';
    this.#flow = flow;
    this.#sent = outgoing(this.request);
    this.#wire.transmit(flow, this.#sent, this.#failed);
    if (!isReliableFlow(flow)) this.#timers.repeat(this.#wire.timers.t1Ms, Number.POSITIVE_INFINITY, this.#repeat);
    this.#timers.expireAfter(patienceMs(this.#wire.timers), () => this.#fail('timeout', 'No response came.'));
  }

  received(response: SipResponse, flow: Flow): void {
    switch (this.#state) {
      case 'calling':
      case 'proceeding':
        if (response.status < 200) this.#proceed();
        else if (response.status < 300) this.#accept();
        else this.#complete(response);
        this.#parts.listener.response(response, flow);
        if (this.#state === 'proceeding' && this.#cancelWith !== undefined) this.#cancelNow(this.#cancelWith);
        return;
      case 'accepted':
        if (response.status >= 200 && response.status < 300) this.#parts.listener.response(response, flow);
        return;
      case 'completed':
        if (response.status >= 300) this.#repeatAck();
        return;
      case 'waiting':
      case 'terminated':
        return;
    }
  }

  transportFailed(detail: string): void {
    if (this.#state === 'waiting' || this.#state === 'calling' || this.#state === 'proceeding') {
      this.#fail('transport', detail);
    } else if (this.#state === 'completed') this.terminate();
  }

  terminate(): void {
    if (this.#state === 'terminated') return;
    this.#state = 'terminated';
    this.#timers.stop();
    this.#parts.release();
    this.#parts.listener.terminated?.();
  }

  #proceed(): void {
    if (this.#state === 'proceeding') return;
    this.#state = 'proceeding';
    this.#timers.stop();
    this.#sent = undefined;
  }

  /** Timer M: repeated and forked 2xx still belong here. */
  #accept(): void {
    this.#state = 'accepted';
    this.#timers.stop();
    this.#timers.expireAfter(patienceMs(this.#wire.timers), () => this.terminate());
  }

  /** Timer D; the ACK of a non-2xx is ours to send (17.1.1.3). */
  #complete(response: SipResponse): void {
    this.#state = 'completed';
    this.#timers.stop();
    if (this.#flow === undefined) return;
    this.#ack = outgoing(ackForFailure(this.request, response));
    this.#wire.transmit(this.#flow, this.#ack, this.#failed);
    const waitMs = isReliableFlow(this.#flow) ? 0 : completedMs(this.#wire.timers);
    this.#timers.expireAfter(waitMs, () => this.terminate());
  }

  #repeatAck(): void {
    if (this.#flow !== undefined && this.#ack !== undefined) this.#wire.retransmit(this.#flow, this.#ack, this.#failed);
  }

  /** A peer that never answers the INVITE after its CANCEL is given up after 64*T1 (9.1). */
  #cancelNow(headers: ExtraHeaders): void {
    this.#cancelWith = undefined;
    if (this.#isCancelled || this.#flow === undefined) return;
    this.#isCancelled = true;
    this.#sendCancel(cancelFor(this.request, headers), this.branch, this.#flow);
    this.#timers.expireAfter(patienceMs(this.#wire.timers), () => {
      this.#fail('timeout', 'The cancelled INVITE got no final response.');
    });
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
