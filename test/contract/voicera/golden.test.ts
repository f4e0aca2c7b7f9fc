import { writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { example, withoutChance } from './golden.ts';
import { type PastCall, writeHistory } from './history.ts';
import { type Reply, VoiceraHouse } from './voicera-house.ts';

const number = '+1234567890';

/** The answer is what the page prints, key by key; only what differs from run to run is told by its kind. */
function expectPrinted(reply: Reply, name: string, change: (printed: Record<string, unknown>) => unknown = (it) => it) {
  expect(withoutChance(reply.body, 'real'), name).toEqual(change(withoutChance(example(name), 'printed') as never));
}

async function bare(): Promise<VoiceraHouse> {
  const house = await VoiceraHouse.open();
  await house.settle({ voiceraEnvelope: 'bare' });
  return house;
}

async function registered(house: VoiceraHouse): Promise<Reply> {
  await house.request('POST', '/auth/register', example('register.request'), null);
  return house.request('POST', '/auth/login', example('login.request'), null);
}

test('registration, sign-in, refresh and a wrong password read as printed', async () => {
  const house = await bare();
  expectPrinted(await house.request('POST', '/auth/register', example('register.request'), null), 'register.response');
  const login = await house.request('POST', '/auth/login', example('login.request'), null);
  expectPrinted(login, 'login.response');
  expectPrinted(await house.request('GET', '/auth/me', undefined, login.textAt('token')), 'me.response');
  const refreshed = await house.request('POST', '/auth/refresh-token', undefined, login.textAt('refresh_token'));
  expectPrinted(refreshed, 'refresh-token.response');
  const unknown = { ...example('login.request'), email: 'nobody@example.com' };
  const refused = await house.request('POST', '/auth/login', unknown, null);
  expect(refused.status).toBe(401);
  const alsoForOtherReaders = { detail: 'Invalid credentials', error_code: 'AUTH_001', status_code: 401 };
  expectPrinted(refused, 'error.response', (printed) => ({ ...printed, ...alsoForOtherReaders }));
});

test('agents read as printed', async () => {
  const house = await bare();
  for (let count = 1; count < 14; count++) await house.agent();
  const sales = { name: 'Sales Agent', description: 'Handles sales inquiries', llm_provider: 'openai' };
  await house.request('POST', '/agents', { ...sales, llm_model: 'gpt-4' });
  expectPrinted(await house.request('GET', '/agents'), 'list-agents.response', (printed) => {
    return { ...printed, items: [...(printed['items'] as unknown[]), ...Array(9).fill(expect.anything())] };
  });
  const made = await house.request('POST', '/agents', example('create-agent.request'));
  expect(made.status).toBe(201);
  expectPrinted(made, 'create-agent.response');
  const { system_prompt, voice_parameters } = example('create-agent.request');
  expectPrinted(await house.request('GET', `/agents/${made.id}`), 'get-agent.response', (printed) => {
    return { ...printed, system_prompt, voice_parameters, updated_at: '<time>' };
  });
  const changed = await house.request('PUT', `/agents/${made.id}`, example('update-agent.request'));
  expectPrinted(changed, 'update-agent.response');
  const deleted = await house.request('DELETE', `/agents/${made.id}`);
  expect([deleted.status, deleted.text]).toEqual([204, '']);
});

test('campaigns read as printed, and one whose end has passed is refused only at launch', async () => {
  const house = await bare();
  const agent_id = await house.agent();
  const printedRequest = { ...example('create-campaign.request'), agent_id };
  const made = await house.request('POST', '/campaigns', printedRequest);
  expect(made.status).toBe(201);
  expectPrinted(made, 'create-campaign.response');
  const refused = await house.request('POST', `/campaigns/${made.id}/launch`);
  expect(refused.failure).toEqual([409, 'CAMPAIGN_002']);
  const end_time = new Date(Date.now() + 3_600_000).toISOString();
  await house.request('PUT', `/campaigns/${made.id}`, { end_time });
  expectPrinted(await house.request('POST', `/campaigns/${made.id}/launch`), 'launch-campaign.response');
  expectPrinted(await house.request('POST', `/campaigns/${made.id}/pause`), 'pause-campaign.response');
  for (let count = 1; count < 4; count++) await house.campaign();
  const spring = { name: 'Q1 Sales Campaign', phone_numbers: [number], start_time: '2024-01-29T00:00:00Z' };
  const active = await house.campaign({ ...spring, end_time });
  await house.request('POST', `/campaigns/${active}/launch`);
  const list = await house.request('GET', '/campaigns?skip=0&limit=1');
  expectPrinted(list, 'list-campaigns.response');
});

test('calls and their recordings read as printed', async () => {
  const house = await bare();
  const agentId = await house.agent();
  const campaignId = await house.campaign();
  const filler: PastCall[] = Array.from({ length: 1_248 }, () => ({}));
  await writeHistory(house, agentId, filler);
  const common = { durationMs: 120_000, to: number, campaignId, costMicro: 500_000 };
  const emotions = ['satisfied', 'relieved'];
  const summary = 'Customer called about billing issue...';
  const phrases = ['billing', 'resolution'];
  const analysis = { sentiment: 'positive', summary, phrases } as const;
  const ids = await writeHistory(house, agentId, [
    { ...common, analysis: { ...analysis, emotions } },
    { ...common, analysis: { ...analysis, emotions: ['satisfied'] } },
  ]);
  for (const id of ids) {
    await house.say(id, 'caller', 'Hello...', 0);
    await house.say(id, 'agent', 'Hi...', 900);
  }
  expectPrinted(await house.request('GET', '/call-logs?skip=0&limit=1'), 'list-call-logs.response');
  const [first = ''] = ids;
  const { path } = await house.domain.recordings.open(first);
  writeFileSync(path, Buffer.alloc(960_000));
  await house.domain.recordings.finished(first, { durationMs: 120_000, sizeBytes: 960_000 });
  const transcript = 'User: Hello... Agent: Hi...';
  const withTranscript = (printed: Record<string, unknown>) => ({ ...printed, transcript });
  expectPrinted(await house.request('GET', `/call-logs/${first}`), 'get-call-log.response', withTranscript);
  expectPrinted(await house.request('GET', `/call-recordings/${first}`), 'get-recording.response', withTranscript);
});

test('analytics over 1,250 calls read as printed, number by number', async () => {
  const house = await bare();
  const agentId = await house.agent();
  const phrases = (index: number) => [
    ...(index < 234 ? ['billing issue'] : []),
    ...(index < 156 ? ['account access'] : []),
    ...(index < 145 ? ['payment problem'] : []),
  ];
  const sentiment = (index: number) => (index < 850 ? 'positive' : index < 1_150 ? 'neutral' : 'negative');
  const past = Array.from({ length: 1_250 }, (_, index): PastCall => {
    const ending =
      index < 1_200 ? ({ status: 'completed', durationMs: 180_000 } as const) : { status: 'failed' as const };
    const analysis = { sentiment: sentiment(index), phrases: phrases(index) } as const;
    return { ...ending, costMicro: 450_000, analysis };
  });
  await writeHistory(house, agentId, past);
  expectPrinted(await house.request('GET', `/analytics/calls?agent_id=${agentId}&days=30`), 'analytics-calls.response');
  expectPrinted(await house.request('GET', `/analytics/sentiment?days=7`), 'analytics-sentiment.response');
  expectPrinted(await house.request('GET', '/analytics/top-phrases?limit=20'), 'top-phrases.response');
});

test('readiness reads as printed, and health for who shows a VoiceERA token', async () => {
  const house = await bare();
  expectPrinted(await house.request('GET', '/readiness', undefined, null), 'readiness.response');
  const health = await house.request('GET', '/health');
  expect(withoutChance(health.body, 'real')).toMatchObject(
    withoutChance(example('health.response'), 'printed') as object,
  );
  expect((await house.request('GET', '/health', undefined, null)).at('status')).toBe('healthy');
});

test('on the port of VoiceERA everyone reads health as printed, with and without the envelope', async () => {
  const house = await VoiceraHouse.open({ extraPorts: { vaSocketPort: null, voicePort: null, voiceraPort: 0 } });
  const health = await fetch(`http://127.0.0.1:${house.server.openExtraPorts.voiceraPort}/health`);
  const body = withoutChance(await health.json(), 'real');
  expect(body).toMatchObject({ status: 'ok', timestamp: '<time>', success: true, data: { status: 'ok' } });
});

test.each(['hybrid', 'envelope'] as const)(
  '%s: readers of the envelope find the printed body under data',
  async (envelope) => {
    const house = await VoiceraHouse.open();
    await house.settle({ voiceraEnvelope: envelope });
    const login = await registered(house);
    const { data, timestamp, success, error, ...beside } = withoutChance(login.body, 'real') as Record<string, unknown>;
    const printed = withoutChance(example('login.response'), 'printed');
    expect({ data, success, error, timestamp }).toEqual({
      data: printed,
      success: true,
      error: null,
      timestamp: '<time>',
    });
    expect(beside).toEqual(envelope === 'hybrid' ? printed : {});
    const list = await house.request('GET', '/analytics/top-phrases');
    expect(envelope === 'hybrid' ? list.body : list.at('data')).toEqual([]);
  },
);
