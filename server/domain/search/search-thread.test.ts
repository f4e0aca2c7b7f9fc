import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { openDatabase } from '../../db/database.ts';
import { realClock } from '../../lifetime/clock.ts';
import type { PassageQuery } from './passage-search.ts';
import { SearchThread } from './search-thread.ts';

const query: PassageQuery = {
  baseNo: 1,
  model: '',
  isDense: false,
  terms: ['refund'],
  limit: 5,
  threshold: 2,
  weights: { keyword: 1, semantic: 0 },
};

function setUp() {
  const folder = mkdtempSync(join(tmpdir(), 'landline-search-'));
  const path = join(folder, 'landline.db');
  const db = openDatabase(path);
  const thread = new SearchThread(path, realClock);
  onTestFinished(async () => {
    await thread.stop();
    db.close();
    rmSync(folder, { recursive: true });
  });
  return { folder, thread };
}

test('an empty knowledge base answers with nothing', async () => {
  expect(await setUp().thread.search(query)).toEqual([]);
});

test('one search too many is refused and counted; the others are answered', async () => {
  const { thread } = setUp();
  const searches = Array.from({ length: 70 }, () => thread.search(query));
  const outcomes = await Promise.allSettled(searches);
  expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(64);
  expect(outcomes.at(-1)).toMatchObject({ reason: { code: 'search-busy' } });
  expect(thread.counters).toMatchObject({ searches: 64, refused: 6, waiting: 0, failed: 0 });
});

test('a thread that dies fails what it was asked, and is replaced with the next search', async () => {
  const { folder } = setUp();
  const lost = new SearchThread(join(folder, 'not-there.db'), realClock);
  await expect(lost.search(query)).rejects.toMatchObject({ code: 'search-failed' });
  await expect(lost.search(query)).rejects.toMatchObject({ code: 'search-failed' });
  expect(lost.counters).toMatchObject({ searches: 2, failed: 2, replaced: 2, waiting: 0 });
  await lost.stop();
});

test('after the stop nothing is searched', async () => {
  const { thread } = setUp();
  await thread.search(query);
  await thread.stop();
  await expect(thread.search(query)).rejects.toMatchObject({ code: 'search-failed' });
});
