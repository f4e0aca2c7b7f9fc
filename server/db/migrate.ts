import { createHash } from 'node:crypto';
import { mkdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type BetterSqlite3 from 'better-sqlite3';
import { LandlineError } from '../contract/errors.ts';

/** One step forward; never edited once it has been released (a checksum watches over it). */
export interface Migration {
  readonly version: number;
  readonly name: string;
  readonly sql: string;
}

interface AppliedRow {
  readonly version: number;
  readonly name: string;
  readonly checksum: string;
}

const historyTable = `CREATE TABLE IF NOT EXISTS migrations (
  version INTEGER PRIMARY KEY, name TEXT NOT NULL, checksum TEXT NOT NULL, applied_at_ms INTEGER NOT NULL
) STRICT`;

/**
 * Brings the database to the newest version: each migration in its own transaction, forward only, after a backup of
 * what was there. Returns the versions applied. Throws `database-too-new` or `migration-changed`.
 */
export function migrate(
  connection: BetterSqlite3.Database,
  migrations: readonly Migration[],
  nowMs: number,
): readonly number[] {
  const current = connection.pragma('user_version', { simple: true }) as number;
  const newest = migrations.at(-1)?.version ?? 0;
  if (current > newest) {
    throw new LandlineError(
      'database-too-new',
      `The database has version ${current}, this program knows ${newest}: start the newer Landline, or restore a backup.`,
      { current, newest },
    );
  }
  connection.exec(historyTable);
  checkHistory(connection, migrations);
  const pending = migrations.filter(({ version }) => version > current);
  if (pending.length > 0 && current > 0) backUp(connection, current, nowMs);
  for (const migration of pending) apply(connection, migration, nowMs);
  return pending.map(({ version }) => version);
}

function checkHistory(connection: BetterSqlite3.Database, migrations: readonly Migration[]): void {
  const applied = connection.prepare<[], AppliedRow>('SELECT version, name, checksum FROM migrations').all();
  for (const row of applied) {
    const known = migrations.find(({ version }) => version === row.version);
    if (known && checksumOf(known) === row.checksum) continue;
    throw new LandlineError(
      'migration-changed',
      `Migration ${row.version} (${row.name}) is not the one this database was made with: use the program that made it.`,
      { version: row.version },
    );
  }
}

function apply(connection: BetterSqlite3.Database, migration: Migration, nowMs: number): void {
  connection.transaction(() => {
    connection.exec(migration.sql);
    connection
      .prepare('INSERT INTO migrations (version, name, checksum, applied_at_ms) VALUES (?, ?, ?, ?)')
      .run(migration.version, migration.name, checksumOf(migration), Math.round(nowMs));
    connection.pragma(`user_version = ${migration.version}`);
  })();
}

function backUp(connection: BetterSqlite3.Database, version: number, nowMs: number): void {
  const folder = join(dirname(connection.name), 'backups');
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const stamp = new Date(nowMs).toISOString().replaceAll(/[:.]/g, '-');
  const path = join(folder, `landline-v${version}-${stamp}.db`);
  rmSync(path, { force: true });
  connection.prepare('VACUUM INTO ?').run(path);
}

function checksumOf(migration: Migration): string {
  return createHash('sha256').update(migration.sql).digest('hex');
}
