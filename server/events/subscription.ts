import { messageOf } from '../contract/errors.ts';
import { Backoff } from '../lifetime/backoff.ts';
import { type Clock, delay } from '../lifetime/clock.ts';
import type { Logger } from '../log/logger.ts';
import type { EventBus } from './bus.ts';
import type { EventLog } from './event-log.ts';
import type { FactKind, StoredFact } from './fact.ts';

const pageSize = 100;

export interface SubscriptionOptions {
  readonly name: string;
  readonly eventLog: EventLog;
  readonly bus: EventBus;
  readonly clock: Clock;
  readonly log: Logger;
  /** Last fact already dealt with; the reader keeps it wherever it wants. */
  readonly after: number;
  /** Only these are read, and wake the reader; all when absent. */
  readonly kinds?: readonly FactKind[];
  /** Called once per fact in order of numbers; a rejection is tried again with back-off, so it must be repeatable. */
  handle(fact: StoredFact, signal: AbortSignal): Promise<void> | void;
}

/** Reads the event log by cursor, woken by the bus: a crash or a slow reader loses no fact, and queues none. */
export class Subscription {
  readonly #options: SubscriptionOptions;
  readonly #backoff = new Backoff();
  #controller = new AbortController();
  #stopListening: (() => void) | undefined;
  #reading: Promise<void> | undefined;
  #more = false;
  #cursor: number;

  constructor(options: SubscriptionOptions) {
    this.#options = options;
    this.#cursor = options.after;
  }

  /** Number of the fact up to which everything is dealt with. */
  get cursor(): number {
    return this.#cursor;
  }

  start(): void {
    this.#controller = new AbortController();
    const { bus, kinds } = this.#options;
    this.#stopListening = bus.onFact(({ fact }) => {
      if (!kinds || kinds.includes(fact.kind)) this.#wake();
    });
    this.#wake();
  }

  /** Resolves when the fact in hand is done. */
  async stop(): Promise<void> {
    this.#stopListening?.();
    this.#controller.abort();
    await this.#reading;
  }

  #wake(): void {
    this.#more = true;
    this.#reading ??= this.#read()
      .catch((thrown: unknown) => {
        this.#more = false;
        this.#options.log.error({ err: thrown }, `${this.#options.name} cannot read facts: ${messageOf(thrown)}`);
      })
      .finally(() => {
        this.#reading = undefined;
        if (this.#more && !this.#controller.signal.aborted) this.#wake();
      });
  }

  async #read(): Promise<void> {
    while (this.#more && !this.#controller.signal.aborted) {
      const { eventLog, kinds } = this.#options;
      const newest = eventLog.lastSeq();
      const facts = eventLog.after(this.#cursor, pageSize, kinds);
      this.#more = facts.length === pageSize;
      for (const fact of facts) {
        if (!(await this.#handle(fact))) return;
      }
      // Nothing that concerns this reader lies before: the next look begins behind it.
      if (facts.length < pageSize) this.#cursor = Math.max(this.#cursor, newest);
    }
  }

  /** False when stopped before the fact was dealt with. */
  async #handle(fact: StoredFact): Promise<boolean> {
    const { clock, log, name } = this.#options;
    const { signal } = this.#controller;
    while (!signal.aborted) {
      try {
        await this.#options.handle(fact, signal);
        this.#cursor = fact.seq;
        this.#backoff.reset();
        return true;
      } catch (thrown) {
        log.warn({ err: thrown, seq: fact.seq }, `${name} failed, trying again: ${messageOf(thrown)}`);
        await delay(clock, this.#backoff.nextMs(), signal).catch(() => {});
      }
    }
    return false;
  }
}
