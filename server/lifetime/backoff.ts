export interface BackoffOptions {
  readonly firstMs: number;
  readonly factor: number;
  readonly longestMs: number;
}

/** Waiting times between tries: geometric up to a ceiling; `reset` after a success. */
export class Backoff {
  readonly #options: BackoffOptions;
  #tries = 0;

  constructor(options: BackoffOptions = { firstMs: 50, factor: 2, longestMs: 5_000 }) {
    this.#options = options;
  }

  get tries(): number {
    return this.#tries;
  }

  nextMs(): number {
    const { firstMs, factor, longestMs } = this.#options;
    return Math.min(longestMs, firstMs * factor ** this.#tries++);
  }

  reset(): void {
    this.#tries = 0;
  }
}
