import { LandlineError } from '../contract/errors.ts';
import type { Clock, Timer } from '../lifetime/clock.ts';

/** How long a brain may keep silent. Stands still while the brain waits for somebody else, and begins anew then. */
export class BrainLimit {
  readonly #clock: Clock;
  readonly #limitMs: number;
  #holds = 0;
  #timer: Timer | undefined;
  #late: PromiseWithResolvers<never> | undefined;

  constructor(clock: Clock, limitMs: number) {
    this.#clock = clock;
    this.#limitMs = limitMs;
  }

  /** The work's outcome; rejects with `brain-late` when it takes too long. One work at a time. */
  async within<T>(work: Promise<T>): Promise<T> {
    const late = Promise.withResolvers<never>();
    this.#late = late;
    this.#set();
    try {
      return await Promise.race([work, late.promise]);
    } finally {
      this.#late = undefined;
      this.#set();
    }
  }

  hold(): void {
    this.#holds++;
    this.#set();
  }

  /** Takes one `hold` back. */
  go(): void {
    this.#holds--;
    this.#set();
  }

  #set(): void {
    this.#timer?.cancel();
    const late = this.#late;
    if (late === undefined || this.#holds > 0) return;
    this.#timer = this.#clock.after(this.#limitMs, () =>
      late.reject(new LandlineError('brain-late', `The language model gave no text for ${this.#limitMs} ms.`)),
    );
  }
}
