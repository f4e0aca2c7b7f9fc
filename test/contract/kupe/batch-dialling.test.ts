import { expect, onTestFinished, test, vi } from 'vitest';
import type { Call, CallFinish } from '../../../server/domain/calls/call.ts';
import { CampaignDialer } from '../../../server/jobs/dialer/campaign-dialer.ts';
import { realClock } from '../../../server/lifetime/clock.ts';
import { silentLogger } from '../../../server/log/logger.ts';
import { KupeHouse } from './kupe-house.ts';

const patience = { timeout: 10_000, interval: 20 };

/** A house whose campaigns dial; nobody answers the telephone until the test says so. */
async function dialingHouse(): Promise<KupeHouse> {
  const house = await KupeHouse.open();
  const { domain, telephone: dialer } = house;
  const campaignDialer = new CampaignDialer({ domain, dialer, clock: realClock, log: silentLogger });
  campaignDialer.start();
  onTestFinished(() => campaignDialer.stop());
  return house;
}

function openCalls(house: KupeHouse, campaignId: string): readonly Call[] {
  const filter = { organizationId: house.organizationId, campaignId };
  return house.domain.calls.list(filter, { limit: 100, offset: 0 }).items.filter(({ endedAtMs }) => endedAtMs === null);
}

type How = Pick<CallFinish, 'status' | 'endReason'> & { readonly isAnswered: boolean };

const talked: How = { status: 'completed', endReason: 'caller-hangup', isAnswered: true };
const busy: How = { status: 'failed', endReason: 'busy', isAnswered: false };
const unanswered: How = { status: 'failed', endReason: 'no-answer', isAnswered: false };

async function end(house: KupeHouse, { id }: Call, { isAnswered, ...how }: How): Promise<void> {
  const nowMs = realClock.now();
  if (isAnswered) await house.domain.calls.answered(id, nowMs);
  await house.domain.calls.finish(id, { ...how, endedAtMs: nowMs + 1_000 });
}

test('a started batch dials its list in waves of batch_size and counts what came of it', async () => {
  const house = await dialingHouse();
  const [agent, line] = [await house.agent(), await house.line('+493012340')];
  const batch = { agent_id: agent, caller_phone_id: line, batch_name: 'B', batch_size: 2, variable_names: ['name'] };
  const id = (await house.request('POST', '/api/v1/batch-call/create', batch)).id('data', 'id');
  const records = [1, 2, 3, 4, 5].map((at) => ({ to_phonenumber: `+1202555014${at}`, name: `Person ${at}` }));
  await house.request('POST', `/api/v1/batch-call/upload-json/${id}`, { records });
  await house.request('POST', `/api/v1/batch-call/start/${id}`);
  const outcomes = [talked, busy, unanswered, talked, talked];
  for (const [at, outcome] of outcomes.entries()) {
    const wave = Math.min(2, outcomes.length - at);
    await vi.waitFor(() => expect(openCalls(house, id)).toHaveLength(wave), patience);
    const counts = (await house.request('GET', `/api/v1/batch-call/${id}/status`)).at('data', 'status_counts');
    expect(counts).toMatchObject({ calling: wave, not_started: outcomes.length - at - wave, total: 5 });
    const call = openCalls(house, id).at(-1);
    expect(call).toMatchObject({ agentId: agent, callerNumberId: line, variables: { name: `Person ${at + 1}` } });
    if (call) await end(house, call, outcome);
  }
  const status = await house.request('GET', `/api/v1/batch-call/${id}/status`);
  expect(status.at('data', 'batch', 'status')).toBe('completed');
  expect(status.at('data', 'status_counts')).toEqual({
    not_started: 0,
    calling: 0,
    completed: 3,
    failed: 1,
    no_answer: 1,
    total: 5,
  });
  const failed = await house.request('GET', `/api/v1/batch-call/${id}/data?status=failed`);
  expect(failed.list('data').map(({ to_phonenumber }) => to_phonenumber)).toEqual(['12025550142']);
  const logs = await house.request('GET', `/api/v1/campaigns/${id}/logs?page_size=50`);
  const sessions = await house.request('GET', '/api/v1/call-analytics?page=1&page_size=50');
  expect([logs.at('total'), sessions.at('total')]).toEqual([5, 5]);
  expect(sessions.list('items').every(({ batch_id }) => batch_id === id)).toBe(true);
});

test('pausing begins no further call, resuming goes on, stopping ends what waits', async () => {
  const house = await dialingHouse();
  const [agent, line] = [await house.agent(), await house.line('+493012340')];
  const body = { agent_id: agent, caller_phone_id: line, batch_name: 'C', variable_names: [] };
  const id = (await house.request('POST', '/api/v1/campaigns', body)).id('campaign', 'id');
  const records = [1, 2, 3].map((at) => ({ to_phonenumber: `+1202555014${at}` }));
  await house.request('POST', `/api/v1/batch-call/upload-json/${id}`, { records });
  await house.request('POST', `/api/v1/campaigns/${id}/start`);
  const oneCall = () => vi.waitFor(() => expect(openCalls(house, id)).toHaveLength(1), patience);
  await oneCall();
  await house.request('POST', `/api/v1/campaigns/${id}/pause`);
  for (const call of openCalls(house, id)) await end(house, call, talked);
  expect((await house.request('GET', `/api/v1/campaigns/${id}/analytics`)).at('analytics')).toMatchObject({
    status: 'paused',
    total_calls: 1,
    status_counts: { completed: 1, not_started: 2, calling: 0 },
  });
  await house.request('POST', `/api/v1/campaigns/${id}/resume`);
  await oneCall();
  await house.request('POST', `/api/v1/campaigns/${id}/stop`);
  for (const call of openCalls(house, id)) await end(house, call, talked);
  const { status, status_counts } = Object(
    (await house.request('GET', `/api/v1/campaigns/${id}/analytics`)).at('analytics'),
  );
  expect([status, status_counts]).toEqual(['stopped', expect.objectContaining({ completed: 2, failed: 1, total: 3 })]);
});
