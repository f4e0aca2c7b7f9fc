import { createServer } from 'node:net';
import { expect, test } from 'vitest';
import { VirtualClock } from '../../../server/lifetime/virtual-clock.ts';
import { example, VaHouse, withoutChance } from './va-house.ts';

const unknownId = '00000000-0000-4000-8000-000000000000';

test('a wrong key is 401 in the envelope of this API', async () => {
  const house = await VaHouse.open();
  const wrong = await house.request('GET', '/agents', undefined, `va_${'x'.repeat(43)}`);
  expect(wrong.status).toBe(401);
  expect(withoutChance(wrong.body)).toEqual(JSON.parse(example('error.response.json')));
  expect((await house.request('GET', '/calls', undefined, 'nonsense')).status).toBe(401);
});

test('without a credential a shared path answers so that readers of every API understand', async () => {
  const house = await VaHouse.open();
  const response = await fetch(`${house.server.url}/api/v1/agents`);
  expect([response.status, response.headers.get('www-authenticate')]).toEqual([401, 'Bearer']);
  expect(withoutChance(await response.json())).toEqual({
    detail: 'Not authenticated',
    success: false,
    error: 'Unauthorized',
    details: null,
    meta: { timestamp: '<time>', request_id: '<uuid>' },
  });
  const unknown = await fetch(`${house.server.url}/api/v1/nothing`);
  expect([unknown.status, await unknown.json()]).toMatchObject([404, { detail: 'Not Found', success: false }]);
});

test('a revoked key lets nobody in', async () => {
  const house = await VaHouse.open();
  const { credential, key } = await house.domain.credentials.issue({
    organizationId: house.organizationId,
    name: 'Second',
  });
  expect((await house.request('GET', '/agents', undefined, key)).status).toBe(200);
  await house.domain.credentials.revoke(house.organizationId, credential.id);
  expect((await house.request('GET', '/agents', undefined, key)).status).toBe(401);
});

test('another organization finds nothing of ours by any operation', async () => {
  const house = await VaHouse.open();
  const theirs = await house.strangersKey();
  const call = await house.startedCall();
  const { task_id: task, agent_id: agent } = (await house.request('GET', `/calls/${call}`)).body.data;
  const seen: [string, number][] = [];
  const paths = [
    `GET /agents/${String(agent)}`,
    `PATCH /agents/${String(agent)}`,
    `DELETE /agents/${String(agent)}`,
    `GET /tasks/${String(task)}`,
    `PATCH /tasks/${String(task)}`,
    `DELETE /tasks/${String(task)}`,
    `POST /tasks/${String(task)}/execute`,
    `POST /tasks/${String(task)}/reset`,
    `GET /calls/${call}`,
    `GET /calls/${call}/transcript`,
    `GET /calls/${call}/recording`,
    `GET /calls/${call}/recording/stream`,
    `GET /calls/${call}/live`,
    `POST /calls/${call}/end`,
    `POST /calls/${call}/cancel`,
  ];
  for (const line of paths) {
    const [method = '', path = ''] = line.split(' ');
    const body = method === 'GET' || method === 'DELETE' ? undefined : {};
    seen.push([line, (await house.request(method, path, body, theirs)).status]);
  }
  expect(seen).toEqual(paths.map((line) => [line, 404]));
  for (const list of ['agents', 'tasks', 'calls']) {
    const { body } = await house.request('GET', `/${list}`, undefined, theirs);
    expect([body.data, body.meta['total']]).toEqual([[], 0]);
  }
  expect((await house.request('GET', `/calls/${call}`)).body.data).toMatchObject({ status: 'initiated' });
});

test('an unknown id, an id that is none, an unknown endpoint and a wrong method are each told', async () => {
  const house = await VaHouse.open();
  for (const path of [
    `/agents/${unknownId}`,
    '/agents/42',
    '/calls/x/live',
    '/nothing',
    `/calls/${unknownId}/report`,
  ]) {
    const reply = await house.request('GET', path);
    expect([path, reply.status, reply.body.success]).toEqual([path, 404, false]);
  }
  const wrong = await house.request('PUT', `/agents/${unknownId}`, {});
  expect([wrong.status, wrong.headers.get('allow')]).toEqual([405, 'GET, PATCH, DELETE']);
});

test('a body that is broken, too large or no object is 400', async () => {
  const house = await VaHouse.open();
  const bad = [
    ['{"name":', 'invalid-request'],
    [`{"name":"${'x'.repeat(1_100_000)}"}`, 'body-too-large'],
    ['[]', 'invalid-request'],
    ['"text"', 'invalid-request'],
  ] as const;
  for (const [body, code] of bad) {
    const { status, body: answer } = await house.request('POST', '/agents', body);
    expect([status, answer.details.code, answer.details.problems[0]?.field]).toEqual([400, code, 'body']);
  }
});

test('a key has so many requests a minute, is told so with every answer, and starts anew with the next minute', async () => {
  const clock = new VirtualClock(Date.UTC(2030, 0, 1, 12, 0, 30));
  const house = await VaHouse.open({ rateLimit: 3, clock });
  const { key } = await house.domain.credentials.issue({ organizationId: house.organizationId, name: 'Second' });
  const remaining: unknown[] = [];
  for (let count = 0; count < 3; count++) {
    remaining.push((await house.request('GET', '/agents')).headers.get('x-ratelimit-remaining'));
  }
  expect(remaining).toEqual(['2', '1', '0']);
  const refused = await house.request('GET', '/agents');
  expect([refused.status, refused.body.error]).toEqual([429, 'Rate limit exceeded']);
  expect(refused.headers.get('x-ratelimit-limit')).toBe('3');
  expect(refused.headers.get('x-ratelimit-reset')).toBe(String(Date.UTC(2030, 0, 1, 12, 1) / 1000));
  expect(refused.headers.get('retry-after')).toBe('30');
  expect((await house.request('GET', '/agents', undefined, key)).status).toBe(200);
  await clock.advance(30_000);
  expect((await house.request('GET', '/agents')).status).toBe(200);
});

test('a wrong path and a wrong method count, too, and say so', async () => {
  const house = await VaHouse.open({ rateLimit: 3 });
  const left = async (method: string, path: string) => {
    const { headers, status } = await house.request(method, path, method === 'GET' ? undefined : {});
    return [status, headers.get('x-ratelimit-remaining'), headers.get('x-ratelimit-limit')];
  };
  expect(await left('GET', '/nothing')).toEqual([404, '2', '3']);
  expect(await left('PUT', '/agents')).toEqual([405, '1', '3']);
  expect(await left('GET', '/agents')).toEqual([200, '0', '3']);
  expect(await left('GET', '/nothing')).toEqual([429, '0', '3']);
  const stranger = await house.request('GET', '/nothing', undefined, `va_${'x'.repeat(43)}`);
  expect([stranger.status, stranger.headers.get('x-ratelimit-limit')]).toEqual([404, null]);
});

test('health needs no key', async () => {
  const house = await VaHouse.open();
  const response = await fetch(`${house.server.url}/health`);
  expect([response.status, await response.json()]).toEqual([
    200,
    {
      status: 'healthy',
      timestamp: expect.any(Number) as number,
      service: 'milli-ai-backend',
      database: 'connected',
      version: '0.0.0-test',
    },
  ]);
});

test('a taken port is an error that names the port and the setting; a taken socket port is only a warning', async () => {
  const taken = createServer();
  await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve));
  const { port } = taken.address() as { port: number };
  await expect(VaHouse.open({ port })).rejects.toMatchObject({
    code: 'http-port-taken',
    message: expect.stringMatching(new RegExp(`${port}.*LANDLINE_HTTP_PORT`)) as string,
  });
  const house = await VaHouse.open({ extraPorts: { vaSocketPort: port, voicePort: null, voiceraPort: null } });
  expect(house.server.openExtraPorts.vaSocketPort).toBeUndefined();
  expect((await house.request('GET', '/agents')).status).toBe(200);
  taken.close();
});

test('a port that a predecessor still holds is waited for', async () => {
  const predecessor = createServer();
  await new Promise<void>((resolve) => predecessor.listen(0, '127.0.0.1', resolve));
  const { port } = predecessor.address() as { port: number };
  const opening = VaHouse.open({ port, portWaitMs: 10_000 });
  setTimeout(() => predecessor.close(), 500);
  const house = await opening;
  expect(house.server.url).toBe(`http://127.0.0.1:${port}`);
  expect((await house.request('GET', '/agents')).status).toBe(200);
});

test("the house's counters are told to the bearer of a key, and to nobody else", async () => {
  const house = await VaHouse.open();
  const url = `${house.server.url}/app/api/counters`;
  expect((await fetch(url)).status).toBe(401);
  expect((await fetch(url, { headers: { authorization: 'Bearer va_wrong' } })).status).toBe(401);
  const told = await fetch(url, { headers: { authorization: `Bearer ${house.key}` } });
  expect(await told.json()).toEqual({ calls: { live: 0 }, media: { legs: 0 }, speech: null });
});
