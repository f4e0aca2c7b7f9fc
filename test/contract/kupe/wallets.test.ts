import { expect, test } from 'vitest';
import { KupeHouse, type Person } from './kupe-house.ts';

const base = '/api/v1/wallets';

async function walletOf(house: KupeHouse, person: Person): Promise<string> {
  return (await house.request('GET', `${base}/me`, undefined, person.key)).id('wallet_id');
}

async function orgWallet(house: KupeHouse, root: Person): Promise<string> {
  const { body } = await house.request('GET', `${base}/orgs`, undefined, root.session);
  const { items } = body as { items: { wallet_id: string; owner_id: string }[] };
  return items.find(({ owner_id }) => owner_id === house.organizationId)?.wallet_id ?? '';
}

test('a fresh wallet is empty and tells all its figures', async () => {
  const house = await KupeHouse.open();
  const me = await house.request('GET', `${base}/me`);
  expect(me.body).toEqual({
    wallet_id: expect.any(String) as unknown,
    owner_type: 'user',
    owner_id: house.userId,
    owner_name: expect.anything() as unknown,
    owner_email: expect.stringContaining('@') as unknown,
    available_balance_usd: 0,
    credit_balance_usd: 0,
    monthly_cap_usd: null,
    monthly_cap_used_usd: 0,
    cap_resets_at: expect.stringMatching(/^\d{4}-\d\d-01T00:00:00.000Z$/) as unknown,
    currency: 'USD',
    updated_at: expect.any(String) as unknown,
  });
});

test('a super admin mints, an admin hands on what the organization has, to the cent', async () => {
  const house = await KupeHouse.open();
  const root = await house.person('super_admin');
  const admin = await house.person('org_admin');
  const member = await house.person('developer');
  const [source, target] = [await orgWallet(house, root), await walletOf(house, member)];
  const grant = (wallet: string, body: object, by: Person) =>
    house.request('POST', `${base}/${wallet}/grants`, body, by.session);
  expect((await grant(target, { amount_usd: 1 }, admin)).status).toBe(400);
  const minted = await grant(source, { amount_usd: 10.000001, note: 'Start' }, root);
  expect(minted.at('wallet', 'credit_balance_usd')).toBe(10.000001);
  const expires_at = new Date(Date.now() + 86_400_000).toISOString();
  const given = await grant(target, { amount_usd: 2.5, expires_at }, admin);
  expect(given.at('grant')).toMatchObject({
    amount_usd: 2.5,
    remaining_usd: 2.5,
    source_wallet_id: source,
    expires_at,
  });
  const detail = await house.request('GET', `${base}/${source}`, undefined, admin.session);
  expect(detail.at('credit_balance_usd')).toBe(7.500001);
  expect(detail.list('ledger').map(({ entry_type, amount_usd }) => [entry_type, amount_usd])).toEqual([
    ['transfer_out', -2.5],
    ['grant', 10.000001],
  ]);
  const mine = await house.request('GET', `${base}/${target}`, undefined, member.key);
  expect(mine.list('upcoming_expiry')).toEqual([{ grant_id: given.id('grant', 'id'), amount_usd: 2.5, expires_at }]);
  expect(mine.at('ledger_total')).toBe(1);
  expect((await grant(target, { amount_usd: 8 }, admin)).status).toBe(400);
  const members = await house.request('GET', `${base}/orgs/${house.organizationId}/members`, undefined, admin.session);
  expect(members.list('items').find(({ wallet_id }) => wallet_id === target)).toMatchObject({
    owner_email: member.email,
  });
});

test('caps are set and cleared, balances corrected without a grant', async () => {
  const house = await KupeHouse.open();
  const root = await house.person('super_admin');
  const admin = await house.person('org_admin');
  const wallet = await walletOf(house, admin);
  const post = (what: string, body: object, by: Person) =>
    house.request('POST', `${base}/${wallet}/${what}`, body, by.session);
  expect((await post('cap', { monthly_cap_usd: 5 }, admin)).at('wallet', 'monthly_cap_usd')).toBe(5);
  expect((await post('cap', { monthly_cap_usd: null }, admin)).at('wallet', 'monthly_cap_usd')).toBeNull();
  expect((await post('adjust', { amount_usd: 3, reason: 'Goodwill' }, admin)).status).toBe(403);
  const adjusted = await post('adjust', { amount_usd: 3, reason: 'Goodwill' }, root);
  expect(adjusted.at('entry')).toMatchObject({ entry_type: 'adjustment', amount_usd: 3, note: 'Goodwill' });
  expect((await post('adjust', { amount_usd: -3.01, reason: 'Too much' }, root)).status).toBe(400);
  const detail = await house.request('GET', `${base}/${wallet}`, undefined, admin.session);
  expect([detail.at('credit_balance_usd'), detail.list('grants')]).toEqual([3, []]);
});

test('amounts that are no amounts are refused, all problems at once', async () => {
  const house = await KupeHouse.open();
  const root = await house.person('super_admin');
  const wallet = await walletOf(house, root);
  const post = (what: string, body: object) => house.request('POST', `${base}/${wallet}/${what}`, body, root.session);
  for (const amount_usd of [0, -1, '5', 0.0000001, 1e12, null]) {
    expect([amount_usd, (await post('grants', { amount_usd })).status]).toEqual([amount_usd, 422]);
  }
  const both = await post('grants', { amount_usd: 'x', expires_at: 'tomorrow' });
  expect(both.list('detail')).toHaveLength(2);
  expect((await post('grants', { amount_usd: 1, expires_at: '2001-01-01' })).status).toBe(400);
  expect((await post('cap', {})).status).toBe(422);
  expect((await post('adjust', { amount_usd: 1 })).status).toBe(422);
});

test('who may see and do what', async () => {
  const house = await KupeHouse.open();
  const [admin, developer, stranger] = [
    await house.person('org_admin'),
    await house.person('developer'),
    await house.stranger(),
  ];
  const [adminWallet, developerWallet] = [await walletOf(house, admin), await walletOf(house, developer)];
  const status = async (method: string, path: string, by: Person, body?: object) =>
    (await house.request(method, base + path, body, by.session)).status;
  expect(await status('GET', '/users', admin)).toBe(403);
  expect(await status('GET', '/orgs', admin)).toBe(403);
  expect(await status('GET', `/orgs/${house.organizationId}/members`, developer)).toBe(403);
  expect(await status('GET', `/orgs/${house.organizationId}/members`, stranger)).toBe(404);
  expect(await status('GET', `/${adminWallet}`, developer)).toBe(403);
  expect(await status('GET', `/${adminWallet}`, stranger)).toBe(404);
  expect(await status('POST', `/${developerWallet}/grants`, developer, { amount_usd: 1 })).toBe(403);
  expect(await status('POST', `/${developerWallet}/grants`, stranger, { amount_usd: 1 })).toBe(404);
  expect(await status('POST', `/${developerWallet}/cap`, developer, { monthly_cap_usd: 1 })).toBe(403);
  const byKey = await house.request('POST', `${base}/${developerWallet}/cap`, { monthly_cap_usd: 1 }, admin.key);
  expect([byKey.status, byKey.detail]).toEqual([403, expect.stringContaining('bearer token')]);
  expect((await house.request('GET', `${base}/me`, undefined, 'none')).status).toBe(401);
});

test('terms of organizations: who sets them, and what an organization that sells on earns', async () => {
  const house = await KupeHouse.open();
  const [root, admin, stranger] = [
    await house.person('super_admin'),
    await house.person('org_admin'),
    await house.stranger(),
  ];
  const post = (what: string, body: object, by: Person, org = house.organizationId) =>
    house.request('POST', `/api/v1/orgs/${org}/${what}`, body, by.session);
  const earnings = (path: string, by: Person) =>
    house.request('GET', `/api/v1/earnings/${path}`, undefined, by.session);
  expect((await earnings('me', admin)).status).toBe(403);
  expect((await post('markup', { markup_percentage: 10 }, admin)).status).toBe(403);
  expect((await post('business-model', { org_type: 'distributor' }, admin)).status).toBe(403);
  expect((await post('business-model', { org_type: 'shop' }, root)).status).toBe(422);
  expect((await post('business-model', { org_type: 'distributor' }, root)).status).toBe(200);
  expect((await post('commission', { commission_percentage: 12.5 }, root)).status).toBe(200);
  expect((await post('commission', { commission_percentage: 101 }, root)).status).toBe(422);
  const marked = await post('markup', { markup_percentage: 7.25, markup_currency: 'usd' }, admin);
  expect(marked.at('organization')).toEqual({
    id: house.organizationId,
    name: expect.any(String) as unknown,
    org_type: 'distributor',
    markup_percentage: 7.25,
    markup_currency: 'USD',
    commission_percentage: 12.5,
  });
  expect((await post('markup', { markup_percentage: 1 }, stranger)).status).toBe(404);
  const byKey = await house.request(
    'POST',
    `/api/v1/orgs/${house.organizationId}/markup`,
    { markup_percentage: 1 },
    admin.key,
  );
  expect(byKey.status).toBe(403);
  expect((await earnings('me?period=week', admin)).body).toEqual({
    org_id: house.organizationId,
    org_type: 'distributor',
    period: 'week',
    currency: 'USD',
    calls: 0,
    minutes: 0,
    markup_earned: 0,
    commission_earned: 0,
    total_earned: 0,
  });
  expect((await earnings('me/breakdown', admin)).at('period')).toBe('month');
  expect((await earnings('me?period=hour', admin)).status).toBe(422);
  expect((await earnings('me', await house.person('developer'))).status).toBe(403);
  expect((await earnings(`orgs/${house.organizationId}`, root)).at('org_type')).toBe('distributor');
  expect((await earnings(`orgs/${house.organizationId}`, admin)).status).toBe(403);
});
