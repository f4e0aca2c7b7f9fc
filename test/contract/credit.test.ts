import { expect, onTestFinished, test } from 'vitest';
import { Metering } from '../../server/jobs/metering/metering.ts';
import { realClock } from '../../server/lifetime/clock.ts';
import { silentLogger } from '../../server/log/logger.ts';
import { HttpReply } from '../support/http-reply.ts';
import { KupeHouse } from './kupe/kupe-house.ts';

const number = '+15550142';

async function setUp() {
  const house = await KupeHouse.open();
  const { domain, organizationId } = house;
  const root = await house.person('super_admin');
  const principal = await domain.identity.verifyToken(root.session.token, 'authenticated');
  const price = { serviceType: 'telephony', provider: '*', model: '*', unit: 'second' } as const;
  await domain.usage.setPrice(principal, { ...price, priceMicro: 1_000_000, perQuantity: 60 });
  const metering = new Metering({ ...domain, clock: realClock, log: silentLogger });
  metering.start();
  onTestFinished(() => metering.stop());
  const agentId = await house.agent();
  const { key: vaKey } = await domain.credentials.issue({ kind: 'va', organizationId, name: 'Task' });
  const dial = () =>
    house.request('POST', `/api/call/create_call?phoneNumber=${encodeURIComponent(number)}&agent_id=${agentId}`);
  /** Executes a new task with a key that is the organization's own. */
  const execute = async () => {
    const task = await domain.tasks.create(organizationId, { agentId, name: 'Call', toNumber: number });
    const headers = { Authorization: `Bearer ${vaKey}` };
    const answer = await fetch(`${house.server.url}/api/v1/tasks/${task.id}/execute`, { method: 'POST', headers });
    return new HttpReply(answer, await answer.text());
  };
  const grant = (walletId: string, usd: number) =>
    house.request('POST', `/api/v1/wallets/${walletId}/grants`, { amount_usd: usd }, root.session);
  return { house, domain, principal, root, dial, execute, grant };
}

test('while credit is demanded nobody without it dials, and each API says so in its own way', async () => {
  const { house, domain, principal, dial, execute, grant } = await setUp();
  await domain.wallets.setEnforced(principal, true);
  const refused = await dial();
  expect([refused.status, refused.body]).toEqual([402, { detail: expect.stringContaining('credit') as string }]);
  const refusedTask = await execute();
  expect([refusedTask.status, refusedTask.at('details', 'code')]).toEqual([402, 'insufficient-credits']);

  const mine = await house.request('GET', '/api/v1/wallets/me');
  expect((await grant(mine.id('wallet_id'), 5)).status).toBe(200);
  expect((await dial()).status).toBe(200);
  expect((await execute()).status).toBe(402);
  const ofOrganization = await domain.wallets.ofPayer({ organizationId: house.organizationId, userId: null });
  await grant(ofOrganization.id, 5);
  expect((await execute()).status).toBe(200);
});

test('a call that ended is billed to whoever asked for it, and every view of it shows the same amount', async () => {
  const { house, domain, dial } = await setUp();
  const callId = (await dial()).id('call_session_id');
  const { startedAtMs } = await domain.calls.answered(callId, realClock.now());
  const endedAtMs = startedAtMs + 90_000;
  await domain.calls.finish(callId, { status: 'completed', endReason: 'caller-hangup', endedAtMs });
  const session = `/api/v1/billing/usage/sessions/${callId}`;
  await expect.poll(async () => (await house.request('GET', session)).status, { timeout: 10_000 }).toBe(200);
  const cost = (await house.request('GET', session)).at('total_cost_usd');
  expect(cost).toBeCloseTo(1.5, 1);
  const balance = await house.request('GET', '/api/v1/billing/credit-balance');
  expect(balance.at('credit_balance_usd')).toBe(-Number(cost));
  const records = await house.request('GET', '/api/v1/billing/usage-records');
  expect(records.list('call_sessions')).toMatchObject([{ session_id: callId, total_cost_usd: cost }]);
  const overview = await house.request('GET', '/api/v1/billing/usage/overview');
  expect(overview.at('this_month', 'cost_usd')).toBe(cost);
  const log = await house.request(
    'GET',
    `/api/v1/call-analytics?request_id=${records.id('call_sessions', 0, 'request_id')}`,
  );
  expect(log.at('cost_usd')).toBe(cost);
});
