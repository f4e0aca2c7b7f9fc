import { existsSync, mkdirSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import BetterSqlite3 from 'better-sqlite3';
import { LandlineError, messageOf } from '../contract/errors.ts';
import { type Clock, realClock } from '../lifetime/clock.ts';
import { type Logger, silentLogger } from '../log/logger.ts';
import { DataLock } from './data-lock.ts';
import { databaseFailure } from './failure.ts';
import { GroupCommit, type GroupCommitCounters, type GroupCommitOptions } from './group-commit.ts';
import { type Migration, migrate } from './migrate.ts';
import { migrations as ownMigrations } from './migrations/index.ts';
import { loadVectorExtension } from './vector-extension.ts';

export interface DatabaseOptions extends GroupCommitOptions {
  readonly clock?: Clock;
  readonly log?: Logger;
  readonly migrations?: readonly Migration[];
}

export type Statement<Row> = BetterSqlite3.Statement<unknown[], Row>;

/**
 * The one SQLite database of the house and its only writer. Reads are synchronous and see committed rows only, since
 * a group of writes runs from BEGIN to COMMIT without yielding.
 */
export class Database {
  readonly #connection: BetterSqlite3.Database;
  readonly #lock: DataLock;
  readonly #commits: GroupCommit;

  readonly #log: Logger;

  constructor(connection: BetterSqlite3.Database, lock: DataLock, commits: GroupCommit, log: Logger) {
    this.#connection = connection;
    this.#lock = lock;
    this.#commits = commits;
    this.#log = log;
  }

  get path(): string {
    return this.#connection.name;
  }

  get isOpen(): boolean {
    return this.#connection.open;
  }

  get counters(): GroupCommitCounters & { readonly walBytes: number } {
    return { ...this.#commits.counters, walBytes: walBytes(this.path) };
  }

  prepare<Row = unknown>(sql: string): Statement<Row> {
    return this.#connection.prepare<unknown[], Row>(sql);
  }

  /** Runs `work` in the next group's transaction; resolves with its value after COMMIT. See `GroupCommit`. */
  write<T>(work: () => T): Promise<T> {
    return this.#commits.write(work);
  }

  /** Commits what waits, moves the whole WAL into the file, closes, and lets the data folder go. */
  close(): void {
    if (!this.#connection.open) return;
    this.#commits.flush();
    try {
      this.#connection.pragma('wal_checkpoint(TRUNCATE)');
    } catch (thrown) {
      // Nothing is lost: the WAL stays beside the file, and the next start takes it from there.
      this.#log.warn(`the write-ahead log could not be folded in: ${messageOf(databaseFailure(thrown))}`);
    }
    this.#connection.close();
    this.#lock.release();
  }
}

/**
 * Opens (or makes) the database file and brings it up to date. Throws `data-folder-in-use`, `database-corrupt`,
 * `database-failed`, `disk-full`, `database-too-new` or `migration-changed`.
 */
export function openDatabase(path: string, options: DatabaseOptions = {}): Database {
  const { clock = realClock, log = silentLogger } = options;
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  const lock = DataLock.acquire(dirname(path));
  let connection: BetterSqlite3.Database | undefined;
  try {
    const unclean = walBytes(path) > 0;
    connection = new BetterSqlite3(path, { timeout: 5_000 });
    configure(connection);
    loadVectorExtension(connection);
    if (unclean) checkAfterUncleanStop(connection, log);
    const applied = migrate(connection, options.migrations ?? ownMigrations, clock.now());
    if (applied.length > 0) log.info({ applied }, 'database brought up to date');
    return new Database(connection, lock, new GroupCommit(connection, clock, options), log);
  } catch (thrown) {
    connection?.close();
    lock.release();
    throw databaseFailure(thrown);
  }
}

function configure(connection: BetterSqlite3.Database): void {
  connection.pragma('journal_mode = WAL');
  connection.pragma('synchronous = FULL');
  connection.pragma('foreign_keys = ON');
  connection.pragma('busy_timeout = 5000');
  connection.pragma('journal_size_limit = 67108864');
}

/** A WAL that survived its writer means that the last stop was not clean. */
function walBytes(path: string): number {
  const wal = `${path}-wal`;
  return existsSync(wal) ? statSync(wal).size : 0;
}

function checkAfterUncleanStop(connection: BetterSqlite3.Database, log: Logger): void {
  log.warn({ path: connection.name }, 'the last stop was not clean: checking the database');
  const verdict = connection.pragma('quick_check(10)') as { readonly quick_check: string }[];
  if (verdict.length === 1 && verdict[0]?.quick_check === 'ok') return;
  throw new LandlineError(
    'database-corrupt',
    `The database ${connection.name} is damaged: restore the newest backup from the folder "backups" beside it.`,
    { problems: verdict.map((row) => row.quick_check) },
  );
}
