import { expect, test } from 'vitest';
import { type AppHouse, setUpAdmin } from './app-house.ts';
import { create, moved, openHouse, openNewHouse, owner, problemsOf, read } from './two-houses.ts';

test('va_: agents as its API lists them go on answering the same client', async () => {
  const old = await openHouse();
  const { house, root } = await openNewHouse(old);
  const va = { Authorization: `Bearer ${old.first.vaKey}` };
  const rich = {
    name: 'Clinic',
    system_prompt: 'You book appointments.',
    description: 'Answers for the clinic',
    starting_message: 'Hello.',
    enabled: false,
    voice_settings: { stability: 0.5, similarity_boost: 0.75, voice_id: 'rms' },
    dtmf_rules: { enabled: true, rules: [{ digit: '0', action: 'transfer', value: '+15550199' }] },
    landline: { knowledge: 'We open at nine.', voice: 'awb', turn_settings: { max_duration_ms: 90_000 } },
    their_own: { deep: [1, 2] },
  };
  await create(old, '/api/v1/agents', rich, va);
  await create(old, '/api/v1/agents', { name: 'Plain', system_prompt: 'You answer.' }, va);

  const { data: agents } = (await read(old, '/api/v1/agents', va)) as { data: readonly { readonly id: string }[] };
  const done = await root.request('POST', '/import', { va: { agents } });
  expect([done.status, done.body['imported']]).toEqual([201, { tools: 0, agents: 3, numbers: 0, files: 0 }]);
  for (const { id } of agents) {
    const path = `/api/v1/agents/${id}`;
    expect(moved(await read(house, path, va))).toEqual(moved(await read(old, path, va)));
  }
});

test.each(['hybrid', 'envelope', 'bare'] as const)(
  'VoiceERA: agents as its API prints each of them, %s, go on answering their user',
  async (voiceraEnvelope) => {
    const old = await openHouse();
    const { house, root } = await openNewHouse(old);
    await (await setUpAdmin(old)).request('PATCH', '/settings', { voicera_envelope: voiceraEnvelope });
    const signIn = async (at: AppHouse, email: string, password: string) => {
      const { body } = await at.request('POST', '/auth/login', { email, password });
      const { token } = (body['data'] ?? body) as { readonly token?: unknown };
      return { Authorization: `Bearer ${String(token)}` };
    };
    const before = await signIn(old, old.first.email, old.first.password);
    const rich = {
      name: 'Clinic',
      description: 'Answers for the clinic',
      llm_provider: 'openai',
      llm_model: 'gpt-4',
      stt_provider: 'deepgram',
      tts_provider: 'cartesia',
      system_prompt: 'You book appointments.',
      language: 'en-GB',
      voice_parameters: { voice_id: 'rms', speed: 1.2, tone: 'calm' },
      status: 'archived',
      their_own: { deep: [1, 2] },
    };
    await create(old, '/agents', rich, before);
    const list = await read(old, '/agents', before);
    const { items } = (list['items'] ? list : list['data']) as { readonly items: readonly { readonly id: string }[] };
    const agents = await Promise.all(items.map(({ id }) => read(old, `/agents/${id}`, before)));

    const short = await root.request('POST', '/import', { voicera: { agents: items } });
    expect([short.status, problemsOf(short.body).map(({ field }) => field)]).toEqual([
      400,
      ['voicera.agents.0.system_prompt', 'voicera.agents.1.system_prompt'],
    ]);
    const done = await root.request('POST', '/import', { voicera: { owner_email: owner.email, agents } });
    expect([done.status, done.body['imported']]).toEqual([201, { tools: 0, agents: 2, numbers: 0, files: 0 }]);
    await root.request('PATCH', '/settings', { voicera_envelope: voiceraEnvelope });
    const after = await signIn(house, owner.email, owner.password);
    for (const { id } of items) {
      const path = `/agents/${id}`;
      expect(moved(await read(house, path, after))).toEqual(moved(await read(old, path, before)));
    }
  },
);

test('every problem of every list is named at once by its path, and nothing is written', async () => {
  const house = await openHouse();
  const root = await setUpAdmin(house);
  const good = { id: '11111111-1111-4111-8111-111111111111', name: 'Good', system_prompt: 'You answer.' };
  const kupeAgent = { agent: { id: good.id, name: 'Good' }, configurations: {} };
  const shapes = await root.request('POST', '/import', {
    agents: [{ ...good, id: 'not an id' }],
    kupe: {
      agents: [
        kupeAgent,
        { agent: { id: good.id, name: '' }, configurations: { model_config: { temperature: 9 } } },
        { id: good.id, name: 'Summary' },
      ],
      phone_mappings: [{ id: good.id, phone_number_id: 'x', agent_id: good.id }],
    },
    va: { agents: [{ ...good, name: 1 }], phone_numbers: [] },
    voicera: { agents: [{ ...good, status: 'asleep' }] },
  });
  expect([shapes.status, shapes.body['code']]).toEqual([400, 'invalid-request']);
  expect(problemsOf(shapes.body).map(({ field }) => field)).toEqual([
    'agents.0.id',
    'kupe.agents.1.agent.name',
    'kupe.agents.1.configurations.model_config.temperature',
    'kupe.agents.2.configurations',
    'kupe.phone_mappings.0.phone_number_id',
    'va.agents.0.name',
    'va',
    'voicera.agents.0.status',
  ]);
  const unknownId = '99999999-9999-4999-8999-999999999999';
  const tools = [{ tool_type: 'endpoint', tool_id: unknownId, config_overrides: {} }];
  const line = { id: '33333333-3333-4333-8333-333333333333', phone_number: '+15550100' };
  const references = await root.request('POST', '/import', {
    agents: [good],
    kupe: {
      owner_email: 'nobody@example.com',
      agents: [{ ...kupeAgent, configurations: { tools } }],
      phone_numbers: [line],
      phone_mappings: [{ id: good.id, phone_number_id: line.id, agent_id: unknownId }],
    },
    va: { agents: [good] },
  });
  expect([references.status, references.body['code']]).toEqual([400, 'bundle-invalid']);
  expect(problemsOf(references.body)).toMatchObject([
    { field: 'kupe.agents.0.agent.id', message: 'repeats agents.0.id' },
    { field: 'va.agents.0.id', message: 'repeats agents.0.id' },
    { field: 'kupe.owner_email' },
    { field: 'kupe.agents.0.configurations.tools.0.tool_id' },
    { field: 'kupe.phone_mappings.0.agent_id' },
  ]);
  expect(house.domain.agents.find(good.id)).toBeUndefined();
  expect(house.domain.numbers.ofOrganization(house.first.organizationId).map(({ id }) => id)).not.toContain(line.id);
});
