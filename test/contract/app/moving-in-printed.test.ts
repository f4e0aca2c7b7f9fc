import { expect, test } from 'vitest';
import { starterEngines } from '../kupe/kupe-house.ts';
import { type AppBrowser, AppHouse, setUpAdmin } from './app-house.ts';

type Json = Readonly<Record<string, unknown>>;
type Headers = Readonly<Record<string, string>>;

/** A house whose engines have names, as each installed one's have. */
async function openHouse(): Promise<AppHouse> {
  const house = await AppHouse.open();
  await house.domain.catalog.mirror(starterEngines);
  return house;
}

/** Where the clients of the old house move to, with an account for them. */
interface NewHouse {
  readonly house: AppHouse;
  readonly root: AppBrowser;
}

const owner = { email: 'owner@old.example', password: 'A-New-Password' } as const;

/** With the keys that clients show at the old house. */
async function openNewHouse({ first }: AppHouse): Promise<NewHouse> {
  const house = await openHouse();
  const root = await setUpAdmin(house);
  const { id } = (await root.request('POST', '/users', { ...owner, role: 'org_admin' })).body;
  await root.request('POST', '/credentials', { kind: 'kupe', name: 'Old', key: first.kupeKey, user_id: id });
  await root.request('POST', '/credentials', { kind: 'va', name: 'Old', key: first.vaKey });
  return { house, root };
}

async function read(house: AppHouse, path: string, headers: Headers): Promise<Json> {
  const { body, status } = await house.request('GET', path, undefined, headers);
  if (status !== 200) throw new Error(`${path} answered ${status}: ${JSON.stringify(body)}`);
  return body;
}

async function create(house: AppHouse, path: string, body: Json, headers: Headers): Promise<Json> {
  const reply = await house.request('POST', path, body, headers);
  if (reply.status !== 201) throw new Error(`${path} answered ${reply.status}: ${JSON.stringify(reply.body)}`);
  return reply.body;
}

/** Ids of people, organizations and engines belong to the house; everything else moves. */
const ofTheHouse = new Set([
  'user_id',
  'organization_id',
  'provider_id',
  'model_provider_id',
  'tts_provider_id',
  'vad_provider_id',
  'voice_id',
  'timestamp',
  'meta',
]);

function moved(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value), (key, field: unknown) =>
    ofTheHouse.has(key) ? '<ours>' : field,
  ) as unknown;
}

function problemsOf(body: Json): readonly { readonly field: string; readonly message: string }[] {
  if (!body['details']) throw new Error(JSON.stringify(body));
  return (body['details'] as { problems: { field: string; message: string }[] }).problems;
}

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
