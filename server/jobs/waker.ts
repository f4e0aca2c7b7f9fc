import { messageOf } from '../contract/errors.ts';
import type { EventBus } from '../events/bus.ts';
import type { FactKind } from '../events/fact.ts';
import type { Clock, Timer } from '../lifetime/clock.ts';
import type { Logger } from '../log/logger.ts';

export interface WakerOptions {
  readonly name: string;
  readonly clock: Clock;
  readonly log: Logger;
  /** Facts after which there may be something to do; without them only `wake` and the time tell. */
  readonly wokenBy?: { readonly bus: EventBus; readonly kinds: readonly FactKind[] };
  /** One look at everything; resolves with the time of the next one that no event announces. */
  look(): Promise<number | undefined>;
}

/** After a look that failed. */
const retryMs = 1_000;
/** Timers of the platform end at 24 days; looking once an hour for nothing costs nothing. */
const longestWaitMs = 3_600_000;

/** Runs a job's look whenever something happened or its time has come: one at a time, and never one too few. */
export class Waker {
  readonly #options: WakerOptions;
  #looking: Promise<void> | undefined;
  #again = false;
  #stopped = true;
  #timer: Timer | undefined;
  #stopListening: (() => void) | undefined;

  constructor(options: WakerOptions) {
    this.#options = options;
  }

  get isStopped(): boolean {
    return this.#stopped;
  }

  start(): void {
    this.#stopped = false;
    const { wokenBy } = this.#options;
    this.#stopListening = wokenBy?.bus.onFact(({ fact }) => {
      if (wokenBy.kinds.includes(fact.kind)) this.wake();
    });
    this.wake();
  }

  /** Resolves when the look in hand is done. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#stopListening?.();
    this.#timer?.cancel();
    await this.#looking;
  }

  wake(): void {
    if (this.#stopped) return;
    this.#again = true;
    this.#looking ??= this.#lookUntilQuiet().finally(() => {
      this.#looking = undefined;
      if (this.#again) this.wake();
    });
  }

  async #lookUntilQuiet(): Promise<void> {
    while (this.#again && !this.#stopped) {
      this.#again = false;
      this.#timer?.cancel();
      const { clock, log, name } = this.#options;
      try {
        const nextAtMs = await this.#options.look();
        if (nextAtMs !== undefined) this.#wakeIn(nextAtMs - clock.now());
      } catch (failure) {
        log.error({ why: messageOf(failure) }, `${name} failed, and tries again`);
        this.#wakeIn(retryMs);
      }
    }
  }

  #wakeIn(delayMs: number): void {
    if (this.#stopped) return;
    this.#timer?.cancel();
    this.#timer = this.#options.clock.after(Math.min(longestWaitMs, Math.max(1, delayMs)), () => this.wake());
  }
}
