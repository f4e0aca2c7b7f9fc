import type BetterSqlite3 from 'better-sqlite3';
import { getLoadablePath } from 'sqlite-vec';
import { LandlineError, messageOf } from '../contract/errors.ts';

/** Teaches a connection the `vec0` tables of sqlite-vec. Throws `vector-search-missing` where it cannot be loaded. */
export function loadVectorExtension(connection: BetterSqlite3.Database): void {
  try {
    connection.loadExtension(getLoadablePath());
  } catch (thrown) {
    throw new LandlineError(
      'vector-search-missing',
      `The vector search of the database cannot be loaded (${messageOf(thrown)}): install Landline again on a supported system.`,
      {},
      thrown,
    );
  }
}
