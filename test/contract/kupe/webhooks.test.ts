import { createHmac } from 'node:crypto';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { expect, onTestFinished, test } from 'vitest';
import { KupeHouse, type Reply } from './kupe-house.ts';

const base = '/api/v1/webhooks/agents';
const unknownId = '00000000-0000-4000-8000-000000000000';

interface Received {
  readonly request: IncomingMessage;
  readonly body: string;
}

/** A receiver on loopback that answers with this status and keeps what it got. */
async function receiver(status: number): Promise<{ readonly url: string; readonly received: Received[] }> {
  const received: Received[] = [];
  const server = createServer((request, response) => {
    void text(request).then((body) => {
      received.push({ request, body });
      response.writeHead(status).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`, received };
}

function signed(secret: string, body: string): Record<string, string> {
  return { 'X-Webhook-Signature': `sha256=${createHmac('sha256', secret).update(body).digest('hex')}` };
}

async function incomingOn(house: KupeHouse, agent: string, fields: object = {}): Promise<string> {
  await house.request('PUT', `${base}/${agent}`, { incoming: { enabled: true, ...fields } });
  return (await house.request('GET', `${base}/${agent}?reveal_secret=true`)).id('incoming', 'secret');
}

test('webhooks of an agent are off at first, changed in part, and keep their secrets', async () => {
  const house = await KupeHouse.open();
  const agent = await house.agent();
  const first = await house.request('GET', `${base}/${agent}`);
  expect(first.body).toMatchObject({
    agent_id: agent,
    incoming_url: `${house.server.url}${base}/${agent}/incoming`,
    incoming: { enabled: false, secret: expect.stringMatching(/^\*{8}.{4}$/) as unknown, attached_variables: [] },
    outgoing: { enabled: false, url: null, method: 'POST', headers: {}, auth: null, retry_count: 0 },
  });
  const put = await house.request('PUT', `${base}/${agent}`, {
    trigger_on_web_call: false,
    outgoing: {
      enabled: true,
      url: 'http://10.0.0.9/hook',
      auth: { type: 'bearer', token: 'sesame-1234' },
      retry_count: 3,
    },
    incoming: { attached_variables: [{ name: 'plan', default_value: 5 }] },
  });
  expect(put.body).toMatchObject({
    trigger_on_web_call: false,
    outgoing: { enabled: true, url: 'http://10.0.0.9/hook', auth: { token: '********1234' }, retry_count: 3 },
    incoming: { enabled: false, attached_variables: [{ name: 'plan', default_value: '5' }] },
  });
  // What came masked goes back masked and changes nothing.
  await house.request('PUT', `${base}/${agent}`, put.body);
  const revealed = await house.request('GET', `${base}/${agent}?reveal_secret=true`);
  expect(revealed.at('outgoing', 'auth', 'token')).toBe('sesame-1234');
  const rotated = await house.request('POST', `${base}/${agent}/rotate-secret`);
  expect(rotated.id('incoming', 'secret')).not.toBe(revealed.id('incoming', 'secret'));
  const mine = await house.request('GET', '/api/v1/webhooks/me');
  expect(mine.list('agents').find(({ agent_id }) => agent_id === agent)).toMatchObject({ agent_name: 'Reception' });
  const wrong = await house.request('PUT', `${base}/${agent}`, { outgoing: { retry_count: 99, method: 'GET' } });
  expect(wrong.list('detail')).toHaveLength(2);
  expect((await house.request('PUT', `${base}/${agent}`, { outgoing: { url: 'ftp://x' } })).status).toBe(400);
});

test('a test is delivered, signed, or says why it was not', async () => {
  const house = await KupeHouse.open({}, { egress: { allow: ['127.0.0.1'] } });
  const agent = await house.agent();
  const send = (): Promise<Reply> => house.request('POST', `${base}/${agent}/test-outgoing`);
  expect((await send()).status).toBe(400);
  const good = await receiver(204);
  await house.request('PUT', `${base}/${agent}`, { outgoing: { url: good.url, headers: { 'X-Site': 'a' } } });
  expect((await send()).body).toMatchObject({ success: true, status_code: 204 });
  const secret = (await house.request('GET', `${base}/${agent}?reveal_secret=1`)).id('incoming', 'secret');
  const [got] = good.received;
  expect(got?.request.headers).toMatchObject({ 'x-site': 'a', 'content-type': expect.stringContaining('json') });
  expect(got?.request.headers['x-webhook-signature']).toBe(signed(secret, got?.body ?? '')['X-Webhook-Signature']);
  expect(JSON.parse(got?.body ?? '')).toMatchObject({ test: true, agent_id: agent });
  const bad = await receiver(500);
  await house.request('PUT', `${base}/${agent}`, { outgoing: { url: bad.url } });
  const failed = await send();
  expect([failed.status, failed.detail]).toEqual([502, expect.stringContaining('500')]);
});

test('nothing is sent to an address that the admin has not listed', async () => {
  const house = await KupeHouse.open();
  const agent = await house.agent();
  const { received, url } = await receiver(200);
  await house.request('PUT', `${base}/${agent}`, { outgoing: { url } });
  const refused = await house.request('POST', `${base}/${agent}/test-outgoing`);
  expect([refused.status, refused.detail, received]).toEqual([502, expect.stringContaining('egress.allow'), []]);
});

test('a signed request calls somebody with the values that it brings', async () => {
  const house = await KupeHouse.open();
  const agent = await house.agent();
  const attached_variables = [
    { name: 'plan', default_value: 'basic' },
    { name: 'city', default_value: 'Pune' },
  ];
  const secret = await incomingOn(house, agent, { attached_variables });
  const body = JSON.stringify({
    phoneNumber: '+12025550142',
    city: 'Goa',
    name: 'from the top',
    context_params: { name: 'from the context' },
    variable_values: { name: 'Ada', age: 36 },
  });
  const reply = await house.request('POST', `${base}/${agent}/incoming`, body, 'none', signed(secret, body));
  expect(reply.status).toBe(200);
  expect(reply.body).toMatchObject({
    status: 'success',
    target_number: '+12025550142',
    variable_values: { plan: 'basic', city: 'Goa', name: 'Ada', age: '36' },
  });
  const call = house.domain.calls.get(house.organizationId, reply.id('call_session_id'));
  expect([call.agentId, call.variables]).toEqual([agent, { plan: 'basic', city: 'Goa', name: 'Ada', age: '36' }]);
});

test('a request without a number resolves its values and calls nobody', async () => {
  const house = await KupeHouse.open();
  const agent = await house.agent();
  const secret = await incomingOn(house, agent);
  const body = ' { "a" : 1 } ';
  const reply = await house.request('POST', `${base}/${agent}/incoming`, body, 'none', signed(secret, body));
  expect(reply.body).toEqual({ status: 'resolved', agent_id: agent, variable_values: { a: '1' } });
  expect(house.domain.calls.list({ organizationId: house.organizationId }, { limit: 1, offset: 0 }).total).toBe(0);
});

test('who can not sign is refused before anything is read', async () => {
  const house = await KupeHouse.open();
  const agent = await house.agent();
  const secret = await incomingOn(house, agent);
  const body = JSON.stringify({ phoneNumber: 42 });
  const post = (headers: Record<string, string>, path = agent) =>
    house.request('POST', `${base}/${path}/incoming`, body, 'none', headers);
  expect((await post({})).status).toBe(401);
  expect((await post(signed('another secret entirely', body))).status).toBe(401);
  expect((await post(signed(secret, `${body} `))).status).toBe(401);
  expect((await post(signed(secret, body), unknownId)).status).toBe(404);
  expect((await post(signed(secret, body))).status).toBe(422);
  await house.request('PUT', `${base}/${agent}`, { incoming: { enabled: false } });
  expect((await post(signed(secret, body))).status).toBe(404);
});

test('webhooks of another organization are unknown', async () => {
  const house = await KupeHouse.open();
  const agent = await house.agent();
  const { key } = await house.stranger();
  for (const [method, path] of [
    ['GET', ''],
    ['PUT', ''],
    ['POST', '/rotate-secret'],
    ['POST', '/test-outgoing'],
  ] as const) {
    const body = method === 'GET' ? undefined : {};
    expect([path, (await house.request(method, `${base}/${agent}${path}`, body, key)).status]).toEqual([path, 404]);
    expect([path, (await house.request(method, `${base}/${agent}${path}`, body, 'none')).status]).toEqual([path, 401]);
  }
  expect((await house.request('GET', '/api/v1/webhooks/me', undefined, key)).body).toEqual({ agents: [] });
});
