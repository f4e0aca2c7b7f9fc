import { expect, test } from 'vitest';
import { type AccountsHouse, dayMs, one, openAccountsHouse } from '../../../test/support/accounts-house.ts';
import type { Principal } from '../credentials/principal.ts';
import type { Wallet } from './wallet.ts';

async function setUp() {
  const house = await openAccountsHouse();
  const { wallets } = house.domain;
  const admin = await house.person('org_admin');
  const member = await house.person('developer');
  const orgWallet = await wallets.ofPayer({ organizationId: house.organizationId, userId: null });
  const memberWallet = await wallets.me(member);
  return { ...house, wallets, admin, member, orgWallet, memberWallet };
}

async function stranger(house: AccountsHouse, role: Principal['role']): Promise<Principal> {
  const { id } = await house.domain.organizations.create('Strangers');
  return house.person(role, id);
}

const shortOf = { code: 'wallet-balance-insufficient' };

test('a super admin mints credit, and the ledger says from nothing to what', async () => {
  const { wallets, superAdmin, memberWallet } = await setUp();
  const { grant, wallet } = await wallets.grant(superAdmin, memberWallet.id, { amountMicro: 5 * one, note: 'Welcome' });
  expect(grant).toMatchObject({ amountMicro: 5 * one, remainingMicro: 5 * one, sourceWalletId: null, note: 'Welcome' });
  expect(wallet).toMatchObject({ balanceMicro: 5 * one, availableMicro: 5 * one, currency: 'USD' });
  const { ledger } = await wallets.detail(superAdmin, memberWallet.id);
  expect(ledger.items).toMatchObject([
    {
      entryType: 'grant',
      amountMicro: 5 * one,
      balanceAfterMicro: 5 * one,
      reference: { type: 'grant', id: grant.id },
    },
  ]);
});

test('an admin hands credit on from the organization’s wallet, and no more than that holds', async () => {
  const { wallets, superAdmin, admin, orgWallet, memberWallet } = await setUp();
  await expect(wallets.grant(admin, memberWallet.id, { amountMicro: one })).rejects.toMatchObject(shortOf);
  await wallets.grant(superAdmin, orgWallet.id, { amountMicro: 3 * one });
  await wallets.grant(superAdmin, orgWallet.id, { amountMicro: 2 * one, locked: true });
  await expect(wallets.grant(admin, memberWallet.id, { amountMicro: 3 * one + 1 })).rejects.toMatchObject(shortOf);
  const { grant } = await wallets.grant(admin, memberWallet.id, { amountMicro: 3 * one });
  expect(grant.sourceWalletId).toBe(orgWallet.id);

  const from = await wallets.detail(admin, orgWallet.id);
  expect(from.wallet.balanceMicro).toBe(2 * one);
  expect(from.grants.map(({ remainingMicro }) => remainingMicro)).toEqual([2 * one, 0]);
  expect(from.ledger.items[0]).toMatchObject({ entryType: 'transfer_out', amountMicro: -3 * one });
  const to = await wallets.detail(admin, memberWallet.id);
  expect(to.ledger.items[0]).toMatchObject({ entryType: 'transfer_in', amountMicro: 3 * one });
  await expect(wallets.grant(admin, orgWallet.id, { amountMicro: one })).rejects.toMatchObject({ code: 'forbidden' });
});

test('credit expires once, for what is left of it, even when nobody sweeps', async () => {
  const { wallets, clock, superAdmin, memberWallet } = await setUp();
  const soon = { amountMicro: 5 * one, expiresAtMs: clock.now() + dayMs };
  await wallets.grant(superAdmin, memberWallet.id, soon);
  await wallets.grant(superAdmin, memberWallet.id, { amountMicro: 4 * one });
  await wallets.debit(superAdmin, memberWallet.id, { amountMicro: 2 * one });
  const before = await wallets.detail(superAdmin, memberWallet.id);
  expect(before.upcomingExpiry).toMatchObject([{ amountMicro: 3 * one, expiresAtMs: soon.expiresAtMs }]);

  await clock.advance(dayMs - 1);
  expect((await wallets.get(superAdmin, memberWallet.id)).balanceMicro).toBe(7 * one);
  await clock.advance(1);
  const after = await wallets.detail(superAdmin, memberWallet.id);
  expect(after.wallet.balanceMicro).toBe(4 * one);
  expect(after.ledger.items[0]).toMatchObject({ entryType: 'expiry', amountMicro: -3 * one });
  expect(after.upcomingExpiry).toEqual([]);
  expect(await wallets.expireDue()).toBe(0);
  expect((await wallets.detail(superAdmin, memberWallet.id)).ledger.total).toBe(4);
});

test('several reads at the moment of expiry write one entry', async () => {
  const { wallets, clock, superAdmin, memberWallet } = await setUp();
  await wallets.grant(superAdmin, memberWallet.id, { amountMicro: one, expiresAtMs: clock.now() + 1 });
  await clock.advance(1);
  const reads = Array.from({ length: 8 }, () => wallets.detail(superAdmin, memberWallet.id));
  for (const { ledger, wallet } of await Promise.all(reads)) {
    expect([ledger.total, wallet.balanceMicro]).toEqual([2, 0]);
  }
});

test('a debit may overdraw, the next grant covers that first, and only the rest of it can expire', async () => {
  const { wallets, clock, superAdmin, memberWallet } = await setUp();
  await wallets.debit(superAdmin, memberWallet.id, { amountMicro: 3 * one });
  expect((await wallets.get(superAdmin, memberWallet.id)).balanceMicro).toBe(-3 * one);
  const draft = { amountMicro: 5 * one, expiresAtMs: clock.now() + dayMs };
  expect((await wallets.grant(superAdmin, memberWallet.id, draft)).grant.remainingMicro).toBe(2 * one);
  await clock.advance(dayMs);
  expect((await wallets.get(superAdmin, memberWallet.id)).balanceMicro).toBe(0);
});

test('the month’s cap counts what is spent, holds while enforcement is on, and begins anew with the month', async () => {
  const { wallets, clock, superAdmin, admin, member, memberWallet } = await setUp();
  const requireFunds = () => wallets.requireFunds(member, clock.now());
  await wallets.grant(superAdmin, memberWallet.id, { amountMicro: 100 * one });
  await wallets.setCap(admin, memberWallet.id, 10 * one);
  await wallets.debit(superAdmin, memberWallet.id, { amountMicro: 12 * one });
  const capped = await wallets.me(member);
  expect(capped).toMatchObject({ capMicro: 10 * one, capUsedMicro: 12 * one, availableMicro: 0 });
  expect(new Date(capped.capResetsAtMs).toISOString()).toBe('2030-02-01T00:00:00.000Z');
  requireFunds();
  await wallets.setEnforced(superAdmin, true);
  expect(requireFunds).toThrow(expect.objectContaining({ code: 'insufficient-credits' }));

  await clock.advance(capped.capResetsAtMs - clock.now());
  expect(await wallets.me(member)).toMatchObject({ capUsedMicro: 0, availableMicro: 10 * one });
  requireFunds();
  await wallets.setCap(admin, memberWallet.id, null);
  expect((await wallets.me(member)).availableMicro).toBe(88 * one);
});

test('while enforcement is on a debit that balance or cap don’t cover is refused, and nothing is written', async () => {
  const { wallets, superAdmin, memberWallet } = await setUp();
  await wallets.setEnforced(superAdmin, true);
  await wallets.grant(superAdmin, memberWallet.id, { amountMicro: 2 * one });
  const debit = (amountMicro: number) => wallets.debit(superAdmin, memberWallet.id, { amountMicro });
  await expect(debit(2 * one + 1)).rejects.toMatchObject({ code: 'insufficient-credits' });
  await debit(2 * one);
  await expect(debit(1)).rejects.toMatchObject({ code: 'insufficient-credits' });
  const { wallet, ledger } = await wallets.detail(superAdmin, memberWallet.id);
  expect([wallet.balanceMicro, ledger.total]).toEqual([0, 2]);
});

test('an adjustment leaves no grant, needs a super admin, and takes no more than there is', async () => {
  const { wallets, superAdmin, admin, memberWallet } = await setUp();
  const adjust = (amountMicro: number, by: Principal = superAdmin) =>
    wallets.adjust(by, memberWallet.id, { amountMicro, reason: 'Mistake' });
  await adjust(4 * one);
  await expect(adjust(-4 * one - 1)).rejects.toMatchObject(shortOf);
  await expect(adjust(one, admin)).rejects.toMatchObject({ code: 'forbidden' });
  await expect(adjust(0)).rejects.toMatchObject({ code: 'invalid-argument' });
  await expect(adjust(0.5)).rejects.toMatchObject({ code: 'invalid-argument' });
  const { entry } = await adjust(-one);
  expect(entry).toMatchObject({
    entryType: 'adjustment',
    amountMicro: -one,
    balanceAfterMicro: 3 * one,
    note: 'Mistake',
  });
  expect((await wallets.detail(superAdmin, memberWallet.id)).grants).toEqual([]);
});

test('a debit can be given back in parts, never more than it was', async () => {
  const { wallets, superAdmin, memberWallet } = await setUp();
  const { entry } = await wallets.debit(superAdmin, memberWallet.id, { amountMicro: 5 * one });
  const refund = (amountMicro: number) => wallets.refund(superAdmin, entry.id, { amountMicro, reason: 'Bad line' });
  await refund(3 * one);
  await expect(refund(2 * one + 1)).rejects.toMatchObject({ code: 'refund-too-large' });
  const { wallet, entry: second } = await refund(2 * one);
  expect(wallet).toMatchObject({ balanceMicro: 0, capUsedMicro: 0 });
  expect(second).toMatchObject({ entryType: 'refund', reference: { type: 'entry', id: entry.id } });
  await expect(wallets.refund(superAdmin, second.id, { amountMicro: 1, reason: '' })).rejects.toMatchObject({
    code: 'entry-not-found',
  });
});

test('a wallet is seen by its owner, the organization’s admins and super admins, and is unknown to strangers', async () => {
  const house = await setUp();
  const { wallets, superAdmin, admin, member, memberWallet, orgWallet, organizationId } = house;
  const seen = async (by: Principal, id: string) =>
    wallets.get(by, id).then(
      () => 'seen',
      (thrown: { code: string }) => thrown.code,
    );
  const colleague = await house.person('developer');
  const strangers = await stranger(house, 'org_admin');
  expect(await seen(member, memberWallet.id)).toBe('seen');
  expect(await seen(admin, memberWallet.id)).toBe('seen');
  expect(await seen(admin, orgWallet.id)).toBe('seen');
  expect(await seen(superAdmin, memberWallet.id)).toBe('seen');
  expect(await seen(colleague, memberWallet.id)).toBe('forbidden');
  expect(await seen(member, orgWallet.id)).toBe('forbidden');
  expect(await seen(strangers, memberWallet.id)).toBe('wallet-not-found');
  for (const change of [
    () => wallets.setCap(strangers, memberWallet.id, null),
    () => wallets.grant(strangers, memberWallet.id, { amountMicro: one }),
  ]) {
    await expect(change()).rejects.toMatchObject({ code: 'wallet-not-found' });
  }
  await expect(wallets.setCap(member, memberWallet.id, null)).rejects.toMatchObject({ code: 'forbidden' });
  await expect(wallets.listMembers(strangers, organizationId, { limit: 9, offset: 0 })).rejects.toMatchObject({
    code: 'organization-not-found',
  });
});

test('lists hold everybody’s wallet, also of those who never used theirs', async () => {
  const house = await setUp();
  const { wallets, superAdmin, admin, member, organizationId } = house;
  const outsider = await stranger(house, 'developer');
  const page = { limit: 10, offset: 0 };
  const owners = ({ items }: { readonly items: readonly Wallet[] }) => new Set(items.map(({ owner }) => owner.id));
  const users = await wallets.listUsers(superAdmin, page);
  expect(owners(users)).toEqual(new Set([superAdmin, admin, member, outsider].map(({ userId }) => userId)));
  const members = await wallets.listMembers(admin, organizationId, page);
  expect(members.total).toBe(3);
  expect(members.items).toContainEqual(expect.objectContaining({ ownerEmail: member.email, organizationId }));
  expect((await wallets.listMembers(admin, organizationId, { limit: 1, offset: 2 })).items).toHaveLength(1);
  const organizations = await wallets.listOrganizations(superAdmin, page);
  expect(owners(organizations)).toEqual(new Set([organizationId, outsider.organizationId]));
  expect(organizations.items.map(({ ownerName }) => ownerName)).toContain('Strangers');
  await expect(wallets.listUsers(admin, page)).rejects.toMatchObject({ code: 'forbidden' });
});

test('the ledger can’t be changed, nor a balance beside it, whoever writes the SQL', async () => {
  const { db, wallets, superAdmin, memberWallet } = await setUp();
  await wallets.grant(superAdmin, memberWallet.id, { amountMicro: one });
  const tamper = [
    'UPDATE wallet_ledger SET amount_micro = 1',
    'DELETE FROM wallet_ledger',
    'INSERT OR REPLACE INTO wallet_ledger SELECT * FROM wallet_ledger',
    'UPDATE wallets SET balance_micro = balance_micro + 1',
    `INSERT INTO wallet_ledger (id, wallet_id, entry_type, amount_micro, balance_after_micro, created_at_ms)
       SELECT 'x', id, 'grant', 7, balance_micro + 8, 0 FROM wallets`,
    "INSERT INTO wallets VALUES ('y', 'user', 'z', 5, NULL, 0, 0, 0, 0)",
  ];
  for (const sql of tamper)
    await expect(
      db.write(() => db.prepare(sql).run()),
      sql,
    ).rejects.toThrow();
  expect(wallets.imbalances(superAdmin)).toEqual([]);
  expect((await wallets.get(superAdmin, memberWallet.id)).balanceMicro).toBe(one);
});

test('amounts that are no whole micro-units, or beyond counting, are refused', async () => {
  const { wallets, clock, superAdmin, memberWallet } = await setUp();
  for (const amountMicro of [0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, 10 ** 15]) {
    const refused = wallets.grant(superAdmin, memberWallet.id, { amountMicro });
    await expect(refused, String(amountMicro)).rejects.toMatchObject({ code: 'invalid-argument' });
  }
  const past = { amountMicro: one, expiresAtMs: clock.now() };
  await expect(wallets.grant(superAdmin, memberWallet.id, past)).rejects.toMatchObject({ code: 'invalid-argument' });
  expect((await wallets.detail(superAdmin, memberWallet.id)).ledger.total).toBe(0);
});
