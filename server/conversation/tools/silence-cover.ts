import type { Clock, Timer } from '../../lifetime/clock.ts';

export interface SilenceCoverOptions {
  readonly clock: Clock;
  /** Nothing was heard of the agent for so long. */
  readonly afterMs: number;
  /** From one sentence to the next. */
  readonly againMs: number;
  /** The agent may speak, and has nothing left to say. */
  readonly isQuiet: () => boolean;
  readonly say: () => void;
}

const lookEveryMs = 100;

/** Sees to it that a caller who waits for a tool doesn't wait in silence. */
export class SilenceCover {
  readonly #options: SilenceCoverOptions;
  #timer: Timer | undefined;
  #quietSinceMs = 0;
  #saidAtMs = Number.NEGATIVE_INFINITY;

  constructor(options: SilenceCoverOptions) {
    this.#options = options;
  }

  start(): void {
    this.#quietSinceMs = this.#options.clock.now();
    this.#look();
  }

  stop(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
  }

  #look(): void {
    const { clock, afterMs, againMs, isQuiet, say } = this.#options;
    this.#timer = clock.after(lookEveryMs, () => this.#look());
    const nowMs = clock.now();
    if (!isQuiet()) this.#quietSinceMs = nowMs;
    if (nowMs - this.#quietSinceMs < afterMs || nowMs - this.#saidAtMs < againMs) return;
    this.#saidAtMs = nowMs;
    say();
  }
}
