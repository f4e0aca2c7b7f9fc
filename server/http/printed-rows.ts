/** Rows kept as JSON text at once; the oldest go first. */
const mostRows = 20_000;

interface Printed {
  readonly stamp: string;
  readonly text: string;
}

/**
 * Rows that were printed before, as JSON text, so that a list that is asked for often isn't made anew each time. A row
 * whose stamp has changed is printed again; `forget` is for changes that no stamp shows.
 */
export class PrintedRows {
  readonly counters = { hits: 0, misses: 0 };
  readonly #rows = new Map<string, Printed>();

  /** Undefined for a row that has to be printed. */
  find(id: string, stamp: string): string | undefined {
    const known = this.#rows.get(id);
    if (known?.stamp === stamp) {
      this.counters.hits++;
      return known.text;
    }
    this.counters.misses++;
    return undefined;
  }

  keep(id: string, stamp: string, text: string): void {
    if (this.#rows.size >= mostRows) this.#dropOldest();
    this.#rows.set(id, { stamp, text });
  }

  forget(id: string): void {
    this.#rows.delete(id);
  }

  forgetAll(): void {
    this.#rows.clear();
  }

  #dropOldest(): void {
    const oldest = this.#rows.keys().next();
    if (!oldest.done) this.#rows.delete(oldest.value);
  }
}
