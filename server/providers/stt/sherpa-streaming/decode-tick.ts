import type { Clock, Timer } from '../../../lifetime/clock.ts';
import { LatenessHistogram } from './lateness-histogram.ts';

/**
 * Calls `run` on a drift-corrected grid while it is awake, and stops by itself when `run` says that nothing is left.
 * A tick that comes late is measured and the grid moves on: missed slots are not made up for.
 */
export class DecodeTick {
  readonly lateness = new LatenessHistogram();
  readonly #clock: Clock;
  readonly #periodMs: number;
  readonly #run: () => boolean;
  #timer: Timer | undefined;
  #dueMs = 0;

  /** @param run does the work of one tick; returns whether there may be more soon. */
  constructor(clock: Clock, periodMs: number, run: () => boolean) {
    this.#clock = clock;
    this.#periodMs = periodMs;
    this.#run = run;
  }

  /** There is work: tick at the next slot. Does nothing while awake. */
  wake(): void {
    if (this.#timer !== undefined) return;
    const nowMs = this.#clock.now();
    this.#dueMs = Math.max(this.#dueMs, nowMs);
    this.#schedule(nowMs);
  }

  stop(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
  }

  #schedule(nowMs: number): void {
    this.#timer = this.#clock.after(this.#dueMs - nowMs, () => this.#tick());
  }

  #tick(): void {
    const nowMs = this.#clock.now();
    this.lateness.add(nowMs - this.#dueMs);
    this.#timer = undefined;
    const more = this.#run();
    const afterMs = this.#clock.now();
    this.#dueMs += this.#periodMs * Math.max(1, Math.ceil((afterMs - this.#dueMs) / this.#periodMs));
    if (more && this.#timer === undefined) this.#schedule(afterMs);
  }
}
