import BetterSqlite3 from 'better-sqlite3';
import type { Statement } from './database.ts';
import { loadVectorExtension } from './vector-extension.ts';

/** What statements can be prepared on: the house's database, or a second connection that only reads. */
export interface Queryable {
  prepare<Row = unknown>(sql: string): Statement<Row>;
}

export interface ReadOnlyDatabase extends Queryable {
  /** Runs `work` on one snapshot of the database. */
  snapshot<T>(work: () => T): T;
  close(): void;
}

/**
 * A second connection to the house's open database, for reading in a thread of its own. Its pages are mapped into
 * memory, because the vectors of a large knowledge base are read whole by each search.
 */
export function openReadOnly(path: string): ReadOnlyDatabase {
  const connection = new BetterSqlite3(path, { readonly: true, fileMustExist: true, timeout: 5_000 });
  connection.pragma('mmap_size = 2147418112');
  connection.pragma('cache_size = -16000');
  loadVectorExtension(connection);
  return {
    prepare: <Row>(sql: string) => connection.prepare<unknown[], Row>(sql),
    snapshot: (work) => connection.transaction(work)(),
    close: () => void connection.close(),
  };
}
