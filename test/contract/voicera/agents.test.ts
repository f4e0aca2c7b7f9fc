import { expect, test } from 'vitest';
import { VoiceraHouse } from './voicera-house.ts';

const unknown = '00000000-0000-4000-8000-000000000000';

test('a name alone makes an agent, and what was not said has defaults', async () => {
  const house = await VoiceraHouse.open();
  const made = await house.request('POST', '/agents', { name: 'Night desk', custom_field: { kept: true } });
  expect(made.status).toBe(201);
  const agent = await house.request('GET', `/agents/${made.id}/config`);
  expect(agent.body).toMatchObject({
    name: 'Night desk',
    status: 'active',
    language: 'en',
    custom_field: { kept: true },
    voice_parameters: null,
    user_id: house.admin.userId,
  });
});

test('two agents of one organization never have the same name, however they come by it', async () => {
  const house = await VoiceraHouse.open();
  const id = await house.agent({ name: 'Sales' });
  const other = await house.agent({ name: 'Support' });
  expect((await house.request('POST', '/agents', { name: 'Sales' })).failure).toEqual([409, 'AGENT_002']);
  expect((await house.request('PUT', `/agents/${other}`, { name: 'Sales' })).failure).toEqual([409, 'AGENT_002']);
  expect((await house.request('PUT', `/agents/${id}`, { name: 'Sales' })).status).toBe(200);
  const both = await Promise.all([1, 2].map(() => house.request('POST', '/agents', { name: 'Twin' })));
  expect(new Set(both.map(({ status }) => status))).toEqual(new Set([201, 409]));
});

test('a change touches what it names and nothing else', async () => {
  const house = await VoiceraHouse.open();
  const id = await house.agent({
    llm_model: 'gpt-4',
    voice_parameters: { voice_id: 'a', speed: 1.2 },
    description: 'x',
  });
  await house.request('PUT', `/agents/${id}`, { language: 'de', status: 'archived' });
  const { body } = await house.request('GET', `/agents/${id}`);
  const kept = { llm_model: 'gpt-4', voice_parameters: { voice_id: 'a', speed: 1.2 }, description: 'x' };
  expect(body).toMatchObject({ ...kept, language: 'de', status: 'archived' });
});

test('lists page, search and filter by status', async () => {
  const house = await VoiceraHouse.open();
  const sales = await house.agent({ name: 'Sales north' });
  const archived = await house.agent({ name: 'Sales south', status: 'archived' });
  const inactive = await house.agent({ name: 'Support', description: 'not SALES', status: 'inactive' });
  const ids = async (query: string) => (await house.request('GET', `/agents?${query}`)).items.map(({ id }) => id);
  expect(await ids('search=sales')).toEqual([inactive, archived, sales]);
  expect(await ids('search=sales&skip=1&limit=1')).toEqual([archived]);
  expect(await ids('status=archived')).toEqual([archived]);
  expect(await ids('status=inactive')).toEqual([inactive]);
  expect(await ids('search=sales&status=active')).toEqual([sales]);
  expect(await ids('search=sales&sort=name')).toEqual([sales, archived, inactive]);
  expect(await ids('search=sales&sort=-name')).toEqual([inactive, archived, sales]);
  expect(await ids('search=sales&sort=status,name&order=desc')).toEqual([sales, inactive, archived]);
  expect((await house.request('GET', '/agents?sort=name;DROP')).failure).toEqual([422, 'VALIDATION_001']);
  const page = await house.request('GET', '/agents?limit=1000');
  expect(page.body).toMatchObject({ total: 4, skip: 0, limit: 100 });
});

test('a clone is the same agent under another name', async () => {
  const house = await VoiceraHouse.open();
  const id = await house.agent({ name: 'Sales', system_prompt: 'Sell.', llm_model: 'gpt-4' });
  const clone = await house.request('POST', `/agents/${id}/clone`);
  expect([clone.status, clone.at('name')]).toEqual([201, 'Sales (copy)']);
  const named = await house.request('POST', `/agents/${id}/clone`, { name: 'Sales east' });
  const { body } = await house.request('GET', `/agents/${named.id}`);
  expect(body).toMatchObject({ name: 'Sales east', system_prompt: 'Sell.', llm_model: 'gpt-4' });
  expect((await house.request('POST', `/agents/${id}/clone`)).failure).toEqual([409, 'AGENT_002']);
});

test('an agent on the phone is not deleted; a deleted one is gone', async () => {
  const house = await VoiceraHouse.open();
  const id = await house.agent();
  const call = await house.call(id);
  expect((await house.request('DELETE', `/agents/${id}`)).status).toBe(409);
  await house.telephone.end(call, 'end');
  expect((await house.request('DELETE', `/agents/${id}`)).status).toBe(204);
  for (const path of ['', '/config', '/campaigns']) {
    expect((await house.request('GET', `/agents/${id}${path}`)).failure).toEqual([404, 'AGENT_001']);
  }
});

test('bad input names every problem at once, in the error body of both readings', async () => {
  const house = await VoiceraHouse.open();
  const reply = await house.request('POST', '/agents', { name: 7, status: 'asleep', voice_parameters: { speed: 99 } });
  expect(reply.failure).toEqual([422, 'VALIDATION_001']);
  const fields = (reply.at('error', 'details') as { field: string }[]).map(({ field }) => field);
  expect(fields.sort()).toEqual(['name', 'status', 'voice_parameters.speed']);
  expect(reply.body).toMatchObject({
    success: false,
    data: null,
    detail: reply.at('error', 'message'),
    error_code: 'VALIDATION_001',
    status_code: 422,
  });
  expect((await house.request('POST', '/agents', '{"name":')).failure).toEqual([422, 'VALIDATION_001']);
  const deep = `{"name":"x","deep":${'['.repeat(100_000)}${']'.repeat(100_000)}}`;
  expect((await house.request('POST', '/agents', deep)).failure).toEqual([422, 'VALIDATION_001']);
  expect((await house.request('GET', '/agents/not-an-id')).failure).toEqual([404, 'AGENT_001']);
  expect((await house.request('GET', `/agents/${unknown}`)).failure).toEqual([404, 'AGENT_001']);
  expect((await house.request('GET', '/agents?limit=none')).failure).toEqual([422, 'VALIDATION_001']);
  const wrongMethod = await house.request('PATCH', `/agents/${unknown}`, {});
  expect([wrongMethod.status, wrongMethod.headers.get('allow')]).toEqual([405, 'GET, PUT, DELETE']);
});

test('an agent made in another API is here too, with defaults for what that API has no words for', async () => {
  const house = await VoiceraHouse.open();
  const { id } = await house.domain.agents.create(house.admin.organizationId, {
    name: 'Theirs',
    systemPrompt: 'Answer.',
  });
  const { body } = await house.request('GET', `/agents/${id}`);
  expect(body).toMatchObject({ name: 'Theirs', system_prompt: 'Answer.', llm_provider: 'landline', user_id: null });
});

test('names of cloud voices and models mean those of this machine, and the answer says so', async () => {
  const house = await VoiceraHouse.open();
  const voices = [{ name: 'slt', displayName: 'SLT', gender: 'female', language: 'en-US', isDefault: true }];
  await house.domain.catalog.mirror({ brain: 'starter', recogniser: 'starter-stt-en', speaker: 'flite', voices });
  const voice_parameters = { voice_id: 'english_male', speed: 1.1, tone: 'warm' };
  const made = await house.request('POST', '/agents', { name: 'Cloud', llm_model: 'gpt-4', voice_parameters });
  expect(made.headers.get('x-model-substituted')).toBe('gpt-4 -> starter, english_male -> slt');
  expect(house.domain.agents.find(made.id)).toMatchObject({ voice: 'slt', voiceSettings: { speed: 1.1 } });
  const changed = await house.request('PUT', `/agents/${made.id}`, {
    voice_parameters: { voice_id: 'slt', speed: 0.9 },
  });
  expect(changed.headers.get('x-model-substituted')).toBe(null);
  expect((await house.request('GET', `/agents/${made.id}`)).at('voice_parameters')).toEqual({
    voice_id: 'slt',
    speed: 0.9,
  });
});
