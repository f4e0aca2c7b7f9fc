import type { Clock, Timer } from '../lifetime/clock.ts';
import type { TimerName } from './turn/state.ts';

/** The conversation's timers by name: setting one again replaces it. None rings before its time. */
export class NamedTimers {
  readonly #clock: Clock;
  readonly #rang: (name: TimerName) => void;
  readonly #timers = new Map<TimerName, Timer>();

  constructor(clock: Clock, rang: (name: TimerName) => void) {
    this.#clock = clock;
    this.#rang = rang;
  }

  set(name: TimerName, atMs: number): void {
    this.cancel(name);
    const timer = this.#clock.after(atMs - this.#clock.now(), () => {
      // The system's timers know whole milliseconds only, and may come a fraction of one early.
      if (this.#clock.now() < atMs) return this.set(name, atMs);
      this.#timers.delete(name);
      this.#rang(name);
    });
    this.#timers.set(name, timer);
  }

  cancel(name: TimerName): void {
    this.#timers.get(name)?.cancel();
    this.#timers.delete(name);
  }

  cancelAll(): void {
    for (const name of this.#timers.keys()) this.cancel(name);
  }
}
