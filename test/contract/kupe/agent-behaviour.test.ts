import { describe, expect, test } from 'vitest';
import { KupeHouse, type Reply } from './kupe-house.ts';

const base = '/api/v1/agents';

async function madeIn(house: KupeHouse, fields: object = {}): Promise<string> {
  return (await house.request('POST', base, { agent: { name: 'Front desk' }, ...fields })).id('agent', 'id');
}

describe('an agent hangs up by itself only when one of two keys lets it', () => {
  const keys = ['llm_conversation_stop_enabled', 'auto_terminate_call'] as const;
  const shownOf = (reply: Reply) =>
    keys.map((key) => reply.at('configurations', 'agent_specific_config', key)) as readonly unknown[];

  test.each([
    [{}, false, [false, false]],
    [{ auto_terminate_call: true }, true, [false, true]],
    [{ llm_conversation_stop_enabled: true }, true, [true, false]],
    [{ autoTerminate: true, llmConversationStopEnabled: true }, true, [true, true]],
    [{ auto_terminate_call: false, llm_conversation_stop_enabled: null }, false, [false, false]],
  ])('made with %j', async (agent_specific_config, mayHangUp, shown) => {
    const house = await KupeHouse.open();
    const made = await house.request('POST', base, { agent: { name: 'Desk' }, agent_specific_config });
    expect(house.domain.agents.find(made.id('agent', 'id'))?.turnSettings.mayHangUp).toBe(mayHangUp);
    expect(shownOf(made)).toEqual(shown);
  });

  test('made without that section', async () => {
    const house = await KupeHouse.open();
    const made = await house.request('POST', `${base}/simple`, { name: 'Bot' });
    expect(house.domain.agents.find(made.id('agent', 'id'))?.turnSettings.mayHangUp).toBe(false);
  });

  test('changed later, and left alone by changes of something else', async () => {
    const house = await KupeHouse.open();
    const id = await madeIn(house, { agent_specific_config: { llm_conversation_stop_enabled: true } });
    const change = async (agent_specific_config: object) =>
      shownOf(await house.request('PUT', `${base}/${id}`, { agent_specific_config }));
    expect(await change({ session_timeout: 60 })).toEqual([true, false]);
    expect(await change({ auto_terminate_call: true })).toEqual([true, true]);
    expect(await change({ llm_conversation_stop_enabled: false })).toEqual([false, true]);
    expect(house.domain.agents.find(id)?.turnSettings.mayHangUp).toBe(true);
    expect(await change({ auto_terminate_call: false })).toEqual([false, false]);
    expect(house.domain.agents.find(id)?.turnSettings.mayHangUp).toBe(false);
  });

  test('of another API, which may, is not taken it by other keys', async () => {
    const house = await KupeHouse.open();
    const id = await house.agent();
    const change = async (agent_specific_config: object) =>
      shownOf(await house.request('PUT', `${base}/${id}`, { agent_specific_config }));
    expect(await change({ session_timeout: 60, llm_conversation_stop_enabled: false })).toEqual([false, true]);
    expect(house.domain.agents.find(id)?.turnSettings.mayHangUp).toBe(true);
    expect(await change({ auto_terminate_call: false })).toEqual([false, false]);
  });
});

describe('the message of cut', () => {
  const keys = ['time_to_cut', 'message_of_cut', 'end_call_message_mode'] as const;
  const shownOf = (reply: Reply) =>
    keys.map((key) => reply.at('configurations', 'agent_specific_config', key)) as readonly unknown[];

  test.each([
    [{ message_of_cut: 'Bye.' }, { timeUpMessage: 'Bye.' }],
    [{ message_of_cut: 'Bye.', time_to_cut: 30 }, { timeUpWarning: { beforeMs: 30_000, text: 'Bye.' } }],
    [{ time_to_cut: 30, end_call_message_mode: 'context_aware' }, { timeUpWarning: { beforeMs: 30_000 } }],
    [
      { message_of_cut: 'Bye.', timeToCut: 5, endCallMessageMode: 'context_aware' },
      { timeUpWarning: { beforeMs: 5000 } },
    ],
    [{ time_to_cut: 30, message_of_cut: ' ' }, { timeUpWarning: { beforeMs: 30_000 } }],
    [{ message_of_cut: 'Bye.', end_call_message_mode: 'context_aware' }, {}],
  ])('of an agent made with %j', async (agent_specific_config, expected) => {
    const house = await KupeHouse.open();
    const made = await house.request('POST', base, { agent: { name: 'Desk' }, agent_specific_config });
    const { timeUpMessage, timeUpWarning } = house.domain.agents.find(made.id('agent', 'id'))?.turnSettings ?? {};
    expect({ timeUpMessage, timeUpWarning }).toEqual(expected);
    expect(made.at('configurations', 'agent_specific_config')).toMatchObject(
      'timeToCut' in agent_specific_config ? { time_to_cut: 5 } : agent_specific_config,
    );
  });

  test('is changed key by key, also where another API set it', async () => {
    const house = await KupeHouse.open();
    const id = await house.agent({ turnSettings: { timeUpWarning: { beforeMs: 20_000, text: 'Hurry.' } } });
    const change = async (agent_specific_config: object) =>
      shownOf(await house.request('PUT', `${base}/${id}`, { agent_specific_config }));
    expect(await change({ session_timeout: 60 })).toEqual([20, 'Hurry.', 'fixed']);
    expect(await change({ time_to_cut: 10 })).toEqual([10, 'Hurry.', 'fixed']);
    expect(house.domain.agents.find(id)?.turnSettings).toMatchObject({
      timeUpWarning: { beforeMs: 10_000, text: 'Hurry.' },
    });
    expect(await change({ time_to_cut: null })).toEqual([null, 'Hurry.', 'fixed']);
    expect(house.domain.agents.find(id)?.turnSettings).toMatchObject({ timeUpMessage: 'Hurry.' });
  });
});

describe('how long and how freely a language model answers', () => {
  const generationOf = (house: KupeHouse, id: string) => house.domain.agents.find(id)?.turnSettings.generation;

  test.each([
    [{}, { maxTokens: 370, temperature: 0.7 }],
    [{ agent_model_config: { max_tokens: 90, temperature: 0.1 } }, { maxTokens: 90, temperature: 0.1 }],
    [{ agent_model_config: { max_tokens: 90 }, agent_specific_config: { max_output_tokens: 40 } }, { maxTokens: 40 }],
    [{ agent_specific_config: { maxOutputTokens: 40 } }, { maxTokens: 40, temperature: 0.7 }],
  ])('is what an agent made with %j says', async (sections, expected) => {
    const house = await KupeHouse.open();
    const made = await house.request('POST', base, { agent: { name: 'Desk' }, ...sections });
    expect(generationOf(house, made.id('agent', 'id'))).toMatchObject(expected);
    expect(made.at('configurations', 'agent_specific_config', 'max_output_tokens')).toBe(expected.maxTokens);
  });

  test('is changed by either section, and not by others', async () => {
    const house = await KupeHouse.open();
    const id = await madeIn(house, { agent_specific_config: { max_output_tokens: 40 } });
    const cooler = await house.request('PATCH', `${base}/${id}/model-config`, { temperature: 0.2, max_tokens: 90 });
    expect(cooler.at('configurations', 'model_config')).toMatchObject({ temperature: 0.2, max_tokens: 90 });
    expect(generationOf(house, id)).toEqual({ maxTokens: 40, temperature: 0.2 });
    await house.request('PUT', `${base}/${id}`, { agent_specific_config: { max_output_tokens: null } });
    expect(generationOf(house, id)).toEqual({ maxTokens: 90, temperature: 0.2 });
    await house.request('PUT', `${base}/${id}`, { agent: { name: 'Other' } });
    expect(generationOf(house, id)).toEqual({ maxTokens: 90, temperature: 0.2 });
  });

  test('stays with the engine for an agent of another API that says nothing of it', async () => {
    const house = await KupeHouse.open();
    const id = await house.agent();
    await house.request('PUT', `${base}/${id}`, { agent_specific_config: { session_timeout: 60 } });
    expect(generationOf(house, id)).toBeUndefined();
    await house.request('PUT', `${base}/${id}`, { agent_model_config: { temperature: 1 } });
    expect(generationOf(house, id)).toEqual({ temperature: 1 });
  });
});

test('an agent knows when to pass a caller on, by the routes or the single number of older clients', async () => {
  const house = await KupeHouse.open();
  const route = { display_name: 'Billing', phone_number: '+49 30 1', condition_when_to_transfer: 'On invoices.' };
  const id = await madeIn(house, { agent_specific_config: { inbound_transfer_routes: [route] } });
  const targets = () => house.domain.agents.find(id)?.transferTargets;
  expect(targets()).toEqual([{ name: 'Billing', target: '49301', when: 'On invoices.' }]);
  const older = {
    inbound_transfer_routes: [],
    inbound_transfer_call_number: '+49 30 2',
    inbound_transfer_trigger_condition: 'When they are angry.',
  };
  await house.request('PUT', `${base}/${id}`, { agent_specific_config: older });
  expect(targets()).toEqual([{ name: 'a colleague', target: '49302', when: 'When they are angry.' }]);
  const other = await house.agent({ transferTargets: [{ name: 'Sales', target: '7', when: 'To buy.' }] });
  const shown = await house.request('GET', `${base}/${other}`);
  expect(shown.at('configurations', 'agent_specific_config', 'inbound_transfer_routes')).toMatchObject([
    { display_name: 'Sales', condition_when_to_transfer: 'To buy.' },
  ]);
});

test('what is kept of an agent without an effect is named with it, and nothing else is', async () => {
  const house = await KupeHouse.open();
  const plain = await house.request('POST', base, {
    agent: { name: 'Plain', apply_noise_reduction: false },
    vad_config: { vad_provider_id: 'silero', threshold: 0.5 },
    inferencing_config: { tts: true },
    agent_specific_config: { background_noise_id: '', session_timeout: 60 },
    tts_config: { voice_parameters: { speed: 1.1 } },
  });
  expect(plain.body).not.toHaveProperty('validation_warnings');
  const made = await house.request('POST', base, {
    agent: { name: 'Noisy', apply_noise_reduction: true },
    vad_config: { vad_provider_id: 'silero', threshold: 0.7 },
    inferencing_config: { tts: false },
    agent_specific_config: { background_noise_id: 'office.wav' },
    tts_config: { voice_parameters: { pitch: 2 } },
  });
  const keys = (reply: Reply) =>
    (reply.at('validation_warnings') as string[]).map((warning) => warning.split(' ')[0] ?? '').toSorted();
  expect([made.status, made.at('validation_status'), keys(made)]).toEqual([
    201,
    'valid',
    [
      'agent.apply_noise_reduction',
      'agent_specific_config.background_noise_id',
      'inferencing_config.tts',
      'tts_config.voice_parameters.pitch',
      'vad_config.threshold',
    ],
  ]);
  const changed = await house.request('PUT', `${base}/${made.id('agent', 'id')}`, {
    agent_specific_config: { background_noise_id: null },
  });
  expect(keys(changed)).not.toContain('agent_specific_config.background_noise_id');
});
