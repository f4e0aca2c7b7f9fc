import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import { type Database, openDatabase } from '../../server/db/database.ts';
import { createDomain } from '../../server/domain/domain.ts';
import { monthStartMs } from '../../server/domain/wallets/wallet-rules.ts';
import { Metering } from '../../server/jobs/metering/metering.ts';
import { realClock } from '../../server/lifetime/clock.ts';
import { silentLogger } from '../../server/log/logger.ts';
import { type Acknowledged, LedgerLoad } from './ledger-load.ts';
import type { WalletSums } from './ledger-owner.ts';

const operations = 10_000;
const connections = 8;
const kills = 8;

interface EntryRow {
  readonly id: string;
  readonly wallet_id: string;
  readonly owner_type: 'user' | 'org';
  readonly entry_type: string;
  readonly amount_micro: number;
  readonly balance_after_micro: number;
  readonly reference_type: string | null;
  readonly reference_id: string | null;
  readonly created_at_ms: number;
}

/** Every entry continues the one before it, and balances, caps and grants are what the entries make them. */
function expectBooksInOrder(db: Database): readonly EntryRow[] {
  expect(db.prepare('PRAGMA integrity_check').all()).toEqual([{ integrity_check: 'ok' }]);
  expect(db.prepare('PRAGMA foreign_key_check').all()).toEqual([]);
  const entries = db
    .prepare<EntryRow>(
      'SELECT l.*, w.owner_type FROM wallet_ledger l JOIN wallets w ON w.id = l.wallet_id ORDER BY seq',
    )
    .all();
  const balances = new Map<string, number>();
  const spent = new Map<string, number>();
  const thisMonthMs = monthStartMs(Date.now());
  for (const entry of entries) {
    const balance = (balances.get(entry.wallet_id) ?? 0) + entry.amount_micro;
    expect(entry.balance_after_micro).toBe(balance);
    balances.set(entry.wallet_id, balance);
    if (entry.owner_type === 'org') expect(balance).toBeGreaterThanOrEqual(0);
    if (entry.entry_type !== 'debit' || entry.created_at_ms < thisMonthMs) continue;
    spent.set(entry.wallet_id, (spent.get(entry.wallet_id) ?? 0) - entry.amount_micro);
  }
  const wallets = db.prepare<{ id: string; balance_micro: number; spent_micro: number }>('SELECT * FROM wallets').all();
  for (const { id, balance_micro, spent_micro } of wallets) {
    expect([balance_micro, spent_micro]).toEqual([balances.get(id) ?? 0, spent.get(id) ?? 0]);
  }
  expectTransfersAndExpiries(db, entries);
  return entries;
}

/** What one wallet handed on another got, and no grant has given or lost more than it was. */
function expectTransfersAndExpiries(db: Database, entries: readonly EntryRow[]): void {
  const byGrant = Map.groupBy(
    entries.filter(({ reference_type }) => reference_type === 'grant'),
    ({ reference_id }) => reference_id ?? '',
  );
  const grants = db
    .prepare<{ id: string; wallet_id: string; amount_micro: number; remaining_micro: number }>(
      'SELECT * FROM wallet_grants',
    )
    .all();
  expect(byGrant.size).toBe(grants.length);
  for (const grant of grants) {
    const about = byGrant.get(grant.id) ?? [];
    const amounts = (type: string) =>
      about.filter((entry) => entry.entry_type === type).map((entry) => entry.amount_micro);
    const [minted, received] = [amounts('grant'), amounts('transfer_in')];
    expect([...minted, ...received]).toEqual([grant.amount_micro]);
    expect(amounts('transfer_out')).toEqual(received.map((amount) => -amount));
    const expired = amounts('expiry');
    expect(expired.length).toBeLessThanOrEqual(1);
    expect(grant.remaining_micro - (expired[0] ?? 0)).toBeLessThanOrEqual(grant.amount_micro);
    if (expired.length > 0) expect(grant.remaining_micro).toBe(0);
  }
}

/** What was acknowledged is there; what is there was acknowledged, but for requests that a kill cut off. */
function expectKept(entries: readonly EntryRow[], acknowledged: readonly Acknowledged[], cutOff: number): void {
  const own = entries.filter(({ entry_type }) => entry_type === 'debit' || entry_type === 'adjustment');
  const granted = entries.filter(({ entry_type }) => entry_type === 'grant' || entry_type === 'transfer_in');
  const there = new Set([
    ...own.filter(({ reference_id }) => reference_id === null).map(({ id }) => id),
    ...granted.map(({ reference_id }) => reference_id),
  ]);
  const known = new Set(acknowledged.filter(({ kind }) => kind !== 'call').map(({ id }) => id));
  expect([...known].filter((id) => !there.has(id))).toEqual([]);
  expect([...there].filter((id) => id !== null && !known.has(id)).length).toBeLessThanOrEqual(cutOff);
}

/** Each call that ended has its lines and its one debit. */
function expectMetered(db: Database, acknowledged: readonly Acknowledged[]): void {
  const calls = acknowledged.filter(({ kind }) => kind === 'call').map(({ id }) => id);
  const rows = db
    .prepare<{ id: string; cost_micro: number; lines_micro: number; debits: number; debited_micro: number }>(
      `SELECT c.id, s.cost_micro, (SELECT sum(cost_micro) FROM usage_lines WHERE session_id = c.id) AS lines_micro,
         count(l.seq) AS debits, -sum(l.amount_micro) AS debited_micro
       FROM calls c LEFT JOIN usage_sessions s ON s.id = c.id
         LEFT JOIN wallet_ledger l ON l.reference_type = 'session' AND l.reference_id = c.id
       WHERE c.ended_at_ms IS NOT NULL GROUP BY c.id`,
    )
    .all();
  for (const { cost_micro, lines_micro, debits, debited_micro } of rows) {
    expect([lines_micro, debits, debited_micro]).toEqual([cost_micro, 1, cost_micro]);
    expect(cost_micro).toBeGreaterThan(0);
  }
  const ended = new Set(rows.map(({ id }) => id));
  expect(calls.filter((id) => !ended.has(id))).toEqual([]);
}

async function meterTheRest(db: Database, dataFolder: string): Promise<void> {
  const domain = createDomain({ db, clock: realClock, log: silentLogger, dataFolder });
  const ended = db.prepare<{ seq: number }>("SELECT max(seq) AS seq FROM event_log WHERE kind = 'call-ended'").get();
  const metering = new Metering({ ...domain, clock: realClock, log: silentLogger });
  metering.start();
  while (domain.usage.meteredSeq() < (ended?.seq ?? 0)) await wait(20);
  await metering.stop();
}

test(`${operations} random operations from ${connections} connections keep every book in order, across kills`, {
  timeout: 600_000,
}, async () => {
  const dataFolder = mkdtempSync(join(tmpdir(), 'landline-ledger-'));
  const load = new LedgerLoad({ dataFolder, connections, seed: 20_260_101 });
  onTestFinished(async () => {
    await (await load.owner).kill();
    rmSync(dataFolder, { recursive: true });
  });
  const killAndOpen = async () => {
    await (await load.owner).kill();
    return openDatabase(join(dataFolder, 'landline.db'));
  };
  const half = operations / 2;

  await (await load.owner).behind(0, 'POST', '/enforcement', { enforced: true });
  const enforced = { grant: 30, transfer: 20, debit: 35, cap: 5, adjust: 10 };
  await load.run({ operations: half, mix: enforced, killAfter: Math.round(half / 2), isEnforced: true });
  expect(load.problems).toEqual([]);
  const first = await killAndOpen();
  const entries = expectBooksInOrder(first);
  expect(entries.filter(({ balance_after_micro }) => balance_after_micro < 0)).toEqual([]);
  expectKept(entries, load.acknowledged, load.counts['unknown'] ?? 0);
  first.close();

  await (await load.start()).behind(0, 'POST', '/enforcement', { enforced: false });
  const free = { grant: 25, transfer: 20, debit: 30, cap: 5, adjust: 10, call: 10 };
  await load.run({ operations: half, mix: free, killAfter: Math.round(half / 2), isEnforced: false });
  expect(load.problems).toEqual([]);
  const second = await killAndOpen();
  await meterTheRest(second, dataFolder);
  const all = expectBooksInOrder(second);
  expectKept(all, load.acknowledged, load.counts['unknown'] ?? 0);
  expectMetered(second, load.acknowledged);
  const types = Object.fromEntries(
    [...Map.groupBy(all, (entry) => entry.entry_type)].map(([type, { length }]) => [type, length]),
  );
  second.close();

  const again = await load.start();
  for (const { adminToken, memberWalletIds, walletId } of again.owner.organizations) {
    for (const id of [walletId, ...memberWalletIds]) {
      const { body: sums } = await again.behind(0, 'GET', `/sums/${id}`);
      const { balanceMicro, ledgerMicro } = sums as unknown as WalletSums;
      expect(balanceMicro).toBe(ledgerMicro);
      const { body } = await again.api(0, 'GET', `/api/v1/wallets/${id}`, adminToken);
      expect(body['ledger_total']).toBeGreaterThan(0);
    }
  }
  for (const type of ['grant', 'transfer_in', 'transfer_out', 'debit', 'adjustment', 'expiry']) {
    expect(types[type], type).toBeGreaterThan(100);
  }
  console.log(JSON.stringify({ operations, counts: load.counts, entries: types }));
});

test('every call that ended is paid once, however often its house is killed', { timeout: 300_000 }, async () => {
  const dataFolder = mkdtempSync(join(tmpdir(), 'landline-metering-'));
  const load = new LedgerLoad({ dataFolder, connections, seed: 20_260_102 });
  onTestFinished(async () => {
    await (await load.owner).kill();
    rmSync(dataFolder, { recursive: true });
  });
  for (let kill = 0; kill < kills; kill++) {
    const killAfter = 20 + 9 * kill;
    await load.run({ operations: 2 * killAfter, mix: { call: 1 }, killAfter, isEnforced: false });
    expect(load.problems).toEqual([]);
  }
  await (await load.owner).kill();
  const db = openDatabase(join(dataFolder, 'landline.db'));
  await meterTheRest(db, dataFolder);
  expectBooksInOrder(db);
  expectMetered(db, load.acknowledged);
  db.close();
  expect(load.counts['call']).toBeGreaterThan(400);
});
