import { expect, test } from 'vitest';
import { setUpAdmin } from './app-house.ts';
import { create, moved, openHouse, openNewHouse, owner, problemsOf, read } from './two-houses.ts';

const richKupeAgent = {
  agent: {
    name: 'Clinic',
    description: 'Answers for the clinic',
    is_active: true,
    recording_enabled: false,
    first_response_message: 'Hello, this is the clinic.',
    apply_noise_reduction: true,
    campaign_colour: 'teal',
  },
  agent_model_config: {
    model_name: 'gpt-4.1-mini',
    temperature: 0.2,
    max_tokens: 300,
    system_prompt: 'You book appointments.',
    other_params: { seed: 7 },
  },
  tts_config: { tts_model_name: 'cartesia', voice_name: 'rms', voice_parameters: { speed: 1.1, language: 'en-GB' } },
  transcriber_config: { transcriber_model_name: 'nova-2', language: 'hi-IN', initial_prompt: 'appointments' },
  vad_config: { vad_provider_id: 'silero', threshold: 0.6 },
  inferencing_config: { vad: true, stt: true, llm: true, tts: true },
  agent_specific_config: {
    session_timeout: 600,
    end_of_speech_timeout: 0.8,
    timezone: 'Asia/Kolkata',
    message_of_cut: 'We have to stop here.',
    inbound_transfer_routes: [
      { display_name: 'Front desk', phone_number: '+1 555 0100', condition_when_to_transfer: 'asks for a person' },
    ],
    own_setting: { deep: [1, 2, 3] },
  },
};

test('Kupe: agents and phone lines as its API lists them go on answering the same client', async () => {
  const old = await openHouse();
  const { house, root } = await openNewHouse(old);
  const kupe = { 'x-api-key': old.first.kupeKey };
  const rich = await create(old, '/api/v1/agents', richKupeAgent, kupe);
  await create(old, '/api/v1/agents/simple', { name: 'Plain' }, kupe);
  const { id: agentId } = rich['agent'] as { id: string };
  const { organizationId } = old.first;
  const line = await old.domain.numbers.add({ organizationId, dialled: '+15550188', friendlyName: 'Main line' });
  await old.domain.numbers.map(organizationId, line.id, { agentId, userId: null });

  const agents = (await read(old, '/api/v1/agents', kupe)) as unknown as readonly { readonly id: string }[];
  const { phone_numbers } = await read(old, '/api/v1/phone', kupe);
  const { mapping } = await read(old, `/api/v1/phone/mapping/${line.id}`, kupe);
  const foreign = { owner_email: owner.email, agents, phone_numbers, phone_mappings: [mapping] };
  const done = await root.request('POST', '/import?existing=skip', { kupe: foreign });
  expect([done.status, done.body['imported']]).toEqual([201, { tools: 0, agents: 3, numbers: 1, files: 0 }]);

  for (const { id } of agents) {
    const path = `/api/v1/agents/${id}`;
    expect(moved(await read(house, path, kupe))).toEqual(moved(await read(old, path, kupe)));
  }
  expect(await read(house, '/api/v1/phone', kupe)).toEqual({ success: true, phone_numbers });
  const answeredBy = await read(house, `/api/v1/phone/mapping/${line.id}`, kupe);
  expect(moved(answeredBy)).toEqual(moved({ success: true, mapping }));
  expect(house.domain.agents.resolveDialled('15550188')).toMatchObject({ kind: 'found', agent: { id: agentId } });
  const ownerId = house.domain.users.findByEmail(owner.email)?.id;
  expect(house.domain.agents.find(agentId)?.ownerUserId).toBe(ownerId);
});

test('Kupe: one agent as its API prints it alone, flat items, and files with what they hold', async () => {
  const old = await openHouse();
  const { house, root } = await openNewHouse(old);
  const kupe = { 'x-api-key': old.first.kupeKey };
  const whole = await create(old, '/api/v1/agents', richKupeAgent, kupe);
  const { id } = whole['agent'] as { id: string };
  const flatId = '22222222-2222-4222-8222-222222222222';
  const flat = {
    id: flatId,
    name: 'Flat',
    is_active: false,
    configurations: { model: { system_prompt: 'You are flat.' } },
  };
  const file = {
    id: '44444444-4444-4444-8444-444444444444',
    original_filename: 'prices.txt',
    storage_file_id: 'bucket/prices',
    status: 'ready',
    agent_ids: [id],
    text: 'A check up costs fifty dollars.',
  };
  const done = await root.request('POST', '/import', { kupe: { agents: [whole, flat], files: [file] } });
  expect([done.status, done.body]).toEqual([
    201,
    { imported: { tools: 0, agents: 2, numbers: 0, files: 1 }, existing: [] },
  ]);
  expect(moved(await read(house, `/api/v1/agents/${id}`, kupe))).toEqual(moved(whole));
  expect(house.domain.agents.find(flatId)).toMatchObject({
    name: 'Flat',
    enabled: false,
    systemPrompt: 'You are flat.',
  });
  expect(house.domain.knowledgeFiles.agentIdsOf(house.first.organizationId, file.id)).toEqual([id]);
});

test('tools that the organization has are given to the agents that had them', async () => {
  const house = await openHouse();
  const root = await setUpAdmin(house);
  const kupe = { 'x-api-key': house.first.kupeKey };
  const tool = { name: 'lookup', url: 'http://127.0.0.1:9/lookup', http_method: 'GET' };
  const body = await create(house, '/api/v1/tool-endpoint-defs', tool, kupe);
  const tools = [{ tool_type: 'endpoint', tool_id: body['id'], config_overrides: { region: 'eu' } }];
  const id = '11111111-1111-4111-8111-111111111111';
  const agents = [{ agent: { id, name: 'Clinic' }, configurations: { tools } }];
  expect((await root.request('POST', '/import', { kupe: { agents } })).status).toBe(201);
  expect(await read(house, `/api/v1/agents/${id}`, kupe)).toMatchObject({ configurations: { tools } });
});

test('Kupe: tools come in with the agents that use them, their keys sealed, and are refused where they are of no use', async () => {
  const old = await openHouse();
  const { house, root } = await openNewHouse(old);
  const kupe = { 'x-api-key': old.first.kupeKey };
  const path = '/api/v1/tool-endpoint-defs';
  const { id: toolId } = await create(
    old,
    path,
    {
      name: 'lookup',
      url: 'https://crm.example.lan/orders/{order}',
      http_method: 'GET',
      tool_schema: { name: 'lookup', parameters: { type: 'object', properties: { order: { type: 'string' } } } },
      headers_schema: { 'X-Api-Key': 'their-secret-of-the-crm' },
      timeout_seconds: 2.5,
      their_own: { deep: [1, 2] },
    },
    kupe,
  );
  const used = [{ tool_type: 'endpoint', tool_id: toolId, config_overrides: { region: 'eu' } }];
  const made = await create(old, '/api/v1/agents', { agent: { name: 'Clerk' }, tools: used }, kupe);
  const { id } = made['agent'] as { id: string };
  const tool = await read(old, `${path}/${String(toolId)}`, kupe);
  const agent = await read(old, `/api/v1/agents/${id}`, kupe);

  const alone = await root.request('POST', '/import', { kupe: { agents: [agent] } });
  expect(problemsOf(alone.body).map(({ field }) => field)).toEqual(['kupe.agents.0.configurations.tools.0.tool_id']);
  const bad = [{ ...tool, url: 'crm' }, tool];
  const refused = await root.request('POST', '/import', { kupe: { tools: bad } });
  expect(problemsOf(refused.body).map(({ field }) => field)).toEqual(['kupe.tools.1.id', 'kupe.tools.0.url']);

  const done = await root.request('POST', '/import', {
    kupe: { owner_email: owner.email, tools: [tool], agents: [agent] },
  });
  expect([done.status, done.body['imported']]).toEqual([201, { tools: 1, agents: 1, numbers: 0, files: 0 }]);
  expect(moved(await read(house, `${path}/${String(toolId)}`, kupe))).toEqual(moved(tool));
  expect(await read(house, `/api/v1/agents/${id}`, kupe)).toMatchObject({ configurations: { tools: used } });
  expect(house.storedBytes()).not.toContain('their-secret-of-the-crm');
  const again = await root.request('POST', '/import', { kupe: { tools: [tool] } });
  expect([again.status, problemsOf(again.body).map(({ field }) => field)]).toEqual([409, ['kupe.tools.0.id']]);
});
