import { copyFileSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { type Database, openDatabase } from '../../server/db/database.ts';

const copies = 40;

/** Numbers 0…n−1 in the order of commits, each in two tables. */
async function writeSequence(db: Database, count: number): Promise<void> {
  const first = db.prepare('INSERT INTO first (n) VALUES (?)');
  const second = db.prepare('INSERT INTO second (n) VALUES (?)');
  for (let n = 0; n < count; n++) {
    await db.write(() => {
      first.run(n);
      second.run(n);
    });
  }
}

const numbers = (db: Database, table: 'first' | 'second') =>
  db
    .prepare<{ n: number }>(`SELECT n FROM ${table} ORDER BY n`)
    .all()
    .map(({ n }) => n);

const migrations = [
  { version: 1, name: 'two', sql: 'CREATE TABLE first (n INTEGER) STRICT; CREATE TABLE second (n INTEGER) STRICT;' },
];

/**
 * What a power cut leaves: the database file as of the last checkpoint, and a write-ahead log that ends anywhere, its
 * newest blocks garbled. (A kill can't show this: the operating system still writes what it holds.)
 */
test(`of ${copies} write-ahead logs cut anywhere, each opens to a whole prefix of what was committed`, async () => {
  const folder = mkdtempSync(join(tmpdir(), 'landline-power-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const path = join(folder, 'landline.db');
  openDatabase(path, { migrations }).close();
  const db = openDatabase(path, { migrations });
  await writeSequence(db, 150);
  const wal = readFileSync(`${path}-wal`);
  const kept: number[] = [];
  for (let copy = 0; copy < copies; copy++) {
    const cutFolder = mkdtempSync(join(folder, 'cut-'));
    const cutPath = join(cutFolder, 'landline.db');
    copyFileSync(path, cutPath);
    const cutAt = Math.floor(Math.random() * wal.length);
    const cut = Buffer.from(wal.subarray(0, cutAt));
    for (let flips = 0; flips < 8 && cut.length > 0; flips++) {
      const tail = Math.max(0, cut.length - 4_096);
      const at = tail + Math.floor(Math.random() * (cut.length - tail));
      cut.writeUInt8((cut.readUInt8(at) + 1) & 0xff, at);
    }
    writeFileSync(`${cutPath}-wal`, cut);
    const reopened = openDatabase(cutPath, { migrations });
    const found = numbers(reopened, 'first');
    expect(found, `cut at ${cutAt}`).toEqual([...found.keys()]);
    expect(numbers(reopened, 'second'), `cut at ${cutAt}`).toEqual(found);
    kept.push(found.length);
    reopened.close();
  }
  db.close();
  expect(Math.max(...kept)).toBeGreaterThan(0);
  expect(Math.min(...kept)).toBeLessThan(150);
  expect(statSync(path).size).toBeGreaterThan(0);
});
