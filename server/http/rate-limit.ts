import type { Response } from 'express';
import { LandlineError } from '../contract/errors.ts';
import type { Clock } from '../lifetime/clock.ts';

export interface RateVerdict {
  readonly allowed: boolean;
  readonly limit: number;
  readonly remaining: number;
  /** Unix seconds when the window ends. */
  readonly resetAtS: number;
}

const windowMs = 60_000;

/**
 * Counts requests (or bytes) per key in fixed minutes. Forgets all keys with the minute, so it holds at most a minute's
 * worth.
 */
export class RateLimiter {
  readonly #limit: number;
  readonly #clock: Clock;
  readonly #counts = new Map<string, number>();
  #window = 0;

  constructor(limit: number, clock: Clock) {
    this.#limit = limit;
    this.#clock = clock;
  }

  take(key: string, amount = 1): RateVerdict {
    const window = Math.floor(this.#clock.now() / windowMs);
    if (window !== this.#window) this.#counts.clear();
    this.#window = window;
    const count = (this.#counts.get(key) ?? 0) + amount;
    this.#counts.set(key, count);
    return {
      allowed: count <= this.#limit,
      limit: this.#limit,
      remaining: Math.max(0, this.#limit - count),
      resetAtS: ((window + 1) * windowMs) / 1000,
    };
  }
}

/** Puts the verdict into `X-RateLimit-*`. Throws `rate-limited`. */
export function applyVerdict(response: Response, verdict: RateVerdict): void {
  response.setHeader('X-RateLimit-Limit', verdict.limit);
  response.setHeader('X-RateLimit-Remaining', verdict.remaining);
  response.setHeader('X-RateLimit-Reset', verdict.resetAtS);
  if (verdict.allowed) return;
  throw new LandlineError('rate-limited', 'Rate limit exceeded', { limit: verdict.limit, reset: verdict.resetAtS });
}

/** Seconds until the window of this moment ends, for `Retry-After`. */
export function secondsToNextWindow(nowMs: number): number {
  return Math.ceil((windowMs - (nowMs % windowMs)) / 1000);
}
