import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { openDatabase } from '../../db/database.ts';
import { realClock } from '../../lifetime/clock.ts';
import { silentLogger } from '../../log/logger.ts';
import { createDomain } from '../domain.ts';

const many = (howMany: number, from = 0) =>
  Array.from({ length: howMany }, (_, index) => ({ toNumber: `+4930${1_000_000 + from + index}` }));

async function open() {
  const dataFolder = mkdtempSync(join(tmpdir(), 'landline-lists-'));
  const db = openDatabase(join(dataFolder, 'landline.db'));
  const again = () => createDomain({ db, clock: realClock, log: silentLogger, dataFolder, timeZone: 'UTC' });
  const domain = again();
  onTestFinished(async () => {
    await domain.reports.stop();
    db.close();
    rmSync(dataFolder, { recursive: true });
  });
  const first = await domain.ensureFirstStart({ url: 'http://127.0.0.1' });
  if (!first) throw new Error('A fresh folder has a first start');
  const { organizationId, agentId } = first;
  const campaigns = domain.campaigns;
  const stored = () => db.prepare<{ n: number }>('SELECT count(*) AS n FROM campaign_members').get()?.n;
  const windows = () => db.prepare<{ n: number }>('SELECT count(*) AS n FROM campaign_windows').get()?.n;
  /** How many numbers the list has at each turn of the loop until the work is done. */
  const seenDuring = async (id: string, work: Promise<unknown>) => {
    const seen = new Set<number>();
    let isDone = false;
    const done = work.then(
      () => (isDone = true),
      () => (isDone = true),
    );
    for (let stop: boolean = isDone; !stop; stop = isDone) {
      const { total } = campaigns.counts(organizationId, id);
      expect(campaigns.members(organizationId, id, { limit: 1, offset: 0 }).total).toBe(total);
      seen.add(total);
      await new Promise((resolve) => setImmediate(resolve));
    }
    await done;
    return [...seen];
  };
  const make = (numbers = many(0)) =>
    campaigns.create(organizationId, { kind: 'kupe-batch', name: 'List', agentId }, numbers);
  return { db, domain, again, campaigns, organizationId, make, stored, windows, seenDuring };
}

test('a long list becomes part of a campaign with its last number, in bites that leave the loop free', async () => {
  const { db, domain, campaigns, organizationId, make, windows, seenDuring } = await open();
  const { id } = await make(many(3));
  const { commits } = db.counters;
  const adding = campaigns.addMembers(organizationId, id, [...many(2_600, 10), { toNumber: 'nobody' }]);
  const seen = await seenDuring(id, adding);
  expect(seen).toEqual([3]);
  const { inserted, rejected } = await adding;
  expect(inserted).toHaveLength(2_600);
  expect(rejected).toMatchObject([{ index: 2_600, toNumber: 'nobody', why: 'invalid' }]);
  expect(db.counters.commits - commits).toBeGreaterThanOrEqual(6);
  expect(campaigns.counts(organizationId, id).total).toBe(2_603);
  expect((await domain.campaigns.countsTogether(organizationId, {})).total).toBe(2_603);
  expect((await campaigns.numbers(organizationId, id)).at(-1)).toBe(many(2_600, 10).at(-1)?.toNumber);
  expect(windows()).toBe(0);
});

test('who launches meanwhile dials the list as it was, and the rest is refused without a trace', async () => {
  const { domain, campaigns, organizationId, make, stored } = await open();
  const { id } = await make(many(3));
  const adding = campaigns.addMembers(organizationId, id, many(2_000, 10));
  const outcome = expect(adding).rejects.toMatchObject({ code: 'campaign-state' });
  await campaigns.launch(organizationId, id);
  expect(domain.campaignProgress.due(id, 10)).toHaveLength(3);
  await outcome;
  expect([stored(), campaigns.counts(organizationId, id).total]).toEqual([3, 3]);
});

test('a long list is replaced or taken away at once, and a bad one changes nothing', async () => {
  const { campaigns, organizationId, make, stored, windows, seenDuring } = await open();
  const { id } = await make(many(1_200));
  const bad = campaigns.replaceMembers(organizationId, id, [...many(900, 5_000), { toNumber: '?' }]);
  const refused = expect(bad).rejects.toMatchObject({ code: 'bad-members', details: { rejected: [{ index: 900 }] } });
  expect(await seenDuring(id, bad)).toEqual([1_200]);
  await refused;
  const replacing = campaigns.replaceMembers(organizationId, id, many(900, 5_000));
  const seen = await seenDuring(id, replacing);
  expect(new Set([...seen, 900])).toEqual(new Set([1_200, 900]));
  expect(await campaigns.numbers(organizationId, id)).toEqual(many(900, 5_000).map(({ toNumber }) => toNumber));
  expect([stored(), windows()]).toEqual([900, 0]);
  const removing = campaigns.removeMembers(organizationId, id);
  expect(new Set([...(await seenDuring(id, removing)), 0])).toEqual(new Set([900, 0]));
  expect([stored(), windows()]).toEqual([0, 0]);
});

test('a campaign with a long list is found when it is whole, or never', async () => {
  const { campaigns, organizationId, make, stored } = await open();
  const listed = () => campaigns.list({ organizationId }, { limit: 1, offset: 0 }).total;
  const making = make(many(1_600));
  const badly = make([...many(1_600), { toNumber: 'nobody' }]);
  const refused = expect(badly).rejects.toMatchObject({ code: 'bad-members' });
  await vi.waitFor(() => expect(Number(stored())).toBeGreaterThan(0), { timeout: 10_000, interval: 1 });
  expect(listed()).toBe(0);
  const { id } = await making;
  await refused;
  expect([listed(), stored(), campaigns.counts(organizationId, id).total]).toEqual([1, 1_600, 1_600]);
});

test('changes of one list wait for each other', async () => {
  const { campaigns, organizationId, make } = await open();
  const { id } = await make();
  const [one, other] = await Promise.all([
    campaigns.addMembers(organizationId, id, many(1_100), { skipDuplicates: true }),
    campaigns.addMembers(organizationId, id, many(1_200), { skipDuplicates: true }),
  ]);
  expect([one.inserted.length, other.inserted.length, other.rejected.length]).toEqual([1_100, 100, 1_100]);
});

test('the numbers of a stopped campaign are cancelled in bites, and what a crash left of them at the next start', async () => {
  const { db, again, campaigns, organizationId, make } = await open();
  const { id } = await make(many(1_700));
  await campaigns.launch(organizationId, id);
  const { commits } = db.counters;
  await campaigns.stop(organizationId, id);
  expect(campaigns.counts(organizationId, id).byStatus).toMatchObject({ cancelled: 1_700, pending: 0 });
  expect(db.counters.commits - commits).toBe(5);
  await db.write(() => void db.prepare("UPDATE campaign_members SET status = 'pending' WHERE position > 900").run());
  await again().campaigns.sweepLists();
  expect(campaigns.counts(organizationId, id).byStatus).toMatchObject({ cancelled: 1_700, pending: 0 });
});

test('what a crash left of a list is taken away at the next start', async () => {
  const { db, again, campaigns, organizationId, make, stored, windows } = await open();
  const { id } = await make(many(700));
  await db.write(() => void db.prepare('INSERT INTO campaign_windows VALUES (?, 0, 100)').run(id));
  expect(await campaigns.numbers(organizationId, id)).toEqual(many(100).map(({ toNumber }) => toNumber));
  expect(campaigns.counts(organizationId, id).total).toBe(100);
  const next = again();
  await next.campaigns.sweepLists();
  expect([stored(), windows(), next.campaigns.counts(organizationId, id).total]).toEqual([100, 0, 100]);
});
