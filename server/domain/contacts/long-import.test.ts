import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { openDatabase } from '../../db/database.ts';
import { realClock } from '../../lifetime/clock.ts';
import { silentLogger } from '../../log/logger.ts';
import { createDomain } from '../domain.ts';

async function open() {
  const dataFolder = mkdtempSync(join(tmpdir(), 'landline-people-'));
  const db = openDatabase(join(dataFolder, 'landline.db'));
  const again = () => createDomain({ db, clock: realClock, log: silentLogger, dataFolder, timeZone: 'UTC' });
  const domain = again();
  const { contacts, reports } = domain;
  onTestFinished(async () => {
    await reports.stop();
    db.close();
    rmSync(dataFolder, { recursive: true });
  });
  const first = await domain.ensureFirstStart({ url: 'http://127.0.0.1' });
  if (!first) throw new Error('A fresh folder has a first start');
  const { organizationId } = first;
  const group = await contacts.create({ organizationId, userId: null }, { name: 'Customers' });
  let files = 0;
  /** A list of so many people; one in ten has no number. */
  const listOf = (howMany: number) => {
    const path = join(dataFolder, `list${++files}.csv`);
    const lines = Array.from(
      { length: howMany },
      (_none, at) => `Person ${at},${at % 10 === 9 ? '' : `+4930${1_000_000 + at}`}`,
    );
    writeFileSync(path, ['Name,Phone', ...lines].join('\n'));
    return path;
  };
  const take = (howMany: number) => contacts.importFile(organizationId, group.id, listOf(howMany));
  const seen = () => {
    const { items, total } = contacts.rows(organizationId, group.id, { limit: 10, offset: 0 });
    expect(contacts.countRows(organizationId, group.id)).toBe(total);
    expect(items).toHaveLength(Math.min(10, total));
    return total;
  };
  const stored = (table: 'contact_rows' | 'contact_imports') =>
    db.prepare<{ n: number }>(`SELECT count(*) AS n FROM ${table}`).get()?.n;
  const halfway = () =>
    vi.waitFor(() => expect(stored('contact_rows')).toBeGreaterThan(1_000), { interval: 1, timeout: 10_000 });
  return { db, again, contacts, organizationId, groupId: group.id, take, seen, stored, halfway };
}

test('a long list is there with its last row, in bites that leave the loop free', async () => {
  const { contacts, db, organizationId, groupId, take, seen, stored } = await open();
  await contacts.addRow(organizationId, groupId, { Name: 'Ada' });
  const { commits } = db.counters;
  const totals = new Set<number>();
  let isDone = false;
  const taking = take(5_000).finally(() => (isDone = true));
  for (let stop: boolean = isDone; !stop; stop = isDone) {
    totals.add(seen());
    await new Promise((resolve) => setImmediate(resolve));
  }
  const { missingPhone, newColumns, rows, totalRows } = await taking;
  expect([rows.length, totalRows, missingPhone, newColumns.length]).toEqual([4_500, 5_000, 500, 2]);
  expect([...totals].filter((total) => total !== 1 && total !== 4_501)).toEqual([]);
  expect(totals).toContain(1);
  expect(db.counters.commits - commits).toBeGreaterThanOrEqual(7);
  expect([seen(), stored('contact_rows'), stored('contact_imports')]).toEqual([4_501, 4_501, 0]);
  const [last] = contacts.rows(organizationId, groupId, { limit: 1, offset: 4_500 }).items;
  expect(last?.properties).toEqual({ name: 'Person 4998', phone: '+49301004998' });
});

test('lists that come at once are taken over one after the other, each whole', async () => {
  const { contacts, organizationId, groupId, take, seen } = await open();
  await Promise.all([take(2_000), take(3_000), take(20)]);
  expect(seen()).toBe(1_800 + 2_700 + 18);
  expect(contacts.columns(organizationId, groupId).map(({ name }) => name)).toEqual(['name', 'phone']);
});

test('a list whose group or columns are deleted meanwhile leaves nothing behind', async () => {
  const { contacts, organizationId, groupId, take, seen, stored, halfway } = await open();
  await take(20);
  const [, phone] = contacts.columns(organizationId, groupId);
  const taking = expect(take(9_000)).rejects.toMatchObject({ code: 'invalid-argument' });
  await halfway();
  await contacts.deleteColumn(organizationId, groupId, phone?.id ?? '');
  await taking;
  expect([seen(), stored('contact_rows'), stored('contact_imports')]).toEqual([18, 18, 0]);
  const again = expect(take(9_000)).rejects.toMatchObject({ code: 'contact-group-not-found' });
  await halfway();
  await contacts.delete(organizationId, groupId);
  await again;
  expect([stored('contact_rows'), stored('contact_imports')]).toEqual([0, 0]);
});

test('a list that would be too long is refused before its first row', async () => {
  const { db, groupId, take, stored } = await open();
  await db.write(() => {
    db.prepare(
      `WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 199000)
       INSERT INTO contact_rows SELECT 'row ' || i, ?, '{}', 0, 0, NULL FROM n`,
    ).run(groupId);
  });
  await expect(take(2_000)).rejects.toMatchObject({ code: 'invalid-argument' });
  expect([stored('contact_rows'), stored('contact_imports')]).toEqual([199_000, 0]);
});

test('what a crash left of a list is never seen, and taken away at the next start', async () => {
  const { db, again, groupId, take, seen, stored } = await open();
  await take(2_000);
  await db.write(() => {
    db.prepare('INSERT INTO contact_imports (no, group_id) VALUES (7, ?)').run(groupId);
    db.prepare("UPDATE contact_rows SET import_no = 7 WHERE json_extract(properties, '$.name') LIKE 'Person 1%'").run();
  });
  expect(seen()).toBeLessThan(1_800);
  const left = seen();
  const next = again();
  onTestFinished(() => next.reports.stop());
  await next.contacts.sweepImports();
  expect([seen(), stored('contact_rows'), stored('contact_imports')]).toEqual([left, left, 0]);
});
