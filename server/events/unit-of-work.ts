import type { Database } from '../db/database.ts';
import type { Clock } from '../lifetime/clock.ts';
import type { EventBus } from './bus.ts';
import type { EventLog } from './event-log.ts';
import type { Fact, StoredFact } from './fact.ts';

export type { Database } from '../db/database.ts';

/** Notes a fact about a row of this organization; it is stored with the change and published after the commit. */
export type RecordFact = (organizationId: string, fact: Fact) => void;

/**
 * One change: rows and the facts about them are written in one transaction; only after it is committed are the facts
 * published and the promise resolved.
 */
export class UnitOfWork {
  readonly #db: Database;
  readonly #log: EventLog;
  readonly #bus: EventBus;
  readonly #clock: Clock;

  constructor(db: Database, log: EventLog, bus: EventBus, clock: Clock) {
    this.#db = db;
    this.#log = log;
    this.#bus = bus;
    this.#clock = clock;
  }

  /** Whole milliseconds, as rows store them. */
  nowMs(): number {
    return Math.round(this.#clock.now());
  }

  /** `work` is synchronous; what it throws undoes its rows and facts and rejects. */
  async run<T>(work: (record: RecordFact, nowMs: number) => T): Promise<T> {
    const stored: StoredFact[] = [];
    const value = await this.#db.write(() => {
      const nowMs = this.nowMs();
      return work((organizationId, fact) => stored.push(this.#log.append(organizationId, fact, nowMs)), nowMs);
    });
    for (const fact of stored) this.#bus.publish(fact);
    return value;
  }
}
