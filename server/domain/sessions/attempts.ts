import { LandlineError } from '../../contract/errors.ts';
import type { Clock } from '../../lifetime/clock.ts';

export interface AttemptRule {
  readonly windowMs: number;
  readonly limit: number;
}

interface Count {
  readonly sinceMs: number;
  count: number;
}

/** Names counted at once; the one counted longest is forgotten for one more. */
const namesLimit = 10_000;

/** Counts attempts by name (an address, an account) in windows that begin with the first. */
export class Attempts {
  readonly #clock: Clock;
  readonly #rule: AttemptRule;
  readonly #counts = new Map<string, Count>();
  #refused = 0;

  constructor(clock: Clock, rule: AttemptRule) {
    this.#clock = clock;
    this.#rule = rule;
  }

  get refused(): number {
    return this.#refused;
  }

  /** Throws `too-many-attempts` with the whole seconds until the next may be made. */
  require(name: string): void {
    const { limit, windowMs } = this.#rule;
    const known = this.#current(name);
    if (!known || known.count < limit) return;
    this.#refused++;
    const retryAfterS = Math.max(1, Math.ceil((known.sinceMs + windowMs - this.#clock.now()) / 1_000));
    const sentence = `There were too many attempts: try again in ${retryAfterS} s.`;
    throw new LandlineError('too-many-attempts', sentence, { retryAfterS });
  }

  add(name: string): void {
    const known = this.#current(name);
    if (known) {
      known.count++;
      return;
    }
    this.#counts.delete(name);
    if (this.#counts.size >= namesLimit) {
      const [oldest] = this.#counts.keys();
      if (oldest !== undefined) this.#counts.delete(oldest);
    }
    this.#counts.set(name, { sinceMs: this.#clock.now(), count: 1 });
  }

  forget(name: string): void {
    this.#counts.delete(name);
  }

  #current(name: string): Count | undefined {
    const known = this.#counts.get(name);
    return known && known.sinceMs + this.#rule.windowMs > this.#clock.now() ? known : undefined;
  }
}
