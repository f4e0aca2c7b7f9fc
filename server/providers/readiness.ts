import type { LandlineError } from '../contract/errors.ts';
import type { Clock } from '../lifetime/clock.ts';

interface Waiter<T> {
  readonly resolve: (value: T) => void;
  readonly reject: (failure: Error) => void;
}

/** Something that comes and goes, and that others wait for: a value while it is there. */
export class Readiness<T> {
  readonly #clock: Clock;
  readonly #waiters = new Set<Waiter<T>>();
  #value: T | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get value(): T | undefined {
    return this.#value;
  }

  set(value: T): void {
    this.#value = value;
    for (const waiter of this.#waiters) waiter.resolve(value);
  }

  clear(): void {
    this.#value = undefined;
  }

  /** Fails everyone who waits now. */
  fail(failure: Error): void {
    for (const waiter of this.#waiters) waiter.reject(failure);
  }

  /** The value, at once or when it comes; rejects with `late` after `limitMs`, with the signal's reason if aborted. */
  wait(limitMs: number, late: () => LandlineError, signal?: AbortSignal): Promise<T> {
    if (signal?.aborted === true) return Promise.reject(signal.reason as Error);
    if (this.#value !== undefined) return Promise.resolve(this.#value);
    return new Promise((resolve, reject) => {
      const onAbort = () => waiter.reject(signal?.reason as Error);
      const done = () => {
        timer.cancel();
        signal?.removeEventListener('abort', onAbort);
        this.#waiters.delete(waiter);
      };
      const waiter: Waiter<T> = {
        resolve: (value) => {
          done();
          resolve(value);
        },
        reject: (failure) => {
          done();
          reject(failure);
        },
      };
      const timer = this.#clock.after(limitMs, () => waiter.reject(late()));
      signal?.addEventListener('abort', onAbort, { once: true });
      this.#waiters.add(waiter);
    });
  }
}
