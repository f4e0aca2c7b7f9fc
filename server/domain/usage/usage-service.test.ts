import { expect, test } from 'vitest';
import { type AccountsHouse, dayMs, one, openAccountsHouse } from '../../../test/support/accounts-house.ts';
import type { Principal } from '../credentials/principal.ts';
import { bucketStartMs } from './period.ts';
import type { PriceDraft } from './usage.ts';

const page = { limit: 50, offset: 0 };

const prices: readonly PriceDraft[] = [
  { serviceType: 'telephony', provider: '*', model: '*', unit: 'second', priceMicro: one, perQuantity: 60 },
  { serviceType: 'stt', provider: 'starter', model: '*', unit: 'second', priceMicro: 5, perQuantity: 1 },
  { serviceType: 'llm', provider: '*', model: '*', unit: 'turn', priceMicro: 7, perQuantity: 1 },
  { serviceType: 'tts', provider: 'flite', model: '*', unit: 'character', priceMicro: 10, perQuantity: 1 },
];

async function setUp(startMs?: number) {
  const house = await openAccountsHouse(startMs);
  const { usage, wallets } = house.domain;
  for (const price of prices) await usage.setPrice(house.superAdmin, price);
  const admin = await house.person('org_admin');
  const member = await house.person('developer');
  let seq = 0;
  const metered = async (options: Parameters<AccountsHouse['endedCall']>[0] = {}) => {
    const id = await house.endedCall(options);
    await usage.meterCall(id, ++seq);
    return id;
  };
  return { ...house, usage, wallets, admin, member, metered };
}

async function stranger(house: AccountsHouse, role: Principal['role']): Promise<Principal> {
  const { id } = await house.domain.organizations.create('Strangers');
  return house.person(role, id);
}

const codeOf = (work: () => unknown) => {
  try {
    work();
    return 'allowed';
  } catch (thrown) {
    return (thrown as { code: string }).code;
  }
};

test('an ended call becomes a line for each service it used and one debit of their sum', async () => {
  const { usage, wallets, superAdmin, member, metered } = await setUp();
  const id = await metered({ userId: member.userId, seconds: 59.2 });
  const session = usage.session(member, id);
  expect(session).toMatchObject({ type: 'calls', agentName: 'Reception', durationSeconds: 60, markupMicro: 0 });
  expect(session.services.map((line) => [line.serviceType, line.quantity, line.unit, line.costMicro])).toEqual([
    ['stt', 2, 'second', 10],
    ['llm', 1, 'turn', 7],
    ['tts', 6, 'character', 60],
    ['telephony', 60, 'second', one],
  ]);
  expect(session.costMicro).toBe(one + 77);
  const wallet = await wallets.me(member);
  expect(wallet).toMatchObject({ balanceMicro: -session.costMicro, capUsedMicro: session.costMicro });
  const { ledger } = await wallets.detail(superAdmin, wallet.id);
  expect(ledger.items).toMatchObject([{ entryType: 'debit', reference: { type: 'session', id } }]);
  expect(usage.costsOf([id, 'unknown'])).toEqual(new Map([[id, session.costMicro]]));
});

test('metering a call again changes nothing, and a call without a person is the organization’s', async () => {
  const { usage, wallets, superAdmin, organizationId, metered } = await setUp();
  const id = await metered();
  await Promise.all([usage.meterCall(id, 7), usage.meterCall(id, 8)]);
  const wallet = await wallets.ofPayer({ organizationId, userId: null });
  expect((await wallets.detail(superAdmin, wallet.id)).ledger.total).toBe(1);
  expect(wallet.balanceMicro).toBe(-usage.session(superAdmin, id).costMicro);
  expect(usage.meteredSeq()).toBe(8);
});

test('what costs nothing has its lines and no entry in the ledger', async () => {
  const { usage, wallets, superAdmin, member, metered } = await setUp();
  for (const price of usage.prices()) await usage.removePrice(superAdmin, price);
  const id = await metered({ userId: member.userId });
  expect(usage.session(member, id).services).toHaveLength(4);
  const { id: walletId } = await wallets.me(member);
  expect((await wallets.detail(member, walletId)).ledger.total).toBe(0);
});

test('a call that is removed before it was metered is metered by its removal', async () => {
  const { usage, domain, organizationId, superAdmin, endedCall } = await setUp();
  const id = await endedCall();
  await domain.calls.remove(organizationId, id);
  expect(usage.session(superAdmin, id).services.map(({ serviceType }) => serviceType)).toContain('stt');
  await usage.meterCall(id, 1);
  expect(usage.session(superAdmin, id).costMicro).toBeGreaterThan(one);
});

test('without credit nobody dials or talks on the web while enforcement is on; who phones in is still answered', async () => {
  const { domain, wallets, superAdmin, member, organizationId, agentId } = await setUp();
  const identity = { from: '100', to: '200', fromUri: 'sip:100@10.0.0.1', toUri: 'sip:200@10.0.0.2' };
  const { userId } = member;
  const draft = { organizationId, agentId, userId, direction: 'outbound', identity } as const;
  const begin = () => domain.calls.beginOutgoing(draft, 'sip:200@10.0.0.2');
  await begin();
  await wallets.setEnforced(superAdmin, true);
  await expect(begin()).rejects.toMatchObject({ code: 'insufficient-credits' });
  expect(domain.calls.list({ organizationId }, page).total).toBe(1);
  await wallets.grant(superAdmin, (await wallets.me(member)).id, { amountMicro: 1 });
  await begin();
  expect(domain.calls.list({ organizationId }, page).total).toBe(2);

  await wallets.adjust(superAdmin, (await wallets.me(member)).id, { amountMicro: -1, reason: 'Empty it' });
  const visit = { organizationId, agentId, userId, direction: 'inbound', identity } as const;
  await expect(domain.calls.begin({ ...visit, channel: 'web' })).rejects.toMatchObject({
    code: 'insufficient-credits',
  });
  await domain.calls.begin({ ...visit, channel: 'sip' });
});

test('records are found by time, type, agent and words, in pages, newest first', async () => {
  const { usage, clock, admin, agentId, organizationId, metered } = await setUp();
  const old = await metered();
  await clock.advance(40 * dayMs);
  const recent = await metered();
  const draft = { organizationId, userId: null, agentId: null, requestId: null, startedAtMs: clock.now() };
  const use = { serviceType: 'embedding', provider: 'e5', model: 'small', quantity: 900, unit: 'token' } as const;
  await usage.record({ ...draft, id: 'index-100%', type: 'embedding', durationSeconds: 0, uses: [use] });
  const ids = (query: Parameters<typeof usage.records>[1]) =>
    usage.records(admin, query, page).items.map(({ id }) => id);
  expect(ids({})).toEqual(['index-100%', recent, old]);
  expect(ids({ period: 'month', types: ['calls'] })).toEqual([recent]);
  expect(ids({ types: ['embedding', 'chat'] })).toEqual(['index-100%']);
  expect(ids({ agentIds: [agentId] })).toEqual([recent, old]);
  expect(ids({ search: 'recept' })).toEqual([recent, old]);
  expect(ids({ search: '100%' })).toEqual(['index-100%']);
  expect(ids({ search: '_' })).toEqual([]);
  expect(ids({ search: old.toUpperCase() })).toEqual([old]);
  expect(ids({ untilMs: clock.now() - dayMs })).toEqual([old]);
  expect(usage.overview(admin).total.calls).toBe(2);
  const second = usage.records(admin, {}, { limit: 1, offset: 1 });
  expect([second.items.map(({ id }) => id), second.total]).toEqual([[recent], 3]);
});

test('an export holds every record once, whatever is written down meanwhile', async () => {
  const { usage, clock, admin, organizationId } = await setUp();
  const draft = { organizationId, userId: null, agentId: null, requestId: null, durationSeconds: 0, uses: [] };
  const record = (id: string, startedAtMs: number) => usage.record({ ...draft, id, type: 'chat', startedAtMs });
  await Promise.all(Array.from({ length: 450 }, (_, at) => record(`chat-${at}`, clock.now() - (at % 7))));
  await clock.advance(1);
  const exported: string[] = [];
  for (const { id } of usage.export(admin, {})) {
    exported.push(id);
    if (exported.length % 100 === 0) await record(`late-${exported.length}`, clock.now() + 1);
  }
  const expected = usage.records(admin, {}, { limit: 1_000, offset: 0 }).items.map(({ id }) => id);
  expect(exported).toEqual(expected.filter((id) => id.startsWith('chat-')));
  expect(exported).toHaveLength(450);
});

test('members see their own usage, admins their organization’s, super admins any; strangers see none', async () => {
  const house = await setUp();
  const { usage, superAdmin, admin, member, organizationId, metered } = house;
  const own = await metered({ userId: member.userId });
  const others = await metered();
  const ids = (by: Principal, query: Parameters<typeof usage.records>[1] = {}) =>
    usage.records(by, query, page).items.map(({ id }) => id);
  expect(ids(member)).toEqual([own]);
  expect(ids(member, { scope: 'all' })).toEqual([own]);
  expect(ids(admin)).toEqual([others, own]);
  expect(ids(admin, { scope: 'mine' })).toEqual([]);
  expect(ids(admin, { ownerUserIds: [member.userId] })).toEqual([own]);
  expect(ids({ ...member, userId: null, via: 'api-key' })).toEqual([others, own]);
  const strangers = await stranger(house, 'org_admin');
  expect(ids(strangers)).toEqual([]);
  expect(ids(strangers, { ownerUserIds: [member.userId] })).toEqual([]);
  expect(
    ids({ ...superAdmin, organizationId: strangers.organizationId }, { organizationIds: [organizationId] }),
  ).toEqual([others, own]);
  expect(codeOf(() => ids(member, { scope: 'organization' }))).toBe('forbidden');
  expect(codeOf(() => ids(member, { ownerUserIds: [admin.userId] }))).toBe('forbidden');
  expect(codeOf(() => ids(strangers, { organizationIds: [organizationId] }))).toBe('forbidden');
  expect(codeOf(() => usage.session(member, others))).toBe('usage-session-not-found');
  expect(codeOf(() => usage.session(strangers, own))).toBe('usage-session-not-found');
  expect(codeOf(() => usage.overview(member, { userId: admin.userId }))).toBe('forbidden');
});

test('a summary has a bucket for every part of its period, and they add up to its totals', async () => {
  const { usage, clock, admin, metered } = await setUp(Date.UTC(2029, 10, 3, 5, 30));
  for (let week = 0; week < 18; week++) {
    await metered({ seconds: 30 + week });
    await clock.advance(6.5 * dayMs);
  }
  await metered();
  for (const [period, length] of [
    ['day', new Date(clock.now()).getUTCHours() + 1],
    ['4months', undefined],
    ['year', new Date(clock.now()).getUTCMonth() + 1],
    ['all', undefined],
  ] as const) {
    const { buckets, totals } = usage.summary(admin, { period });
    if (length !== undefined) expect(buckets).toHaveLength(length);
    const sum = buckets.reduce((cost, bucket) => cost + bucket.costMicro, 0);
    const calls = buckets.reduce((count, bucket) => count + bucket.calls, 0);
    expect([sum, calls], period).toEqual([totals.costMicro, totals.calls]);
    expect(calls, period).toBeGreaterThan(0);
  }
  const all = usage.records(admin, {}, page).items;
  const { buckets } = usage.summary(admin, { period: '4months' });
  for (const { startMs, calls } of buckets) {
    const inBucket = all.filter(({ startedAtMs }) => bucketStartMs('week', startedAtMs) === startMs);
    expect(calls).toBe(inBucket.filter(({ startedAtMs }) => startedAtMs >= (buckets[0]?.startMs ?? 0)).length);
  }
  const { total, thisMonth } = usage.overview(admin);
  expect(total.calls).toBe(19);
  expect(thisMonth.calls).toBeLessThan(19);
});

test('prices are set by super admins, in whole micro-units, and count from then on', async () => {
  const { usage, superAdmin, admin, member, metered } = await setUp();
  const before = await metered({ userId: member.userId });
  const price = { serviceType: 'telephony', provider: '*', model: '*', unit: 'second' } as const;
  await usage.setPrice(superAdmin, { ...price, priceMicro: 2 * one, perQuantity: 60 });
  const after = await metered({ userId: member.userId });
  expect(usage.session(member, after).costMicro - usage.session(member, before).costMicro).toBe(one);
  await expect(usage.setPrice(admin, { ...price, priceMicro: 1, perQuantity: 1 })).rejects.toMatchObject({
    code: 'forbidden',
  });
  const broken = usage.setPrice(superAdmin, { ...price, priceMicro: 0.1, perQuantity: 1 });
  await expect(broken).rejects.toMatchObject({ code: 'invalid-argument' });
  await usage.removePrice(superAdmin, price);
  await expect(usage.removePrice(superAdmin, price)).rejects.toMatchObject({ code: 'price-not-found' });
});

test('a file that was read costs its passages once, and whoever uploaded it pays', async () => {
  const { db, usage, wallets, superAdmin, member, organizationId } = await setUp();
  const price = { serviceType: 'embedding', provider: 'e5', model: '*', unit: 'passage' } as const;
  await usage.setPrice(superAdmin, { ...price, priceMicro: 3, perQuantity: 2 });
  const insert = db.prepare(
    `INSERT INTO knowledge_files (id, organization_id, user_id, file_name, stored_name, format, content_type,
       size_bytes, sha256, status, chunk_count, attempts, embedding_model, extras, created_at_ms, updated_at_ms)
     VALUES ('file', ?, ?, 'a.txt', 'a', 'txt', 'text/plain', 1, '', 'ready', 5, 0, 'e5', '{}', 0, 0)`,
  );
  await db.write(() => insert.run(organizationId, member.userId));
  await usage.meterFile('file', 3);
  await usage.meterFile('file', 4);
  await usage.meterFile('deleted since', 5);
  expect(usage.session(member, 'file')).toMatchObject({ type: 'embedding', costMicro: 8, services: [{ quantity: 5 }] });
  expect([(await wallets.me(member)).balanceMicro, usage.meteredSeq()]).toEqual([-8, 5]);
});

test('what was used can’t be changed afterwards', async () => {
  const { db, metered } = await setUp();
  await metered();
  for (const table of ['usage_sessions', 'usage_lines']) {
    for (const sql of [`UPDATE ${table} SET cost_micro = 0`, `DELETE FROM ${table}`]) {
      await expect(db.write(() => db.prepare(sql).run())).rejects.toThrow('usage can only be added to');
    }
  }
});
