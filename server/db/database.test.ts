import {
  copyFileSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { createLogger } from '../log/logger.ts';
import { openDatabase } from './database.ts';
import type { Migration } from './migrate.ts';

function temporaryPath(): string {
  const folder = mkdtempSync(join(tmpdir(), 'landline-db-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return join(folder, 'landline.db');
}

const first: Migration = { version: 1, name: 'first', sql: 'CREATE TABLE notes (text TEXT) STRICT' };
const second: Migration = { version: 2, name: 'second', sql: 'ALTER TABLE notes ADD COLUMN author TEXT' };

test('a data folder has one writer: a second is refused by name and number until the first has closed', () => {
  const path = temporaryPath();
  const db = openDatabase(path);
  expect(() => openDatabase(path)).toThrow(
    expect.objectContaining({
      code: 'data-folder-in-use',
      message: expect.stringContaining(String(process.pid)) as string,
    }),
  );
  db.close();
  openDatabase(path).close();
});

test('writes are durable: full sync, write-ahead log, foreign keys on', () => {
  const db = openDatabase(temporaryPath());
  const pragma = (name: string) => Object.values(db.prepare<object>(`PRAGMA ${name}`).get() as object)[0] as unknown;
  expect(['journal_mode', 'synchronous', 'foreign_keys'].map(pragma)).toEqual(['wal', 2, 1]);
  db.close();
});

test('closing commits what waits and leaves no write-ahead log behind', async () => {
  const path = temporaryPath();
  const db = openDatabase(path, { migrations: [first] });
  const written = db.write(() => db.prepare("INSERT INTO notes VALUES ('a')").run().changes);
  db.close();
  expect(await written).toBe(1);
  expect(readdirSync(join(path, '..')).sort()).toEqual(['landline.db', 'landline.lock']);
});

test('an unclean stop is told and the database checked; a clean one is not', async () => {
  const path = temporaryPath();
  const db = openDatabase(path, { migrations: [first] });
  await db.write(() => db.prepare("INSERT INTO notes VALUES ('kept')").run());
  const copy = temporaryPath();
  copyFileSync(path, copy);
  copyFileSync(`${path}-wal`, `${copy}-wal`);
  db.close();

  const told: string[] = [];
  const log = createLogger('test', { destination: { write: (line) => void told.push(line) } });
  const reopened = openDatabase(copy, { migrations: [first], log });
  expect(reopened.prepare('SELECT text FROM notes').all()).toEqual([{ text: 'kept' }]);
  reopened.close();
  expect(told.join()).toContain('was not clean');
  told.length = 0;
  openDatabase(copy, { migrations: [first], log }).close();
  expect(told).toEqual([]);
});

test('a damaged database is refused with the way out, and the folder is free again', async () => {
  const path = temporaryPath();
  const db = openDatabase(path, { migrations: [first] });
  await db.write(() => {
    for (let row = 0; row < 2_000; row++) db.prepare('INSERT INTO notes VALUES (?)').run('x'.repeat(100));
  });
  db.close();
  const whole = readFileSync(path);
  truncateSync(path, Math.floor(statSync(path).size / 2));
  writeFileSync(`${path}-wal`, 'left over');
  expect(() => openDatabase(path, { migrations: [first] })).toThrow(
    expect.objectContaining({ code: 'database-corrupt' }),
  );
  writeFileSync(path, 'no database at all, whatever its name says');
  expect(() => openDatabase(path, { migrations: [first] })).toThrow(
    expect.objectContaining({ code: 'database-corrupt' }),
  );
  writeFileSync(path, whole);
  openDatabase(path, { migrations: [first] }).close();
});

test('a newer program adds its migrations after a backup that opens as the old version', async () => {
  const path = temporaryPath();
  const old = openDatabase(path, { migrations: [first] });
  await old.write(() => old.prepare("INSERT INTO notes VALUES ('kept')").run());
  old.close();
  const now = openDatabase(path, { migrations: [first, second] });
  expect(now.prepare('SELECT * FROM notes').all()).toEqual([{ text: 'kept', author: null }]);
  now.close();

  const backups = join(path, '..', 'backups');
  const [backup = ''] = readdirSync(backups);
  const restored = openDatabase(join(backups, backup), { migrations: [first] });
  expect(restored.prepare('SELECT * FROM notes').all()).toEqual([{ text: 'kept' }]);
  restored.close();
  openDatabase(path, { migrations: [first, second] }).close();
  expect(readdirSync(backups).filter((name) => name.endsWith('.db'))).toHaveLength(1);
});

test('a database of a newer program, or made by other migrations, is left alone', () => {
  const path = temporaryPath();
  openDatabase(path, { migrations: [first, second] }).close();
  expect(() => openDatabase(path, { migrations: [first] })).toThrow(
    expect.objectContaining({ code: 'database-too-new' }),
  );
  const other = { ...second, sql: 'ALTER TABLE notes ADD COLUMN writer TEXT' };
  expect(() => openDatabase(path, { migrations: [first, other] })).toThrow(
    expect.objectContaining({ code: 'migration-changed' }),
  );
});

test('a migration that fails leaves the version before it', () => {
  const path = temporaryPath();
  openDatabase(path, { migrations: [first] }).close();
  const broken = { ...second, sql: 'ALTER TABLE notes ADD COLUMN author TEXT; INSERT INTO nowhere VALUES (1)' };
  expect(() => openDatabase(path, { migrations: [first, broken] })).toThrow(/nowhere/);
  const db = openDatabase(path, { migrations: [first] });
  expect(db.prepare('SELECT * FROM pragma_table_info(?)').all('notes')).toHaveLength(1);
  db.close();
});
