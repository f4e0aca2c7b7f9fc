import BetterSqlite3 from 'better-sqlite3';
import { LandlineError, messageOf } from '../contract/errors.ts';

/** SQLite result codes (primary or extended) that say the disk or the file is at fault, not the statement. */
const failures: readonly (readonly [prefix: string, code: string, sentence: string])[] = [
  ['SQLITE_FULL', 'disk-full', 'The disk is full: free some space on the disk that holds the data folder.'],
  ['SQLITE_IOERR', 'database-failed', 'The database file could not be read or written: check the disk.'],
  ['SQLITE_READONLY', 'database-failed', 'The database file may not be written: check its owner and permissions.'],
  ['SQLITE_CANTOPEN', 'database-failed', 'The database file could not be opened: check the data folder.'],
  ['SQLITE_CORRUPT', 'database-corrupt', 'The database file is damaged: restore the newest backup.'],
  ['SQLITE_NOTADB', 'database-corrupt', 'The database file is no SQLite database: restore the newest backup.'],
  ['SQLITE_BUSY', 'database-busy', 'Another program keeps the database locked: end it and try again.'],
];

/** SQLite's own failures as a LandlineError with a mend; anything else (constraints, our own errors) unchanged. */
export function databaseFailure(thrown: unknown): unknown {
  if (!(thrown instanceof BetterSqlite3.SqliteError)) return thrown;
  const known = failures.find(([prefix]) => thrown.code.startsWith(prefix));
  if (!known) return thrown;
  const [, code, sentence] = known;
  return new LandlineError(code, sentence, { sqlite: thrown.code, message: messageOf(thrown) }, thrown);
}
