import { expect, test } from 'vitest';
import { writeHistory } from './history.ts';
import { VoiceraHouse } from './voicera-house.ts';

const unknown = '00000000-0000-4000-8000-000000000000';

test('a campaign keeps what it was made with, whatever it can be read as', async () => {
  const house = await VoiceraHouse.open();
  const agent_id = await house.agent();
  const draft = {
    name: 'Autumn',
    description: 'Reminders',
    agent_id,
    phone_numbers: ['+15550100'],
    contact_list: ['+15550101', { phone_number: '+15550102', name: 'Ada' }],
    start_time: '2030-04-01T00:00:00+02:00',
    end_time: '2030-04-02',
    max_concurrent_calls: 5,
    retry_config: { max_retries: 2, retry_delay: 60 },
    colour: 'blue',
  };
  const made = await house.request('POST', '/campaigns', draft);
  expect([made.status, made.at('status')]).toEqual([201, 'draft']);
  const { body } = await house.request('GET', `/campaigns/${made.id}`);
  expect(body).toMatchObject({
    user_id: house.admin.userId,
    description: 'Reminders',
    phone_numbers: ['+15550100', '+15550101', '+15550102'],
    start_time: '2030-03-31T22:00:00Z',
    end_time: '2030-04-02T00:00:00Z',
    max_concurrent_calls: 5,
    retry_config: { max_retries: 2, retry_delay: 60 },
    launched_at: null,
    colour: 'blue',
  });
  await house.request('PUT', `/campaigns/${made.id}`, { shape: 'round' });
  expect((await house.request('GET', `/campaigns/${made.id}`)).body).toMatchObject({ colour: 'blue', shape: 'round' });
  const { items } = house.domain.campaigns.members(house.admin.organizationId, made.id, { limit: 10, offset: 0 });
  expect(items.map(({ variables }) => variables)).toEqual([{}, {}, { name: 'Ada' }]);
});

test('numbers are judged by their shape alone, and all wrong ones are named', async () => {
  const house = await VoiceraHouse.open();
  const agent_id = await house.agent();
  const create = (phone_numbers: unknown) =>
    house.request('POST', '/campaigns', { name: 'C', agent_id, phone_numbers });
  expect((await create(['+1234567890', '+999999999999999'])).status).toBe(201);
  const refused = await create(['+1234567890', 'call me', '+']);
  expect(refused.failure).toEqual([422, 'VALIDATION_001']);
  expect(JSON.stringify(refused.at('error', 'details'))).toContain('call me');
  expect(refused.at('error', 'details', 'length')).toBe(2);
  expect((await house.request('GET', '/campaigns')).at('total')).toBe(1);
  expect((await create('+1234567890')).failure).toEqual([422, 'VALIDATION_001']);
  expect((await create(['sip:door@pbx.example'])).status).toBe(422);
});

test('launch, pause, resume and stop go only where they can', async () => {
  const house = await VoiceraHouse.open();
  const id = await house.campaign();
  const act = async (action: string) => {
    const reply = await house.request('POST', `/campaigns/${id}/${action}`);
    return reply.status === 200 ? reply.at('status') : reply.failure;
  };
  const refused = [409, 'CAMPAIGN_002'];
  expect(await act('pause')).toEqual(refused);
  expect(await act('launch')).toBe('active');
  expect(await act('launch')).toEqual(refused);
  expect(await act('resume')).toEqual(refused);
  expect((await house.request('DELETE', `/campaigns/${id}`)).failure).toEqual(refused);
  expect((await house.request('PUT', `/campaigns/${id}`, { phone_numbers: ['+15550199'] })).failure).toEqual(refused);
  expect((await house.request('PUT', `/campaigns/${id}`, { agent_id: await house.agent() })).failure).toEqual(refused);
  const same = { name: 'Renamed', phone_numbers: ['+15550100', '+15550101'] };
  expect((await house.request('PUT', `/campaigns/${id}`, same)).at('name')).toBe('Renamed');
  expect(await act('pause')).toBe('paused');
  expect(await act('resume')).toBe('active');
  expect(await act('pause')).toBe('paused');
  // The printed page knows no other way on than a second launch.
  expect(await act('launch')).toBe('active');
  expect(await act('stop')).toBe('completed');
  expect(await act('launch')).toEqual(refused);
  expect(await act('stop')).toEqual(refused);
  expect(await act('resume')).toEqual(refused);
  const stats = await house.request('GET', `/campaigns/${id}/stats`);
  expect(stats.body).toMatchObject({ total_numbers: 2, pending: 0, in_progress: 0, completed: 0, failed: 2 });
});

test('a campaign whose time is ahead is scheduled by its launch', async () => {
  const house = await VoiceraHouse.open();
  const id = await house.campaign({ start_time: new Date(Date.now() + 3_600_000).toISOString() });
  expect((await house.request('POST', `/campaigns/${id}/launch`)).at('status')).toBe('scheduled');
  expect((await house.request('GET', '/campaigns?status=scheduled')).items.map((item) => item['id'])).toEqual([id]);
});

test('what keeps a campaign from being launched is said', async () => {
  const house = await VoiceraHouse.open();
  const { id } = await house.request('POST', '/campaigns', { name: 'Empty' });
  const refused = await house.request('POST', `/campaigns/${id}/launch`);
  expect(refused.failure).toEqual([409, 'CAMPAIGN_002']);
  expect(refused.at('error', 'message')).toMatch(/agent.*numbers/s);
});

test('lists filter by agent and status, and a stopped campaign counts as completed', async () => {
  const house = await VoiceraHouse.open();
  const stopped = await house.campaign();
  await house.request('POST', `/campaigns/${stopped}/launch`);
  await house.request('POST', `/campaigns/${stopped}/stop`);
  const agent_id = await house.agent();
  const draft = await house.campaign({ agent_id });
  const ids = async (path: string) => (await house.request('GET', path)).items.map(({ id }) => id);
  expect(await ids('/campaigns?status=completed')).toEqual([stopped]);
  expect(await ids('/campaigns?status=draft')).toEqual([draft]);
  expect(await ids(`/campaigns?agent_id=${agent_id}`)).toEqual([draft]);
  expect(await ids(`/agents/${agent_id}/campaigns`)).toEqual([draft]);
  expect(await ids(`/users/${house.admin.userId}/campaigns`)).toEqual([draft, stopped]);
  expect(await ids('/campaigns?skip=1&limit=1')).toEqual([stopped]);
  expect(await ids('/campaigns?sort=created_at')).toEqual([stopped, draft]);
  expect(await ids('/campaigns?sort=status&order=desc')).toEqual([stopped, draft]);
  expect((await house.request('GET', '/campaigns?status=asleep')).failure).toEqual([422, 'VALIDATION_001']);
});

test('a campaign of another API is here too, and can be steered from here', async () => {
  const house = await VoiceraHouse.open();
  const { organizationId } = house.admin;
  const draft = { kind: 'kupe-batch', name: 'Batch', agentId: await house.agent() } as const;
  const { id } = await house.domain.campaigns.create(organizationId, draft, [{ toNumber: '+15550100' }]);
  expect((await house.request('GET', '/campaigns')).items[0]).toMatchObject({ id, phone_numbers: ['+15550100'] });
  expect((await house.request('POST', `/campaigns/${id}/launch`)).at('status')).toBe('active');
});

test('the numbers of its calls go into the stats of a campaign', async () => {
  const house = await VoiceraHouse.open();
  const id = await house.campaign();
  const call = { campaignId: id, durationMs: 60_000, costMicro: 250_000 };
  await writeHistory(house, await house.agent(), [call, { ...call, durationMs: 120_000 }]);
  const { body } = await house.request('GET', `/campaigns/${id}/stats`);
  expect(body).toMatchObject({ campaign_id: id, average_duration: 90, total_cost: 0.5, pending: 2 });
});

test('a draft can be deleted and changed; what is not there is not found', async () => {
  const house = await VoiceraHouse.open();
  const id = await house.campaign();
  const changed = await house.request('PUT', `/campaigns/${id}`, { phone_numbers: ['+15550123'], name: 'Other' });
  expect(changed.at('name')).toBe('Other');
  expect((await house.request('GET', `/campaigns/${id}`)).at('phone_numbers')).toEqual(['+15550123']);
  const unknownAgent = { agent_id: unknown, phone_numbers: ['+15550124'] };
  expect((await house.request('PUT', `/campaigns/${id}`, unknownAgent)).failure).toEqual([404, 'AGENT_001']);
  expect((await house.request('GET', `/campaigns/${id}`)).at('phone_numbers')).toEqual(['+15550123']);
  expect((await house.request('DELETE', `/campaigns/${id}`)).status).toBe(204);
  for (const [method, path] of [
    ['GET', ''],
    ['PUT', ''],
    ['DELETE', ''],
    ['POST', '/launch'],
    ['POST', '/pause'],
    ['POST', '/resume'],
    ['POST', '/stop'],
    ['GET', '/stats'],
  ] as const) {
    const reply = await house.request(method, `/campaigns/${id}${path}`, method === 'PUT' ? {} : undefined);
    expect([method, path, ...reply.failure]).toEqual([method, path, 404, 'CAMPAIGN_001']);
  }
  expect((await house.request('POST', '/campaigns', { name: 'X', agent_id: unknown })).failure).toEqual([
    404,
    'AGENT_001',
  ]);
});

test('what to do with an answering machine is chosen per campaign, and hanging up is understood', async () => {
  const house = await VoiceraHouse.open();
  const agent_id = await house.agent();
  const voicemail = { action: 'leave-message', message: 'Please call us back, {{name}}.' };
  const made = await house.request('POST', '/campaigns', { name: 'C', agent_id, voicemail });
  const stored = () => house.domain.campaigns.get(house.admin.organizationId, made.id).voicemail;
  const shown = async () => (await house.request('GET', `/campaigns/${made.id}`)).at('voicemail');
  expect([stored(), await shown()]).toEqual([voicemail, voicemail]);
  await house.request('PUT', `/campaigns/${made.id}`, { voicemail: { action: 'hang-up' } });
  expect([stored(), await shown()]).toEqual([{ action: 'hang-up' }, undefined]);
  const refused = await house.request('PUT', `/campaigns/${made.id}`, { voicemail: { action: 'leave-message' } });
  expect(refused.failure).toEqual([422, 'VALIDATION_001']);
});
