import type { Clock, Timer } from '../../lifetime/clock.ts';
import { patienceMs, type SipTimers } from '../txn/timers.ts';

/** Repeats something at T1, 2*T1, 4*T1 … up to `longestMs`, until stopped or 64*T1 have passed. */
export class Retransmission {
  readonly #clock: Clock;
  readonly #longestMs: number;
  readonly #endMs: number;
  readonly #repeat: () => void;
  readonly #gaveUp: () => void;
  #timer: Timer | undefined;

  constructor(clock: Clock, timers: SipTimers, longestMs: number, repeat: () => void, gaveUp: () => void) {
    this.#clock = clock;
    this.#longestMs = longestMs;
    this.#endMs = clock.now() + patienceMs(timers);
    this.#repeat = repeat;
    this.#gaveUp = gaveUp;
    this.#wait(timers.t1Ms);
  }

  stop(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
  }

  #wait(intervalMs: number): void {
    const leftMs = this.#endMs - this.#clock.now();
    this.#timer = this.#clock.after(Math.min(intervalMs, leftMs), () => {
      this.#timer = undefined;
      if (this.#clock.now() >= this.#endMs) {
        this.#gaveUp();
        return;
      }
      this.#wait(Math.min(intervalMs * 2, this.#longestMs));
      this.#repeat();
    });
  }
}
