/** What a full queue does with one item too many. */
export type OverflowRule = 'drop-oldest' | 'drop-newest';

/**
 * A first-in-first-out queue with a limit, a drop rule and a counter; read as an async iterable by one reader.
 * Ends (after what is queued) with `close`, or fails with `fail`.
 */
export class BoundedQueue<T> implements AsyncIterable<T> {
  readonly limit: number;
  readonly #rule: OverflowRule;
  readonly #items: T[] = [];
  #wake: (() => void) | undefined;
  #closed = false;
  #failure: Error | undefined;
  #dropped = 0;

  constructor(limit: number, rule: OverflowRule) {
    this.limit = limit;
    this.#rule = rule;
  }

  get size(): number {
    return this.#items.length;
  }

  /** Items lost to the limit so far. */
  get dropped(): number {
    return this.#dropped;
  }

  push(item: T): void {
    if (this.#closed) return;
    if (this.#items.length >= this.limit) {
      this.#dropped++;
      if (this.#rule === 'drop-newest') return;
      this.#items.shift();
    }
    this.#items.push(item);
    this.#wake?.();
  }

  close(): void {
    this.#closed = true;
    this.#wake?.();
  }

  fail(error: Error): void {
    this.#failure ??= error;
    this.close();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<T, void, void> {
    for (;;) {
      while (this.#items.length > 0) yield this.#items.shift() as T;
      if (this.#failure) throw this.#failure;
      if (this.#closed) return;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
      this.#wake = undefined;
    }
  }
}
