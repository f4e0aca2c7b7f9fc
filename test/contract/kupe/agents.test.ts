import { describe, expect, test } from 'vitest';
import { asPrinted, example } from './examples.ts';
import { KupeHouse } from './kupe-house.ts';

const base = '/api/v1/agents';
const unknownId = '00000000-0000-4000-8000-000000000000';

async function madeIn(house: KupeHouse, fields: object = {}): Promise<string> {
  return (await house.request('POST', base, { agent: { name: 'Front desk' }, ...fields })).id('agent', 'id');
}

describe('creating an agent', () => {
  test('with every section gives all of it back, with the engines that do the work', async () => {
    const house = await KupeHouse.open();
    const made = await house.request('POST', base, {
      agent: { name: 'Front desk', welcome_message: 'Hello.', isActive: false, tts_filler_enabled: true },
      agent_model_config: { model_name: 'gpt-4.1', system_prompt: 'Be kind.', temperature: 0.2, max_tokens: 100 },
      tts_config: {
        tts_model_name: 'bulbul:v2',
        voice_name: 'english_male',
        language: 'hi-IN',
        voice_parameters: { speed: 1.1 },
      },
      transcriber_config: { provider_id: 'saarika:2.5', language: ['hi-IN'] },
      inferencing_config: { vad: true, stt: true, llm: true, tts: false },
      agentSpecificConfig: { sessionTimeout: 60, autoTerminate: true, timezone: 'Asia/Kolkata' },
    });
    expect(made.status).toBe(201);
    expect(made.at('agent')).toMatchObject({
      name: 'Front desk',
      user_id: house.userId,
      is_active: false,
      first_response_message: 'Hello.',
      recording_enabled: true,
      tts_filler_enabled: true,
    });
    const configurations = made.at('configurations') as Readonly<Record<string, object>>;
    expect(configurations['model_config']).toMatchObject({
      model_name: 'starter (scripted)',
      aliases: ['gpt-4.1'],
      system_prompt: 'Be kind.',
      temperature: 0.2,
      max_tokens: 100,
    });
    expect(configurations['tts_config']).toMatchObject({
      voice_name: 'rms',
      language: 'hi-IN',
      voice_parameters: { speed: 1.1 },
    });
    expect(configurations['transcriber_config']).toMatchObject({ language: 'hi-IN', aliases: ['saarika:2.5'] });
    expect(configurations['inferencing_config']).toEqual({ vad: true, stt: true, llm: true, tts: false });
    expect(configurations['agent_specific_config']).toMatchObject({
      session_timeout: 60,
      auto_terminate_call: true,
      timezone: 'Asia/Kolkata',
      max_output_tokens: 100,
    });
    expect(configurations['model']).toEqual(configurations['model_config']);
    expect(made.headers.get('x-model-substituted')).toBe(
      'gpt-4.1 -> starter (scripted), bulbul:v2 -> flite, saarika:2.5 -> starter-stt-en, english_male -> rms',
    );
    expect(house.domain.agents.get(house.organizationId, made.id('agent', 'id'))).toMatchObject({
      voice: 'rms',
      timeZone: 'Asia/Kolkata',
      turnSettings: { maxDurationMs: 60_000 },
    });
    expect((await house.request('GET', `${base}/${made.id('agent', 'id')}`)).body).toEqual(made.body);
  });

  test('with a name alone gives it the defaults of the platform', async () => {
    const house = await KupeHouse.open();
    const made = await house.request('POST', `${base}/simple`, { name: 'Bot', description: 'D', system_prompt: 'P' });
    expect(made.status).toBe(201);
    expect(made.body).toMatchObject({
      agent: { name: 'Bot', description: 'D', is_active: true },
      validation_status: 'valid',
    });
    expect(made.at('configurations', 'model_config', 'system_prompt')).toBe('P');
    expect(made.at('configurations', 'agent_specific_config')).toMatchObject({
      session_timeout: 180,
      timezone: 'Europe/Berlin',
    });
    expect(made.headers.get('x-model-substituted')).toBeNull();
  });

  test('names every problem at once, each with its place', async () => {
    const house = await KupeHouse.open();
    const refused = await house.request('POST', base, {
      agent: { is_active: 'yes' },
      agent_model_config: { temperature: 3 },
      agent_specific_config: { session_timeout: 0, timezone: 'Mars/Olympus' },
    });
    expect(refused.status).toBe(422);
    expect(refused.at('detail')).toContainEqual({
      loc: ['body', 'agent', 'name'],
      msg: 'Field required',
      type: 'missing',
    });
    const places = refused.list('detail').map(({ loc }) => (loc as string[]).join('.'));
    expect(places.toSorted()).toEqual([
      'body.agent.is_active',
      'body.agent.name',
      'body.agent_model_config.temperature',
      'body.agent_specific_config.session_timeout',
      'body.agent_specific_config.timezone',
    ]);
    expect((await house.request('POST', `${base}/simple`, {})).status).toBe(422);
    expect((await house.request('POST', base, '{"agent":')).at('detail')).toEqual([
      { loc: ['body'], msg: 'is not valid JSON', type: 'value_error' },
    ]);
    expect((await house.request('GET', base)).body).toHaveLength(1);
  });
});

describe('updating an agent', () => {
  test('answers the printed example as printed, and does what it says', async () => {
    const house = await KupeHouse.open();
    const id = await madeIn(house);
    const reply = await house.request('PUT', `${base}/${id}`, example('update-agent.request.json'));
    expect(reply.status).toBe(200);
    const printed = example('update-agent.response.json');
    expect(asPrinted(reply.body, printed)).toEqual(printed);
    const agent = house.domain.agents.get(house.organizationId, id);
    expect(agent).toMatchObject({
      name: 'Renamed Agent',
      startingMessage: 'Hi, thanks for calling Acme. How can I help today?',
      systemPrompt: 'Updated prompt.',
      turnSettings: { endOfTurnSilenceMs: 1_200, maxDurationMs: 180_000 },
      transferTargets: [{ name: 'Billing desk', target: '919876543210' }],
    });
    expect(reply.at('configurations', 'agent_specific_config')).toMatchObject({
      auto_terminate_call: true,
      end_of_speech_timeout: 1.2,
      inbound_transfer_routes: [{ route_id: 'billing', phone_number: '919876543210' }],
    });
  });

  test('leaves absent sections alone and merges the behaviour deeply', async () => {
    const house = await KupeHouse.open();
    const id = await madeIn(house, {
      agent_model_config: { model_name: 'gpt-4', system_prompt: 'First.' },
      agent_specific_config: {
        session_timeout: 90,
        webhooks: { outgoing: { url: 'https://a.example', retry_count: 1 } },
      },
    });
    const reply = await house.request('PUT', `${base}/${id}`, {
      agent_specific_config: { messageOfCut: 'Bye.', webhooks: { outgoing: { retry_count: 3 } } },
    });
    expect(reply.at('configurations', 'agent_specific_config')).toMatchObject({
      session_timeout: 90,
      message_of_cut: 'Bye.',
      webhooks: { outgoing: { url: 'https://a.example', retry_count: 3 } },
    });
    expect(house.domain.agents.find(id)?.turnSettings).toMatchObject({ maxDurationMs: 90_000, timeUpMessage: 'Bye.' });
    expect(reply.at('configurations', 'model_config')).toMatchObject({ system_prompt: 'First.', aliases: ['gpt-4'] });
  });

  test('one configuration has a PATCH of its own', async () => {
    const house = await KupeHouse.open();
    const id = await madeIn(house);
    const patch = async (name: string, body: object) => house.request('PATCH', `${base}/${id}/${name}`, body);
    expect(
      (await patch('model-config', { system_prompt: 'New.' })).at('configurations', 'model', 'system_prompt'),
    ).toBe('New.');
    expect((await patch('tts-config', { voice_name: 'awb' })).at('configurations', 'tts', 'voice_name')).toBe('awb');
    const heard = await patch('transcriber-config', { transcriber_model_name: 'nova-3', language: 'en-GB' });
    expect(heard.at('configurations', 'transcriber', 'language')).toBe('en-GB');
    const detected = await patch('vad-config', { vad_provider_id: 'silero', threshold: 0.7 });
    expect(detected.at('configurations', 'vad_config', 'threshold')).toBe(0.7);
    expect((await patch('transcriber-config', { language: 'en-GB' })).status).toBe(422);
    expect((await patch('vad-config', {})).status).toBe(422);
  });

  test('does not change the engines of a call that is on, unless told to', async () => {
    const house = await KupeHouse.open();
    const id = await madeIn(house);
    const called = await house.request('POST', `/api/call/create_call?phoneNumber=%2B15550142&agent_id=${id}`);
    expect(called.status).toBe(200);
    const change = { agent_model_config: { system_prompt: 'Now.' } };
    const refused = await house.request('PUT', `${base}/${id}`, change);
    expect([refused.status, refused.at('detail')]).toEqual([400, expect.stringContaining('force_update')]);
    expect((await house.request('PUT', `${base}/${id}`, { agent: { name: 'Other' } })).status).toBe(200);
    expect((await house.request('PUT', `${base}/${id}?force_update=True`, change)).status).toBe(200);
    await house.telephone.end(called.id('call_session_id'), 'end');
    expect((await house.request('PATCH', `${base}/${id}/model-config`, change.agent_model_config)).status).toBe(200);
  });
});

test('an active agent is deleted only by force, and then is gone', async () => {
  const house = await KupeHouse.open();
  const id = await madeIn(house);
  expect((await house.request('DELETE', `${base}/${id}`)).status).toBe(400);
  const gone = await house.request('DELETE', `${base}/${id}?force_delete=true`);
  expect([gone.status, gone.at('data')]).toEqual([200, { id }]);
  expect((await house.request('GET', `${base}/${id}`)).status).toBe(404);
  const idle = await madeIn(house, { agent: { name: 'Idle', is_active: false } });
  expect((await house.request('DELETE', `${base}/${idle}`)).status).toBe(200);
});

test('agents are listed whole, by pages, by name and by owner', async () => {
  const house = await KupeHouse.open();
  for (const name of ['One', 'Two', 'Three']) await madeIn(house, { agent: { name } });
  const all = (await house.request('GET', base)).list();
  expect(all.map(({ name }) => name)).toEqual(['Three', 'Two', 'One', 'Sunrise Clinic']);
  expect(all[0]).toMatchObject({ agent: { name: 'Three' }, configurations: { model_config: {}, model: {} } });
  const paged = await house.request('GET', `${base}?page=2&page_size=3`);
  expect([paged.at('total'), paged.at('page'), paged.at('page_size'), paged.list('items').length]).toEqual([
    4, 2, 3, 1,
  ]);
  const searched = (await house.request('GET', `${base}?q=tw`)).list();
  expect(searched.map(({ name }) => name)).toEqual(['Two']);
  expect((await house.request('GET', `${base}?scope=mine`)).body).toHaveLength(3);
  const summary = (await house.request('GET', `${base}/summary?page_size=1&name_search=o`)).body;
  expect(summary).toMatchObject({ page: 1, page_size: 1, items: [{ name: 'Two', is_active: true }] });
  expect((await house.request('GET', `${base}/stats`)).body).toEqual({
    total_agents: 4,
    active_agents: 4,
    inactive_agents: 0,
    total_calls: 0,
    total_duration_seconds: 0,
    calls_this_month: 0,
  });
  expect((await house.request('GET', `${base}?page=0`)).status).toBe(422);
  expect((await house.request('GET', `${base}?page_size=101`)).status).toBe(422);
});

test('a super administrator sees the agents of all organizations by pages, others only their own', async () => {
  const house = await KupeHouse.open();
  const stranger = await house.stranger();
  await house.request('POST', `${base}/simple`, { name: 'Theirs' }, stranger.key);
  const chief = await house.person('super_admin');
  const everywhere = await house.request('GET', `${base}?scope=all`, undefined, chief.session);
  expect([everywhere.at('total'), everywhere.at('page')]).toEqual([2, 1]);
  const own = (await house.request('GET', `${base}?scope=all`, undefined, stranger.key)).list();
  expect(own.map(({ name }) => name)).toEqual(['Theirs']);
});

test('ids that are none, unknown or of another organization are refused', async () => {
  const house = await KupeHouse.open();
  const id = await madeIn(house);
  const stranger = await house.stranger();
  for (const path of ['', '/model-config', '/tts-config', '/transcriber-config', '/vad-config']) {
    const method = path === '' ? 'PUT' : 'PATCH';
    const body = path.startsWith('/t') ? { transcriber_model_name: 'x', language: 'en' } : { vad_provider_id: 'x' };
    expect((await house.request(method, `${base}/${unknownId}${path}`, body)).status).toBe(404);
    expect((await house.request(method, `${base}/${id}${path}`, body, stranger.key)).status).toBe(404);
    expect((await house.request(method, `${base}/${id}${path}`, body, 'none')).status).toBe(401);
    expect((await house.request(method, `${base}/42${path}`, body)).status).toBe(400);
  }
  expect((await house.request('DELETE', `${base}/${id}?force_delete=true`, undefined, stranger.key)).status).toBe(404);
});

test('an agent made by another API shows its own ways in this one', async () => {
  const house = await KupeHouse.open();
  const id = await house.agent({
    transferTargets: [{ name: 'Sales', target: '+4930123' }],
    voice: 'kal16',
    turnSettings: { maxDurationMs: 300_000 },
  });
  const configurations = (await house.request('GET', `${base}/${id}`)).at('configurations') as Record<string, object>;
  expect(configurations['tts_config']).toMatchObject({ voice_name: 'kal16' });
  expect(configurations['agent_specific_config']).toMatchObject({
    session_timeout: 300,
    auto_terminate_call: true,
    llm_conversation_stop_enabled: false,
    inbound_transfer_routes: [{ route_id: 'sales', display_name: 'Sales', phone_number: '4930123' }],
  });
});

test('tools are given to an agent with it, shown with it, and replaced; unknown ones change nothing', async () => {
  const house = await KupeHouse.open();
  const tool = async (name: string) =>
    (await house.request('POST', '/api/v1/tool-endpoint-defs', { name, url: 'http://192.168.0.2/x' })).id('id');
  const [first, second] = [await tool('one'), await tool('two')];
  const id = await madeIn(house, { tools: [{ tool_type: 'endpoint', tool_id: first }] });
  const shown = await house.request('GET', `${base}/${id}`);
  expect(shown.list('configurations', 'tools')).toMatchObject([{ tool_id: first, name: 'one' }]);
  const replaced = await house.request('PUT', `${base}/${id}`, { tools: [{ tool_type: 'endpoint', tool_id: second }] });
  expect(replaced.list('configurations', 'tools')).toMatchObject([{ tool_id: second, name: 'two' }]);
  const unknown = { agent: { name: 'Changed' }, tools: [{ tool_type: 'endpoint', tool_id: unknownId }] };
  expect((await house.request('PUT', `${base}/${id}`, unknown)).status).toBe(400);
  expect((await house.request('POST', base, unknown)).status).toBe(400);
  expect((await house.request('GET', base)).list().map(({ name }) => name)).toEqual(['Front desk', 'Sunrise Clinic']);
});

test('a list shows each change in the very next answer', async () => {
  const house = await KupeHouse.open();
  const id = await madeIn(house);
  const first = async () => (await house.request('GET', base)).at(0);
  for (const name of ['A', 'B', 'C']) {
    await house.request('PUT', `${base}/${id}`, { agent: { name } });
    expect(await first()).toMatchObject({ name, agent: { name } });
  }
  await house.domain.catalog.mirror({ brain: 'other', recogniser: 'r', speaker: 's', voices: [] });
  expect(await first()).toMatchObject({ configurations: { model_config: { model_name: 'other' } } });
});
