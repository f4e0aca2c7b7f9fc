/**
 * Lets so many do something at once; others wait in line, in order. The line has a limit: who comes when it is full is
 * refused and counted.
 */
export class Turns {
  readonly #atOnce: number;
  readonly #mostWaiting: number;
  readonly #waiting: (() => void)[] = [];
  #running = 0;
  #refused = 0;

  constructor(limits: { readonly atOnce: number; readonly waiting: number }) {
    this.#atOnce = limits.atOnce;
    this.#mostWaiting = limits.waiting;
  }

  get counters(): { readonly running: number; readonly waiting: number; readonly refused: number } {
    return { running: this.#running, waiting: this.#waiting.length, refused: this.#refused };
  }

  /** Runs `work` when it is its turn; throws what `refusal` makes when the line is full. */
  async take<T>(work: () => Promise<T>, refusal: () => Error): Promise<T> {
    await this.#wait(refusal);
    try {
      return await work();
    } finally {
      const next = this.#waiting.shift();
      // The turn goes from one to the next, so that nobody slips in between.
      if (next) next();
      else this.#running--;
    }
  }

  async #wait(refusal: () => Error): Promise<void> {
    if (this.#running < this.#atOnce) {
      this.#running++;
      return;
    }
    if (this.#waiting.length >= this.#mostWaiting) {
      this.#refused++;
      throw refusal();
    }
    await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }
}
