import { expect, test } from 'vitest';
import type { Domain } from '../../../server/domain/domain.ts';
import type { UsageDraft } from '../../../server/domain/usage/usage.ts';
import { KupeHouse, type Person } from './kupe-house.ts';

const base = '/api/v1/billing';
const unknownId = '00000000-0000-4000-8000-000000000000';

async function priced(house: KupeHouse): Promise<Person> {
  const root = await house.person('super_admin');
  const principal = { organizationId: root.organizationId, userId: root.userId, email: root.email } as const;
  const price = { serviceType: 'telephony', provider: '*', model: '*', unit: 'second' } as const;
  await house.domain.usage.setPrice(
    { ...principal, role: 'super_admin', via: 'session', credentialId: 'x', scopes: [] },
    { ...price, priceMicro: 60_000, perQuantity: 60 },
  );
  return root;
}

const sessionIds = ['11111111-1111-4111-8111-111111111111', '22222222-2222-4222-8222-222222222222'] as const;

/** One session of 90 seconds of telephony: 90,000 micro-units. */
function record(domain: Domain, fields: Partial<UsageDraft> & Pick<UsageDraft, 'id' | 'organizationId' | 'userId'>) {
  return domain.usage.record({
    type: 'calls',
    agentId: null,
    requestId: null,
    startedAtMs: Date.now() - 60_000,
    durationSeconds: 90,
    uses: [{ serviceType: 'telephony', provider: 'pstn', model: '', quantity: 90, unit: 'second' }],
    ...fields,
  });
}

test('usage is listed by session with its cost lines, under both roots', async () => {
  const house = await KupeHouse.open();
  await priced(house);
  const { organizationId, userId } = house;
  await record(house.domain, { id: sessionIds[0], organizationId, userId });
  await record(house.domain, { id: sessionIds[1], organizationId, userId, type: 'embedding' });
  const calls = await house.request('GET', `${base}/usage-records`);
  expect(calls.body).toEqual({
    total: 1,
    call_sessions: [
      {
        session_id: sessionIds[0],
        request_id: null,
        usage_type: 'calls',
        agent_id: null,
        agent_name: null,
        user_id: userId,
        started_at: expect.any(String) as unknown,
        duration_seconds: 90,
        total_cost_usd: 0.09,
        services: [
          { service_type: 'telephony', provider: 'pstn', model: '', quantity: 90, unit: 'second', cost_usd: 0.09 },
        ],
      },
    ],
  });
  for (const root of [base, '/billing']) {
    const all = await house.request('GET', `${root}/usage/records?limit=1&offset=1`);
    expect(all.body).toMatchObject({
      total: 2,
      limit: 1,
      offset: 1,
      grouped_sessions: [{ session_id: sessionIds[0] }],
    });
    const paged = await house.request('GET', `${root}/usage/records?page=2&page_size=1&time_filter=today`);
    expect(paged.body).toMatchObject({ total: 2, page: 2, page_size: 1 });
    expect(
      (await house.request('GET', `${root}/usage/records?page=0&page_size=0`)).list('grouped_sessions'),
    ).toHaveLength(2);
    expect((await house.request('GET', `${root}/usage/records?usage_type=embedding`)).at('total')).toBe(1);
    expect((await house.request('GET', `${root}/usage/sessions/${sessionIds[0]}`)).at('total_cost_usd')).toBe(0.09);
    expect((await house.request('GET', `${root}/credit-balance`)).at('credit_balance_usd')).toBe(-0.18);
    expect((await house.request('GET', `${root}/usage/sessions/${unknownId}`)).status).toBe(404);
  }
  const wrong = await house.request('GET', `${base}/usage/records?usage_type=sms&time_filter=never&limit=-1`);
  expect(wrong.list('detail')).toHaveLength(3);
});

test('sums by time and in total', async () => {
  const house = await KupeHouse.open();
  await priced(house);
  const { organizationId, userId } = house;
  await record(house.domain, { id: sessionIds[0], organizationId, userId });
  const summary = await house.request('GET', `${base}/usage/summary?time_period=4months`);
  expect(summary.body).toMatchObject({
    time_period: '4months',
    currency: 'USD',
    totals: { calls: 1, duration_seconds: 90, cost_usd: 0.09 },
  });
  expect(summary.list('buckets').reduce((sum, { cost_usd }) => sum + Number(cost_usd), 0)).toBeCloseTo(0.09);
  const overview = await house.request('GET', `${base}/usage/overview`);
  expect(overview.at('total')).toEqual({ duration_seconds: 90, cost_usd: 0.09 });
  expect((await house.request('GET', `${base}/usage/summary?time_period=decade`)).status).toBe(422);
});

test('an export is fetched by its link, without a credential, and holds no formula', async () => {
  const house = await KupeHouse.open();
  await priced(house);
  const { organizationId, userId } = house;
  const agentId = await house.agent({ name: '=1+1' });
  await record(house.domain, { id: sessionIds[0], organizationId, userId, agentId });
  const today = new Date().toISOString().slice(0, 10);
  const made = await house.request('GET', `${base}/usage/export?from_date=2020-01-01&to_date=${today}`);
  expect(made.status).toBe(200);
  const link = made.id('download_url');
  expect(link.startsWith(house.server.url)).toBe(true);
  const csv = await house.request('GET', link.slice(house.server.url.length), undefined, 'none');
  expect(csv.headers.get('content-type')).toContain('text/csv');
  const [header, line, ...more] = csv.text.trim().split('\n');
  expect(header).toContain('session_id,request_id,usage_type,agent_name,started_at,duration_seconds');
  expect(line).toContain(`${sessionIds[0]},,calls,'=1+1,`);
  expect([line?.endsWith(',0.09'), more]).toEqual([true, []]);
  const empty = await house.request('GET', `/billing/usage/export?to_date=2020-01-01`);
  const nothing = await house.request(
    'GET',
    empty.id('download_url').slice(house.server.url.length),
    undefined,
    'none',
  );
  expect(nothing.text.trim().split('\n')).toHaveLength(1);
  expect((await house.request('GET', `${base}/usage/export`, undefined, 'none')).status).toBe(401);
  expect((await house.request('GET', `${base}/usage/export?export_id=${unknownId}`, undefined, 'none')).status).toBe(
    404,
  );
});

test('whose usage one sees: own, the organization, all', async () => {
  const house = await KupeHouse.open();
  const root = await priced(house);
  const [admin, developer, stranger] = [
    await house.person('org_admin'),
    await house.person('developer'),
    await house.stranger(),
  ];
  const { organizationId } = house;
  await record(house.domain, { id: sessionIds[0], organizationId, userId: developer.userId });
  await record(house.domain, { id: sessionIds[1], organizationId: stranger.organizationId, userId: stranger.userId });
  const total = async (query: string, by: Person) =>
    (await house.request('GET', `${base}/usage/records?${query}`, undefined, by.key)).at('total');
  expect([await total('', developer), await total('', admin), await total('scope=mine', admin)]).toEqual([1, 1, 0]);
  expect([await total('', stranger), await total('scope=all', root)]).toEqual([1, 2]);
  const status = async (path: string, by: Person) =>
    (await house.request('GET', base + path, undefined, by.key)).status;
  expect(await status(`/usage/records?organization_ids=${organizationId}`, stranger)).toBe(403);
  expect(await status(`/usage/records?owner_user_ids=${admin.userId}`, developer)).toBe(403);
  expect(await status(`/usage/overview?user_id=${admin.userId}`, developer)).toBe(403);
  expect(await status(`/usage/sessions/${sessionIds[0]}`, stranger)).toBe(404);
  expect(await status(`/usage/export?organization_ids=${organizationId}`, stranger)).toBe(403);
});

test('there is nothing to write under billing, and a switch keeps people out', async () => {
  const house = await KupeHouse.open();
  const [admin, developer] = [await house.person('org_admin'), await house.person('developer')];
  for (const root of [base, '/billing']) {
    const reply = await house.request('POST', `${root}/usage/records`, {});
    expect([reply.status, reply.detail]).toEqual([405, 'Method Not Allowed']);
  }
  await house.request('PUT', `/api/v1/feature-flags/${developer.userId}`, { billing: false }, admin.session);
  expect((await house.request('GET', `${base}/credit-balance`, undefined, developer.session)).status).toBe(403);
  expect((await house.request('GET', `${base}/credit-balance`, undefined, developer.key)).status).toBe(200);
  expect((await house.request('GET', `${base}/credit-balance`, undefined, 'none')).status).toBe(401);
});
