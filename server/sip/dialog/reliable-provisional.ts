import { randomInt } from 'node:crypto';
import type { SipResponse } from '../msg/sip-message.ts';
import { Retransmission } from './retransmission.ts';
import type { UaContext } from './ua-context.ts';

/** RAck of a PRACK (RFC 3262 7.2). */
export interface RAck {
  readonly rseq: number;
  readonly cseq: number;
}

export function parseRAck(value: string | undefined): RAck | undefined {
  const match = /^(\d{1,10})\s+(\d{1,10})\s+INVITE$/.exec(value?.trim() ?? '');
  return match === null ? undefined : { rseq: Number(match[1]), cseq: Number(match[2]) };
}

/** Sends provisional responses of one INVITE reliably, one at a time (RFC 3262 3). */
export class ReliableProvisionals {
  readonly #context: UaContext;
  readonly #failed: () => void;
  #nextRSeq = randomInt(1, 0x7fff_0000);
  #outstanding: { readonly rseq: number; readonly withSdp: boolean; readonly repetition: Retransmission } | undefined;
  readonly #waiting: ((acknowledged: boolean) => void)[] = [];

  /** `failed` is called when the PRACK never came. */
  constructor(context: UaContext, failed: () => void) {
    this.#context = context;
    this.#failed = failed;
  }

  get outstandingRSeq(): number | undefined {
    return this.#outstanding?.rseq;
  }

  /** Whether a final response has to wait for a PRACK because SDP is in the balance. */
  get holdsFinal(): boolean {
    return this.#outstanding?.withSdp === true;
  }

  takeRSeq(): number {
    return this.#nextRSeq++;
  }

  /** Starts repeating a response that has just been sent. */
  track(rseq: number, response: SipResponse, repeat: () => void): void {
    const { clock, timers } = this.#context;
    const gaveUp = () => {
      this.stop();
      this.#failed();
    };
    const repetition = new Retransmission(clock, timers, Number.POSITIVE_INFINITY, repeat, gaveUp);
    this.#outstanding = { rseq, withSdp: response.body.length > 0, repetition };
  }

  /** What is outstanding no longer is, if this RAck names it. */
  acknowledge(rack: RAck): void {
    if (this.#outstanding?.rseq !== rack.rseq) return;
    this.#outstanding.repetition.stop();
    this.#outstanding = undefined;
    for (const run of this.#waiting.splice(0)) run(true);
  }

  /** Runs with true when the outstanding response is acknowledged, with false when that can no longer happen. */
  afterAcknowledgement(run: (acknowledged: boolean) => void): void {
    this.#waiting.push(run);
  }

  stop(): void {
    this.#outstanding?.repetition.stop();
    this.#outstanding = undefined;
    for (const run of this.#waiting.splice(0)) run(false);
  }
}
