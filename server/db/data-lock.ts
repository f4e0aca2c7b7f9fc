import { join } from 'node:path';
import BetterSqlite3 from 'better-sqlite3';
import { LandlineError } from '../contract/errors.ts';
import { databaseFailure } from './failure.ts';

/**
 * Keeps a second server off a data folder. The lock is SQLite's own file lock on a small file of its own, so the
 * operating system drops it when the holder dies, however it dies: there is no stale lock to clear.
 */
export class DataLock {
  readonly #connection: BetterSqlite3.Database;

  private constructor(connection: BetterSqlite3.Database) {
    this.#connection = connection;
  }

  /** Throws `data-folder-in-use` when another holder lives (in this process or another), or what the disk says. */
  static acquire(folder: string): DataLock {
    const connection = new BetterSqlite3(join(folder, 'landline.lock'), { timeout: 0 });
    try {
      connection.pragma(`user_version = ${process.pid}`);
      // RESERVED, not EXCLUSIVE: a refused process can still read who holds it.
      connection.exec('BEGIN IMMEDIATE');
      return new DataLock(connection);
    } catch (thrown) {
      const holder = readHolder(connection);
      connection.close();
      if (!isHeld(thrown)) throw databaseFailure(thrown);
      throw new LandlineError(
        'data-folder-in-use',
        `The data folder ${folder} is in use by another Landline (process ${holder ?? 'unknown'}): ` +
          'stop it, or set LANDLINE_DATA to another folder.',
        { folder, pid: holder },
        thrown,
      );
    }
  }

  release(): void {
    if (!this.#connection.open) return;
    if (this.#connection.inTransaction) this.#connection.exec('ROLLBACK');
    this.#connection.close();
  }
}

function isHeld(thrown: unknown): boolean {
  return thrown instanceof BetterSqlite3.SqliteError && thrown.code.startsWith('SQLITE_BUSY');
}

function readHolder(connection: BetterSqlite3.Database): number | undefined {
  try {
    return connection.pragma('user_version', { simple: true }) as number;
  } catch {
    return undefined;
  }
}
