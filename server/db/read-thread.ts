import { LandlineError } from '../contract/errors.ts';
import { AskedThread, type AskedThreadCounters } from '../lifetime/asked-thread.ts';
import type { Clock } from '../lifetime/clock.ts';

export type SqlValue = string | number | null;

/** A statement that only reads, with its values by place or by name. */
export interface ReadQuery {
  readonly sql: string;
  readonly values: readonly SqlValue[] | Readonly<Record<string, SqlValue>>;
}

/** Sums that may wait; the longest take some 100 ms over 100,000 calls. */
const mostWaiting = 64;
const longestReadMs = 30_000;

/**
 * Reads that are long, such as sums over all calls, in a thread with a connection of its own: live calls go on beside
 * them. A read sees everything that was committed before it was asked for.
 */
export class ReadThread {
  readonly #thread: AskedThread<ReadQuery, readonly unknown[]>;

  constructor(databasePath: string, clock: Clock) {
    this.#thread = new AskedThread({
      entry: new URL('./read-worker.ts', import.meta.url),
      workerData: databasePath,
      clock,
      mostWaiting,
      longestMs: longestReadMs,
      busy: () => new LandlineError('database-busy', `${mostWaiting} reports are waiting already: try again later.`),
      failed: (why) => new LandlineError('database-failed', `The report could not be read (${why}): try again.`),
    });
  }

  get counters(): AskedThreadCounters {
    return this.#thread.counters;
  }

  /** Throws `database-busy` when too many wait, `database-failed` when the thread dies, hangs or refuses. */
  async all<Row>(sql: string, values: ReadQuery['values']): Promise<readonly Row[]> {
    return (await this.#thread.ask({ sql, values })) as readonly Row[];
  }

  /** Undefined when there is no row. Throws like `all`. */
  async get<Row>(sql: string, values: ReadQuery['values']): Promise<Row | undefined> {
    return (await this.all<Row>(sql, values))[0];
  }

  /** Resolves when the thread has closed its connection; call it before the database closes. */
  stop(): Promise<void> {
    return this.#thread.stop();
  }
}
