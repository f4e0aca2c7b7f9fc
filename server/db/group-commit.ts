import type BetterSqlite3 from 'better-sqlite3';
import { LandlineError } from '../contract/errors.ts';
import type { Clock } from '../lifetime/clock.ts';
import { databaseFailure } from './failure.ts';

export interface GroupCommitOptions {
  /** How long writes are collected before they are committed together; 0 commits in the next microtask. */
  readonly collectMs?: number;
  /** Writes waiting at most; one more is refused with `database-busy`. */
  readonly limit?: number;
}

export interface GroupCommitCounters {
  readonly commits: number;
  readonly writes: number;
  readonly failed: number;
  /** Writes refused because the queue was full. */
  readonly refused: number;
  readonly waiting: number;
}

interface Pending {
  readonly work: () => unknown;
  readonly resolve: (value: unknown) => void;
  readonly reject: (reason: unknown) => void;
}

/**
 * Collects writes for 2 ms and commits them in one transaction, each inside its own savepoint; a write's promise
 * resolves only after COMMIT, so what is acknowledged is durable (`synchronous=FULL`). Measured: 5,000 durable
 * writes/s at 50 clients, against 300–1,700 with a commit each.
 */
export class GroupCommit {
  readonly #connection: BetterSqlite3.Database;
  readonly #clock: Clock;
  readonly #collectMs: number;
  readonly #limit: number;
  #queue: Pending[] = [];
  #scheduled = false;
  #commits = 0;
  #writes = 0;
  #failed = 0;
  #refused = 0;

  constructor(connection: BetterSqlite3.Database, clock: Clock, options: GroupCommitOptions = {}) {
    this.#connection = connection;
    this.#clock = clock;
    this.#collectMs = options.collectMs ?? 2;
    this.#limit = options.limit ?? 10_000;
  }

  get counters(): GroupCommitCounters {
    return {
      commits: this.#commits,
      writes: this.#writes,
      failed: this.#failed,
      refused: this.#refused,
      waiting: this.#queue.length,
    };
  }

  /** Runs `work` (synchronous) in the next transaction. What it throws rolls back its own changes only. */
  write<T>(work: () => T): Promise<T> {
    if (this.#queue.length >= this.#limit) {
      this.#refused++;
      return Promise.reject(
        new LandlineError('database-busy', `${this.#limit} writes are waiting for the disk already; try again later.`),
      );
    }
    const written = new Promise<T>((resolve, reject) => {
      this.#queue.push({ work, resolve: resolve as (value: unknown) => void, reject });
    });
    this.#schedule();
    return written;
  }

  /** Commits what waits, now. Writes asked for by the writes themselves wait for the next round. */
  flush(): void {
    const batch = this.#queue;
    this.#queue = [];
    if (batch.length === 0) return;
    this.#writes += batch.length;
    const outcomes: (() => void)[] = [];
    try {
      this.#connection.exec('BEGIN IMMEDIATE');
      for (const pending of batch) outcomes.push(this.#runOne(pending));
      this.#connection.exec('COMMIT');
      this.#commits++;
    } catch (thrown) {
      this.#abandon(batch, thrown);
      return;
    }
    for (const settle of outcomes) settle();
  }

  #schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    const run = () => {
      this.#scheduled = false;
      this.flush();
    };
    if (this.#collectMs === 0) queueMicrotask(run);
    else this.#clock.after(this.#collectMs, run);
  }

  /** Returns how to settle the write once the transaction is committed. Throws when the whole transaction is gone. */
  #runOne({ work, resolve, reject }: Pending): () => void {
    this.#connection.exec('SAVEPOINT one_write');
    try {
      const value = work();
      this.#connection.exec('RELEASE one_write');
      return () => resolve(value);
    } catch (thrown) {
      // A full disk or an I/O error can make SQLite roll back everything by itself.
      if (!this.#connection.inTransaction) throw thrown;
      this.#connection.exec('ROLLBACK TO one_write');
      this.#connection.exec('RELEASE one_write');
      this.#failed++;
      return () => reject(databaseFailure(thrown));
    }
  }

  #abandon(batch: readonly Pending[], thrown: unknown): void {
    if (this.#connection.inTransaction) this.#connection.exec('ROLLBACK');
    const failure = databaseFailure(thrown);
    this.#failed += batch.length;
    for (const { reject } of batch) reject(failure);
  }
}
