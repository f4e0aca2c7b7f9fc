import { readSheet } from 'read-excel-file/node';
import { expect, test } from 'vitest';
import { realClock } from '../../../server/lifetime/clock.ts';
import { KupeHouse } from './kupe-house.ts';

const base = '/api/v1/campaigns';

interface Made {
  readonly agent: string;
  readonly line: string;
  readonly id: string;
}

async function campaignIn(house: KupeHouse, fields: object = {}): Promise<Made> {
  const [agent, line] = [await house.agent(), await house.line('+493012340')];
  const body = { agent_id: agent, caller_phone_id: line, batch_name: 'Spring', variable_names: ['name'], ...fields };
  return { agent, line, id: (await house.request('POST', base, body)).id('campaign', 'id') };
}

/** Id of a people group with these rows. */
async function groupOf(house: KupeHouse, rows: readonly object[]): Promise<string> {
  const id = (await house.request('POST', '/api/v1/people-groups', { name: 'People' })).id('group', 'id');
  const column = { display_name: 'phone', column_type: 'phone' };
  await house.request('POST', `/api/v1/people-groups/${id}/columns`, column);
  for (const properties of rows) await house.request('POST', `/api/v1/people-groups/${id}/rows`, { properties });
  return id;
}

/** A running campaign of two numbers: one was answered and talked to, one did not answer. */
async function dialled(house: KupeHouse, fields: object = {}): Promise<Made> {
  const made = await campaignIn(house, fields);
  const group_id = await groupOf(house, [
    { phone: '+12025550142', name: '=HYPERLINK("http://x")' },
    { phone: '+12025550143', name: 'Bo' },
  ]);
  await house.request('POST', `${base}/${made.id}/groups`, { group_id });
  await house.request('POST', `${base}/${made.id}/start`);
  const { items } = house.domain.campaigns.members(house.organizationId, made.id, { limit: 10, offset: 0 });
  for (const [at, member] of items.entries()) {
    const { organizationId } = house;
    const to = { agentId: made.agent, campaignId: made.id, campaignMemberId: member.id, to: member.toNumber };
    const { callId } = await house.telephone.start({ organizationId, ...to });
    const nowMs = realClock.now();
    if (at === 0) await house.domain.calls.answered(callId, nowMs);
    await house.domain.calls.finish(
      callId,
      at === 0
        ? { status: 'completed', endReason: 'caller-hangup', endedAtMs: nowMs + 4_000 }
        : { status: 'failed', endReason: 'no-answer', endedAtMs: nowMs + 30_000 },
    );
  }
  return made;
}

test('a campaign is created, listed by date, changed and deleted', async () => {
  const house = await KupeHouse.open();
  const { agent, id, line } = await campaignIn(house, { max_retries: 2 });
  const got = await house.request('GET', `${base}/${id}`);
  expect(got.at('campaign')).toEqual({
    id,
    user_id: house.userId,
    agent_id: agent,
    workflow_id: null,
    call_flow_id: null,
    caller_phone_id: line,
    batch_name: 'Spring',
    description: null,
    status: 'not_started',
    variable_names: ['name'],
    batch_size: 1,
    max_retries: 2,
    created_at: expect.any(String) as unknown,
    updated_at: expect.any(String) as unknown,
  });
  const changed = await house.request('PATCH', `${base}/${id}`, {
    batch_name: 'Autumn',
    batch_size: 4,
    description: 'D',
  });
  expect(changed.at('campaign')).toMatchObject({
    batch_name: 'Autumn',
    batch_size: 4,
    description: 'D',
    max_retries: 2,
  });
  expect((await house.request('PATCH', `${base}/${id}`, { status: 'completed' })).status).toBe(422);
  const today = new Date().toISOString().slice(0, 10);
  const listed = await house.request('GET', `${base}?page=1&page_size=5&start_date=${today}&end_date=${today}`);
  expect([listed.at('total'), listed.at('campaigns', 0, 'id')]).toEqual([1, id]);
  expect((await house.request('GET', `${base}?end_date=2020-01-01`)).body).toEqual({ campaigns: [], total: 0 });
  expect((await house.request('GET', `${base}?start_date=soon&page=0`)).list('detail')).toHaveLength(2);
  expect((await house.request('DELETE', `${base}/${id}`)).body).toEqual({ ok: 'true' });
  expect((await house.request('GET', `${base}/${id}`)).status).toBe(404);
  expect((await house.request('POST', base, {})).list('detail').map(({ loc }) => (loc as string[])[1])).toEqual([
    'agent_id',
    'caller_phone_id',
    'batch_name',
    'variable_names',
  ]);
});

test('people of groups become numbers to call; who is left out is counted by reason', async () => {
  const house = await KupeHouse.open();
  const { id } = await campaignIn(house);
  await house.domain.doNotCall.add(house.organizationId, ['+12025550149']);
  const group_id = await groupOf(house, [
    { phone: '+1 202 555 0142', name: 'Ada' },
    { phone: '12025550142', name: 'Ada again' },
    { phone: '+12025550149', name: 'Opted out' },
    { name: 'No number' },
  ]);
  const added = await house.request('POST', `${base}/${id}/groups`, { group_id });
  expect(added.body).toEqual({
    inserted_count: 1,
    skipped_count: 3,
    skipped_no_phone: 1,
    skipped_duplicate: 1,
    skipped_filtered: 1,
    group_id,
    group_name: 'People',
    message: '1 of 4 people added',
  });
  const other = await groupOf(house, [{ phone: '+12025550143' }]);
  const more = await house.request('POST', `${base}/${id}/groups/multiple`, { group_ids: [group_id, other] });
  expect(more.body).toMatchObject({ inserted_count: 1, skipped_duplicate: 2 });
  const members = await house.request('GET', `${base}/${id}/members`);
  expect(members.at('total')).toBe(2);
  expect(members.at('members', 0)).toMatchObject({
    campaign_id: id,
    to_phonenumber: '12025550142',
    variable_values: { name: 'Ada' },
    dial_status: 'not_started',
    error_message: null,
  });
  const unknown = { group_ids: [other, '00000000-0000-4000-8000-000000000000'] };
  expect((await house.request('POST', `${base}/${id}/groups/multiple`, unknown)).status).toBe(404);
  expect((await house.request('DELETE', `${base}/${id}/members`)).body).toEqual({ ok: 'true' });
  expect((await house.request('GET', `${base}/${id}/members?limit=1`)).body).toEqual({ members: [], total: 0 });
});

test('readiness names what is missing; start, pause, resume and stop move the campaign', async () => {
  const house = await KupeHouse.open();
  const { id } = await campaignIn(house);
  const act = (action: string) => house.request('POST', `${base}/${id}/${action}`);
  const before = await house.request('GET', `${base}/${id}/readiness`);
  expect(before.body).toEqual({
    can_start: false,
    member_count: 0,
    has_agent_or_workflow: true,
    has_caller_phone: true,
    status: 'not_started',
    blockers: [expect.stringContaining('numbers')],
  });
  expect((await act('start')).status).toBe(400);
  expect((await act('pause')).status).toBe(409);
  await house.request('POST', `${base}/${id}/groups`, { group_id: await groupOf(house, [{ phone: '+12025550142' }]) });
  expect((await house.request('GET', `${base}/${id}/readiness`)).at('can_start')).toBe(true);
  const started = await act('start');
  expect(started.body).toMatchObject({ success: true, status: 'in_progress', member_count: 1, data: { id } });
  expect((await act('start')).status).toBe(409);
  const canStart = async () => (await house.request('GET', `${base}/${id}/readiness`)).at('can_start');
  expect(await canStart()).toBe(false);
  expect((await act('pause')).at('data', 'status')).toBe('paused');
  expect(await canStart()).toBe(true);
  expect((await act('start')).at('data', 'status')).toBe('in_progress');
  expect((await act('pause')).at('data', 'status')).toBe('paused');
  expect((await act('resume')).at('data', 'status')).toBe('in_progress');
  expect((await act('stop')).at('data', 'status')).toBe('stopped');
  expect(await canStart()).toBe(false);
  expect((await act('resume')).status).toBe(409);
  const members = await house.request('GET', `${base}/${id}/members`);
  expect(members.at('members', 0)).toMatchObject({ dial_status: 'failed', error_message: 'The campaign was stopped.' });
});

test('reports count what the calls came to', async () => {
  const house = await KupeHouse.open();
  const { id } = await dialled(house);
  const { body } = await house.request('GET', `${base}/${id}/analytics`);
  expect(body).toEqual({
    analytics: {
      campaign_id: id,
      status: 'completed',
      member_count: 2,
      status_counts: { not_started: 0, calling: 0, completed: 1, failed: 0, no_answer: 1, total: 2 },
      total_calls: 2,
      completed_calls: 1,
      failed_calls: 1,
      open_calls: 0,
      success_rate: 50,
      average_duration_seconds: 4,
      total_duration_seconds: 4,
      outcomes: { completed: 1, no_answer: 1 },
      total_cost_usd: 0,
    },
  });
  const logs = await house.request('GET', `${base}/${id}/logs?page=1&page_size=1`);
  expect(logs.at('total')).toBe(2);
  expect(logs.at('logs', 0)).toMatchObject({ status: 'no_answer', telephony_provider: 'pstn', call_type: 'outbound' });
  const today = new Date().toISOString().slice(0, 10);
  const dashboard = await house.request('GET', `${base}/dashboard-analytics?from_date=${today}&to_date=${today}`);
  expect(dashboard.body).toMatchObject({
    total_campaigns: 1,
    campaigns_by_status: { completed: 1, paused: 0 },
    total_members: 2,
    status_counts: { completed: 1, no_answer: 1 },
    total_calls: 2,
    chart: [{ date: today, calls: 2, completed: 1, failed: 1, duration_seconds: 4 }],
  });
  const before = await house.request('GET', `${base}/dashboard-analytics?to_date=2020-01-01`);
  expect(before.body).toMatchObject({ total_campaigns: 0, total_calls: 0, chart: [] });
});

test('exports hold every number, and no formula', async () => {
  const house = await KupeHouse.open();
  const { id } = await dialled(house);
  const csv = await house.request('GET', `${base}/${id}/export`);
  expect(csv.headers.get('content-type')).toContain('text/csv');
  expect(csv.headers.get('content-disposition')).toContain(`campaign-${id}.csv`);
  const [header, first, second] = csv.text.trim().split('\n');
  expect(header).toBe(
    'to_phonenumber,dial_status,attempts,called_at,duration_seconds,end_reason,error_message,name,phone',
  );
  expect(first).toMatch(/^12025550142,completed,1,[^,]+,4,caller-hangup,,"'=HYPERLINK\(""http:\/\/x""\)",/);
  expect(second).toMatch(/^12025550143,no_answer,1,[^,]+,0,no-answer,/);
  const response = await fetch(`${house.server.url}${base}/${id}/export?format=excel`, {
    headers: { 'x-api-key': house.key },
  });
  const sheet = await readSheet(Buffer.from(await response.arrayBuffer()));
  expect(sheet.map((row) => row.slice(0, 3))).toEqual([
    ['to_phonenumber', 'dial_status', 'attempts'],
    ['12025550142', 'completed', 1],
    ['12025550143', 'no_answer', 1],
  ]);
  expect(sheet[1]?.[7]).toBe('=HYPERLINK("http://x")');
  expect((await house.request('GET', `${base}/${id}/export?format=pdf`)).status).toBe(422);
});

test('a campaign of another API is one here too', async () => {
  const house = await KupeHouse.open();
  const { id } = await house.domain.campaigns.create(house.organizationId, { kind: 'voicera', name: 'Theirs' }, [
    { toNumber: '+12025550142' },
  ]);
  expect((await house.request('GET', `${base}/${id}`)).at('campaign')).toMatchObject({
    batch_name: 'Theirs',
    agent_id: null,
  });
  expect((await house.request('GET', `/api/v1/batch-call/${id}/status`)).at('data', 'status_counts', 'total')).toBe(1);
  expect((await house.request('GET', base)).at('total')).toBe(1);
});

test('campaigns of another organization are unknown', async () => {
  const house = await KupeHouse.open();
  const { id } = await campaignIn(house);
  const group_id = await groupOf(house, []);
  const { key } = await house.stranger();
  const paths = [
    ['GET', ''],
    ['PATCH', '', {}],
    ['DELETE', ''],
    ['GET', '/readiness'],
    ['POST', '/start'],
    ['POST', '/pause'],
    ['POST', '/resume'],
    ['POST', '/stop'],
    ['GET', '/analytics'],
    ['GET', '/logs'],
    ['GET', '/export'],
    ['POST', '/groups', { group_id }],
    ['POST', '/groups/multiple', { group_ids: [group_id] }],
    ['GET', '/members'],
    ['DELETE', '/members'],
  ] as const;
  for (const [method, path, body] of paths) {
    expect([path, (await house.request(method, `${base}/${id}${path}`, body, key)).status]).toEqual([path, 404]);
    expect([path, (await house.request(method, `${base}/${id}${path}`, body, 'none')).status]).toEqual([path, 401]);
  }
  expect((await house.request('GET', base, undefined, key)).at('total')).toBe(0);
  expect((await house.request('GET', `${base}/dashboard-analytics`, undefined, key)).at('total_campaigns')).toBe(0);
});

test('what to do with an answering machine is chosen per campaign', async () => {
  const house = await KupeHouse.open();
  const voicemail = { action: 'leave-message', message: 'Please call us back.' };
  const { id } = await campaignIn(house, { voicemail });
  const stored = () => house.domain.campaigns.get(house.organizationId, id).voicemail;
  expect(stored()).toEqual(voicemail);
  expect((await house.request('GET', `${base}/${id}`)).body).toMatchObject({ campaign: { voicemail } });
  await house.request('PATCH', `${base}/${id}`, { voicemail: { action: 'ignore' } });
  expect(stored()).toEqual({ action: 'ignore' });
  expect((await house.request('PATCH', `${base}/${id}`, { voicemail: { action: 'sing' } })).status).toBe(422);
});
