import { type CallFilter, isCountable, matches } from './call-filter.ts';
import type { CallRow } from './call-row.ts';

interface Remembered {
  readonly filter: CallFilter;
  total: number;
}

/** The oldest go first. */
const mostTotals = 500;
/** With more calls written since the last look, counting anew costs less. */
const mostTouched = 1_000;

/**
 * Totals of filters that are asked for again and again, kept exact without counting 100,000 rows each time: of every call
 * that is written, the row before is kept, and the next look compares it with the row that was committed. A write that
 * was rolled back makes no difference then.
 */
export class RememberedTotals {
  readonly #rowOf: (id: string) => CallRow | undefined;
  readonly #totals = new Map<string, Remembered>();
  readonly #before = new Map<string, CallRow | undefined>();

  constructor(rowOf: (id: string) => CallRow | undefined) {
    this.#rowOf = rowOf;
  }

  /** A call is about to be written. To be told inside the write, before it. */
  touch(id: string): void {
    if (this.#totals.size === 0 || this.#before.has(id)) return;
    if (this.#before.size >= mostTouched) {
      this.#before.clear();
      this.#totals.clear();
    } else {
      this.#before.set(id, this.#rowOf(id));
    }
  }

  /** Exact as of now; `count` is asked when it is not known. Not inside a write. */
  totalOf(filter: CallFilter, count: () => number): number {
    this.#settle();
    if (!isCountable(filter)) return count();
    const key = JSON.stringify(filter);
    const known = this.#totals.get(key);
    if (known !== undefined) return known.total;
    const total = count();
    const oldest = this.#totals.size < mostTotals ? undefined : this.#totals.keys().next().value;
    if (oldest !== undefined) this.#totals.delete(oldest);
    this.#totals.set(key, { filter, total });
    return total;
  }

  #settle(): void {
    for (const [id, before] of this.#before) {
      const after = this.#rowOf(id);
      for (const each of this.#totals.values()) {
        each.total += Number(matches(after, each.filter)) - Number(matches(before, each.filter));
      }
    }
    this.#before.clear();
  }
}
