import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { realClock } from '../lifetime/clock.ts';
import { openDatabase } from './database.ts';
import { ReadThread } from './read-thread.ts';

const counting = 'SELECT count(*) AS total FROM notes WHERE text <> ?';

function setUp() {
  const folder = mkdtempSync(join(tmpdir(), 'landline-read-'));
  const path = join(folder, 'landline.db');
  const notes = { version: 1, name: 'notes', sql: 'CREATE TABLE notes (text TEXT NOT NULL) STRICT;' };
  const db = openDatabase(path, { migrations: [notes] });
  const thread = new ReadThread(path, realClock);
  onTestFinished(async () => {
    await thread.stop();
    db.close();
    rmSync(folder, { recursive: true });
  });
  const insert = db.prepare('INSERT INTO notes (text) VALUES (?)');
  return { folder, thread, write: (text: string) => db.write(() => void insert.run(text)) };
}

test('a read sees everything that was committed before it was asked for', async () => {
  const { thread, write } = setUp();
  for (let total = 1; total <= 20; total++) {
    await write(`note ${total}`);
    expect(await thread.get(counting, ['none'])).toEqual({ total });
  }
});

test('while a long read goes on, the loop turns and writes are committed', async () => {
  const { thread, write } = setUp();
  const long = `WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 3000000)
    SELECT count(*) AS total FROM n WHERE @least <= i`;
  let isRead = false;
  const read = thread.all(long, { least: 1 }).then((rows) => {
    isRead = true;
    return rows;
  });
  await write('meanwhile');
  expect(isRead).toBe(false);
  expect(await read).toEqual([{ total: 3_000_000 }]);
});

test('it can only read, and a bad read fails alone', async () => {
  const { thread, write } = setUp();
  await write('kept');
  const [refused, other] = await Promise.allSettled([
    thread.all("DELETE FROM notes WHERE text = 'kept'", []),
    thread.get(counting, ['none']),
  ]);
  expect(refused).toMatchObject({ reason: { code: 'database-failed' } });
  expect(other).toMatchObject({ value: { total: 1 } });
  expect(thread.counters).toMatchObject({ asked: 2, failed: 1, replaced: 0 });
});

test('one read too many is refused and counted; the others are answered', async () => {
  const { thread } = setUp();
  const outcomes = await Promise.allSettled(Array.from({ length: 70 }, () => thread.get(counting, ['none'])));
  expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(64);
  expect(outcomes.at(-1)).toMatchObject({ reason: { code: 'database-busy' } });
  expect(thread.counters).toMatchObject({ refused: 6, waiting: 0 });
});

test('a thread that dies fails what it was asked, and nothing is read after the stop', async () => {
  const { folder } = setUp();
  const lost = new ReadThread(join(folder, 'not-there.db'), realClock);
  await expect(lost.all('SELECT 1', [])).rejects.toMatchObject({ code: 'database-failed' });
  expect(lost.counters).toMatchObject({ failed: 1, replaced: 1 });
  await lost.stop();
  await expect(lost.all('SELECT 1', [])).rejects.toMatchObject({ code: 'database-failed' });
});
