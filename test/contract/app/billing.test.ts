import { expect, test } from 'vitest';
import { AppHouse, setUpAdmin } from './app-house.ts';

test('prices are set, listed and removed, and what is used costs them from then on', async () => {
  const house = await AppHouse.open();
  const root = await setUpAdmin(house);
  const price = { service_type: 'telephony', unit: 'second', price_micro: 600_000, per_quantity: 60 };
  const set = await root.request('PUT', '/billing/prices', price);
  const listed = { ...price, provider: '*', model: '*', updated_at: expect.any(String) as string };
  expect([set.status, set.body]).toEqual([200, { prices: [listed] }]);
  const broken = await root.request('PUT', '/billing/prices', { ...price, price_micro: -1, unit: 'moon' });
  expect([broken.status, broken.body['code']]).toEqual([400, 'invalid-request']);
  const { organizationId, agentId } = house.first;
  const identity = { from: '1', to: '2', fromUri: 'sip:1@127.0.0.1', toUri: 'sip:2@127.0.0.1' };
  const { id } = await house.domain.calls.begin({ organizationId, agentId, direction: 'inbound', identity });
  const call = await house.domain.calls.answered(id, house.clock.now());
  const endedAtMs = (call.answeredAtMs ?? 0) + 30_000;
  await house.domain.calls.finish(id, { status: 'completed', endReason: 'caller-hangup', endedAtMs });
  await house.domain.usage.meterCall(id, 1);
  expect(house.domain.usage.costsOf([id]).get(id)).toBe(300_000);

  const query = '/billing/prices?service_type=telephony&unit=second';
  expect((await root.request('DELETE', query)).status).toBe(200);
  expect((await root.request('DELETE', query)).status).toBe(404);
  expect((await root.request('GET', '/billing/prices')).body).toEqual({ prices: [] });
});

test('enforcement is off until an administrator turns it on', async () => {
  const house = await AppHouse.open();
  const root = await setUpAdmin(house);
  const enforcement = async () => (await root.request('GET', '/billing/settings')).body['enforcement'];
  expect(await enforcement()).toBe(false);
  expect((await root.request('PATCH', '/billing/settings', { enforcement: true })).status).toBe(200);
  expect(await enforcement()).toBe(true);
  const { agentId, organizationId, userId } = house.first;
  const identity = { from: 'page', to: 'desk', fromUri: 'sip:page@127.0.0.1', toUri: 'sip:desk@127.0.0.1' };
  const call = { organizationId, agentId, userId, channel: 'web', direction: 'inbound', identity } as const;
  await expect(house.domain.calls.begin(call)).rejects.toMatchObject({ code: 'insufficient-credits' });
});

test('a debit is given back once, and every ledger can be added up', async () => {
  const house = await AppHouse.open();
  const root = await setUpAdmin(house);
  const { wallets } = house.domain;
  const { organizationId, userId } = house.first;
  const principal = {
    organizationId,
    userId,
    email: null,
    role: 'super_admin',
    via: 'token',
    credentialId: 'x',
    scopes: [],
  } as const;
  const wallet = await wallets.me(principal);
  const { entry } = await wallets.debit(principal, wallet.id, { amountMicro: 70 });
  const refund = { amount_micro: 70, reason: 'Bad line' };
  const path = `/billing/ledger/${entry.id}/refund`;
  const given = await root.request('POST', path, refund);
  expect([given.status, given.body['balance_micro']]).toEqual([200, 0]);
  const again = await root.request('POST', path, refund);
  expect([again.status, again.body['code']]).toEqual([400, 'refund-too-large']);
  expect((await root.request('POST', '/billing/ledger/unknown/refund', refund)).status).toBe(404);
  expect((await root.request('GET', '/billing/check')).body).toEqual({ in_order: true, imbalances: [] });
});
