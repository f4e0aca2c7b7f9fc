import { writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { VoiceraHouse } from './voicera-house.ts';

/** Every route with an id, and the code that says there is nothing with it. */
const routes = `
GET /agents/{agent} AGENT_001
PUT /agents/{agent} AGENT_001
DELETE /agents/{agent} AGENT_001
GET /agents/{agent}/config AGENT_001
POST /agents/{agent}/clone AGENT_001
GET /agents/{agent}/campaigns AGENT_001
GET /campaigns/{campaign} CAMPAIGN_001
PUT /campaigns/{campaign} CAMPAIGN_001
DELETE /campaigns/{campaign} CAMPAIGN_001
POST /campaigns/{campaign}/launch CAMPAIGN_001
POST /campaigns/{campaign}/pause CAMPAIGN_001
POST /campaigns/{campaign}/resume CAMPAIGN_001
POST /campaigns/{campaign}/stop CAMPAIGN_001
GET /campaigns/{campaign}/stats CAMPAIGN_001
GET /call-logs/{call} CALL_001
DELETE /call-logs/{call} CALL_001
GET /call-logs/{call}/transcript CALL_001
PUT /call-logs/{call}/notes CALL_001
GET /call-logs/campaign/{campaign} CAMPAIGN_001
GET /call-logs/agent/{agent} AGENT_001
GET /call-recordings/{call} CALL_001
DELETE /call-recordings/{call} CALL_001
GET /call-recordings/{call}/download CALL_001
GET /call-recordings/{call}/transcript CALL_001
GET /call-recordings/{call}/transcript/download CALL_001
GET /analytics/campaign-stats?campaign_id={campaign} CAMPAIGN_001
GET /users/{user} USER_001
PUT /users/{user} USER_001
DELETE /users/{user} USER_001
GET /users/{user}/agents USER_001
GET /users/{user}/campaigns USER_001
POST /admin/users/{user}/activate USER_001
POST /admin/users/{user}/deactivate USER_001
GET /integrations/{integration} INTEGRATION_001
PUT /integrations/{integration} INTEGRATION_001
DELETE /integrations/{integration} INTEGRATION_001
POST /integrations/{integration}/test INTEGRATION_001
GET /integrations/{integration}/status INTEGRATION_001
GET /webhooks/{webhook} WEBHOOK_001
PUT /webhooks/{webhook} WEBHOOK_001
DELETE /webhooks/{webhook} WEBHOOK_001
POST /webhooks/{webhook}/test WEBHOOK_001
GET /webhooks/{webhook}/logs WEBHOOK_001`
  .trim()
  .split('\n')
  .map((line) => line.split(' ') as [string, string, string]);

const lists = ['/agents', '/campaigns', '/call-logs', '/call-recordings', '/integrations', '/webhooks'];

async function furnished(house: VoiceraHouse): Promise<Readonly<Record<string, string>>> {
  const agent = await house.agent();
  const call = await house.endedCall(agent);
  const { path } = await house.domain.recordings.open(call);
  writeFileSync(path, Buffer.alloc(1_644));
  await house.domain.recordings.finished(call, { durationMs: 100, sizeBytes: 1_644 });
  const hook = { url: 'https://crm.example', events: ['call.started'] };
  return {
    agent,
    call,
    campaign: await house.campaign(),
    user: house.admin.userId,
    integration: (await house.request('POST', '/integrations', { type: 'crm', name: 'CRM' })).id,
    webhook: (await house.request('POST', '/webhooks', hook)).id,
  };
}

test('another organization finds nothing of ours, by no route and in no list or sum', async () => {
  const house = await VoiceraHouse.open({ voiceraLimits: { general: 1_000 } });
  const ids = await furnished(house);
  const { token } = await house.stranger();
  for (const [method, template, code] of routes) {
    const path = template.replace(/\{(\w+)\}/, (_, name: string) => ids[name] ?? '');
    const body = path.endsWith('/notes') ? { notes: 'x' } : method === 'PUT' ? {} : undefined;
    const reply = await house.request(method, path, body, token);
    expect([method, template, ...reply.failure]).toEqual([method, template, 404, code]);
  }
  for (const path of lists)
    expect([path, (await house.request('GET', path, undefined, token)).at('total')]).toEqual([path, 0]);
  expect((await house.request('GET', '/users', undefined, token)).at('total')).toBe(1);
  expect((await house.request('GET', '/analytics/calls', undefined, token)).at('total_calls')).toBe(0);
  expect(
    (await house.request('GET', `/analytics/calls?agent_id=${ids['agent']}`, undefined, token)).at('total_calls'),
  ).toBe(0);
  expect((await house.request('GET', '/analytics/export', undefined, token)).text.split('\n').length).toBe(2);
  expect((await house.request('GET', '/analytics/agent-performance', undefined, token)).body).toEqual([]);
  const theft = { name: 'Theft', agent_id: ids['agent'], phone_numbers: ['+15550100'] };
  expect((await house.request('POST', '/campaigns', theft, token)).failure).toEqual([404, 'AGENT_001']);
});

test('nothing of it was changed, and without a credential every route is closed', async () => {
  const house = await VoiceraHouse.open({ voiceraLimits: { general: 1_000 } });
  const ids = await furnished(house);
  for (const [method, template] of routes) {
    const path = template.replace(/\{(\w+)\}/, (_, name: string) => ids[name] ?? '');
    const reply = await house.request(method, path, undefined, null);
    expect([method, template, ...reply.failure]).toEqual([method, template, 401, 'AUTH_003']);
  }
  for (const path of [...lists, '/users', '/admin/users', '/admin/logs', '/auth/me', '/analytics/calls']) {
    expect([path, ...(await house.request('GET', path, undefined, null)).failure]).toEqual([path, 401, 'AUTH_003']);
  }
  for (const path of ['agents/agent', 'campaigns/campaign', 'call-logs/call', 'webhooks/webhook']) {
    const [resource, name = ''] = path.split('/');
    expect((await house.request('GET', `/${resource}/${ids[name]}`)).status).toBe(200);
  }
});
