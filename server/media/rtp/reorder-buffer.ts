/** Longest wait for a missing packet. Measured: with this and no playout clock, under 0.01 % come too late on bad Wi-Fi. */
export const longestWaitMs = 40;
/** Packets kept behind a gap; one more ends the wait. */
const limit = 32;
/** This many packets in a row from the past mean that the sender began a new numbering. */
const latesOfRestart = 16;

interface Held<T> {
  readonly item: T;
  readonly arrivedMs: number;
}

export type PushOutcome = 'kept' | 'duplicate' | 'late';

/**
 * Puts packets back into order without a playout clock: what is in order is available at once; a gap is waited for at
 * most 40 ms, or until 32 packets are held behind it. Sequence numbers are extended ones (`Unwrapper`).
 */
export class ReorderBuffer<T> {
  readonly #held = new Map<number, Held<T>>();
  #next: number | undefined;
  #lostBefore = 0;
  #latesInARow = 0;

  /** Packets given up between the item that `take` returned last and the one before it. */
  get lostBefore(): number {
    return this.#lostBefore;
  }

  /** When the present gap has been waited for long enough; undefined without a gap. */
  get deadlineMs(): number | undefined {
    if (this.#held.size === 0) return undefined;
    let earliestMs = Number.POSITIVE_INFINITY;
    for (const { arrivedMs } of this.#held.values()) earliestMs = Math.min(earliestMs, arrivedMs);
    return earliestMs + longestWaitMs;
  }

  push(sequence: number, item: T, nowMs: number): PushOutcome {
    if (this.#next !== undefined && sequence < this.#next) {
      if (++this.#latesInARow < latesOfRestart) return 'late';
      this.reset();
    }
    this.#next ??= sequence;
    this.#latesInARow = 0;
    if (this.#held.has(sequence)) return 'duplicate';
    this.#held.set(sequence, { item, arrivedMs: nowMs });
    return 'kept';
  }

  /** The next item in order, or undefined while there is nothing or a gap is still waited for. */
  take(nowMs: number): T | undefined {
    if (this.#next === undefined || this.#held.size === 0) return undefined;
    if (this.#held.has(this.#next)) return this.#release(this.#next, 0);
    const waitIsOver = nowMs >= (this.deadlineMs ?? nowMs) || this.#held.size > limit;
    if (!waitIsOver) return undefined;
    const first = Math.min(...this.#held.keys());
    return this.#release(first, first - this.#next);
  }

  reset(): void {
    this.#held.clear();
    this.#next = undefined;
    this.#lostBefore = 0;
    this.#latesInARow = 0;
  }

  #release(sequence: number, lost: number): T | undefined {
    const held = this.#held.get(sequence);
    this.#held.delete(sequence);
    this.#next = sequence + 1;
    this.#lostBefore = lost;
    return held?.item;
  }
}
