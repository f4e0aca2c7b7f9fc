import { expect, test } from 'vitest';
import { example, itemsOf, VaHouse, withoutChance } from './va-house.ts';

test('the printed request makes the agent, and the answer is the whole of it', async () => {
  const house = await VaHouse.open();
  const reply = await house.request('POST', '/agents', example('create-agent.request.json'));
  expect(reply.status).toBe(201);
  expect(withoutChance(reply.body)).toEqual(JSON.parse(example('create-agent.response.json')));
  expect(reply.headers.get('x-request-id')).toBe(reply.body.meta['request_id']);
});

test('an agent can be read, changed in part, cleared of a field and deleted', async () => {
  const house = await VaHouse.open();
  const id = await house.agent({ description: 'Old', voice_settings: { stability: 0.2 } });
  const patched = await house.request('PATCH', `/agents/${id}`, { description: null, name: 'Renamed' });
  expect(patched.status).toBe(200);
  expect(patched.body.data).toMatchObject({ name: 'Renamed', description: null, voice_settings: { stability: 0.2 } });
  expect((await house.request('GET', `/agents/${id}`)).body.data).toEqual(patched.body.data);

  const deleted = await house.request('DELETE', `/agents/${id}`);
  expect([deleted.status, deleted.body.data]).toEqual([200, { id, deleted: true }]);
  expect((await house.request('GET', `/agents/${id}`)).status).toBe(404);
  expect((await house.request('DELETE', `/agents/${id}`)).status).toBe(404);
});

test('fields that the house does not know come back as they were sent, and sending all of it back changes nothing', async () => {
  const house = await VaHouse.open();
  const extra = { knowledge_base: ['a', { b: 1 }], time_zone: 'Mars' };
  const id = await house.agent(extra);
  const got = (await house.request('GET', `/agents/${id}`)).body.data;
  expect(got).toMatchObject(extra);
  const back = (await house.request('PATCH', `/agents/${id}`, got)).body.data;
  expect({ ...back, updated_at: '' }).toEqual({ ...got, updated_at: '' });
  expect(house.domain.agents.find(id)?.timeZone).toBe('Europe/Berlin');
});

test('an unknown field that is changed leaves those beside it alone', async () => {
  const house = await VaHouse.open();
  const id = await house.agent({ colour: 'red', size: 3 });
  const changed = await house.request('PATCH', `/agents/${id}`, { size: 4 });
  expect(changed.body.data).toMatchObject({ colour: 'red', size: 4 });
});

test('what another API set of the end of a call outlives sending all of the agent back', async () => {
  const house = await VaHouse.open();
  const id = await house.agent();
  const { organizationId } = house.domain.agents.find(id) ?? { organizationId: '' };
  await house.domain.agents.update(organizationId, id, () => ({ turnSettings: { timeUpMessage: 'Time is up.' } }));
  const got = (await house.request('GET', `/agents/${id}`)).body.data;
  await house.request('PATCH', `/agents/${id}`, got);
  expect(house.domain.agents.find(id)?.turnSettings).toEqual({ timeUpMessage: 'Time is up.' });
});

test('a voice that this machine knows is chosen by its voice_id, any other id changes nothing', async () => {
  const house = await VaHouse.open();
  const voice = { language: 'en-US', displayName: '', gender: 'male', isDefault: false } as const;
  await house.domain.catalog.mirror({
    brain: 'starter (scripted)',
    recogniser: 'starter-stt-en',
    speaker: 'flite',
    voices: [
      { ...voice, name: 'slt', gender: 'female', isDefault: true },
      { ...voice, name: 'rms' },
    ],
  });
  const id = await house.agent({ voice_settings: { stability: 0.5, voice_id: 'rms' } });
  expect(house.domain.agents.find(id)?.voice).toBe('rms');
  const patched = await house.request('PATCH', `/agents/${id}`, {
    voice_settings: { voice_id: '21m00Tcm4TlvDq8ikWAM' },
  });
  expect(patched.body.data).toMatchObject({ voice_settings: { voice_id: '21m00Tcm4TlvDq8ikWAM' } });
  expect(house.domain.agents.find(id)?.voice).toBe('rms');
  await house.request('PATCH', `/agents/${id}`, { voice_settings: { voice_id: 'Priya' } });
  expect(house.domain.agents.find(id)?.voice).toBe('slt');
});

test('a bad agent is refused with every problem at once, and `prompt` is pointed to its right name', async () => {
  const house = await VaHouse.open();
  const reply = await house.request('POST', '/agents', { name: ' ', enabled: 'yes', voice_settings: [], prompt: 'Hi' });
  expect(reply.status).toBe(400);
  expect(reply.body.success).toBe(false);
  expect(reply.body.details.code).toBe('invalid-request');
  const fields = reply.body.details.problems.map(({ field }) => field).sort();
  expect(fields).toEqual(['enabled', 'name', 'prompt', 'system_prompt', 'voice_settings']);
  expect(reply.body.error).toContain('system_prompt');
});

test('the list is filtered by enabled, newest first, cut into pages, and counts exactly', async () => {
  const house = await VaHouse.open();
  const on: string[] = [];
  for (let count = 0; count < 3; count++) on.unshift(await house.agent({ name: `On ${count}` }));
  const off = await house.agent({ name: 'Off', enabled: false });

  const disabled = await house.request('GET', '/agents?enabled=False');
  expect(itemsOf(disabled).map(({ id }) => id)).toEqual([off]);

  const page = await house.request('GET', '/agents?enabled=true&limit=2&offset=1');
  expect(itemsOf(page).map(({ id }) => id)).toEqual(on.slice(1));
  expect(page.body.meta).toMatchObject({ total: 4, limit: 2, offset: 1, has_more: true });
  const last = await house.request('GET', '/agents?limit=100&offset=4');
  expect(last.body.meta).toMatchObject({ total: 5, offset: 4, has_more: false });
});

test('a limit above 100 counts as 100; what is no number is refused', async () => {
  const house = await VaHouse.open();
  expect((await house.request('GET', '/agents')).body.meta).toMatchObject({ limit: 50, offset: 0 });
  expect((await house.request('GET', '/agents?limit=5000')).body.meta).toMatchObject({ limit: 100 });
  const refused = await house.request('GET', '/agents?limit=ten&offset=-1&enabled=maybe');
  expect(refused.status).toBe(400);
  expect(refused.body.details.problems.map(({ field }) => field).sort()).toEqual(['enabled', 'limit', 'offset']);
});

test('an agent with an active task stays until the task is gone', async () => {
  const house = await VaHouse.open();
  const agent = await house.agent();
  const task = await house.task(agent);
  const refused = await house.request('DELETE', `/agents/${agent}`);
  expect([refused.status, refused.body.details.code]).toEqual([400, 'agent-in-use']);
  await house.request('DELETE', `/tasks/${task}`);
  expect((await house.request('DELETE', `/agents/${agent}`)).status).toBe(200);
});

test('an agent made here can be called at once by its id', async () => {
  const house = await VaHouse.open();
  const id = await house.agent();
  expect(house.domain.agents.resolveDialled(id.toUpperCase())).toMatchObject({
    kind: 'found',
    by: 'id',
    agent: { id },
  });
});

test("Landline's own fields of an agent come under one key, round-trip, and change only what they name", async () => {
  const house = await VaHouse.open();
  const landline = {
    knowledge: 'We are open from nine to five.',
    time_zone: 'Europe/Berlin',
    transfer_targets: [{ name: 'a colleague', target: 'sip:desk@127.0.0.1', when: 'To complain.' }],
    recording_enabled: false,
    turn_settings: {
      silence_prompt_ms: 5_000,
      may_hang_up: false,
      time_up_warning: { before_ms: 20_000, text: 'Hurry.' },
      max_answer_tokens: 80,
      temperature: 0.3,
    },
  };
  const id = await house.agent({ landline });
  const patched = await house.request('PATCH', `/agents/${id}`, { landline: { time_zone: 'UTC' } });
  expect(patched.status).toBe(200);
  expect(patched.body.data).toMatchObject({ landline: { ...landline, time_zone: 'UTC' } });
  const refused = await house.request('PATCH', `/agents/${id}`, {
    landline: { time_zone: 'Mars/Base', transfer_targets: [{ name: 'x', target: 'nowhere' }] },
  });
  expect(refused.status).toBe(400);
  expect(JSON.stringify(refused.body.details)).toMatch(/time_zone.*transfer_targets|transfer_targets.*time_zone/);
});
