import type { Clock, Timer } from '../../lifetime/clock.ts';

/** Base timer values in ms (RFC 3261 17.1.1.1, table 4). */
export interface SipTimers {
  /** Round-trip estimate. */
  readonly t1Ms: number;
  /** Longest interval between retransmissions of non-INVITE requests and INVITE responses. */
  readonly t2Ms: number;
  /** How long a message may live in the network. */
  readonly t4Ms: number;
}

export const RFC_TIMERS: SipTimers = { t1Ms: 500, t2Ms: 4000, t4Ms: 5000 };

/** Timers B, F, H, J, L and M: how long a transaction waits for the other side. */
export const patienceMs = (timers: SipTimers): number => 64 * timers.t1Ms;

/** Timer D on unreliable transports: at least 32 s, or as long as timer H of the other side. */
export const completedMs = (timers: SipTimers): number => Math.max(32_000, patienceMs(timers));

/** A clock that knows how many of its timers are pending. */
export class CountingClock implements Clock {
  readonly #clock: Clock;
  #pending = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get pending(): number {
    return this.#pending;
  }

  now(): number {
    return this.#clock.now();
  }

  after(delayMs: number, run: () => void): Timer {
    let isPending = true;
    this.#pending++;
    const settle = () => {
      if (isPending) this.#pending--;
      isPending = false;
    };
    const timer = this.#clock.after(delayMs, () => {
      settle();
      run();
    });
    return {
      cancel: () => {
        settle();
        timer.cancel();
      },
    };
  }
}

/** The two timers a transaction has at any time: one that repeats a message, one that ends the state. */
export class TimerPair {
  readonly #clock: Clock;
  #repeat: Timer | undefined;
  #expiry: Timer | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Runs `repeat` after `firstMs`, then after doubling intervals up to `longestMs`. Replaces an earlier repetition. */
  repeat(firstMs: number, longestMs: number, repeat: () => void): void {
    this.#repeat?.cancel();
    this.#repeat = this.#clock.after(firstMs, () => {
      this.repeat(Math.min(firstMs * 2, longestMs), longestMs, repeat);
      repeat();
    });
  }

  stopRepeating(): void {
    this.#repeat?.cancel();
    this.#repeat = undefined;
  }

  /** Replaces an earlier expiry. */
  expireAfter(delayMs: number, expire: () => void): void {
    this.#expiry?.cancel();
    this.#expiry = this.#clock.after(delayMs, expire);
  }

  stop(): void {
    this.stopRepeating();
    this.#expiry?.cancel();
    this.#expiry = undefined;
  }
}
