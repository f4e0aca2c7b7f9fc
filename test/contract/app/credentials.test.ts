import { expect, test } from 'vitest';
import { AppHouse, setUpAdmin } from './app-house.ts';

const broughtKupe = 'kH3xQ9vT2mLp8RsW4nYb6ZcD1fGj7KaE';
const broughtVa = 'va_their-own-key-from-the-old-house-0042';

test('a client that moves in keeps its key, of which only the hash is kept', async () => {
  const house = await AppHouse.open();
  const root = await setUpAdmin(house);
  const { userId } = house.first;
  const kupe = { kind: 'kupe', name: 'Moved', key: broughtKupe, user_id: userId };
  const made = await root.request('POST', '/credentials', kupe);
  expect([made.status, 'key' in made.body]).toEqual([201, false]);
  expect((await root.request('POST', '/credentials', { kind: 'va', name: 'Moved', key: broughtVa })).status).toBe(201);

  const agents = await house.request('GET', '/api/v1/agents', undefined, { 'x-api-key': broughtKupe });
  expect([agents.status, Array.isArray(agents.body)]).toEqual([200, true]);
  const va = await house.request('GET', '/api/v1/agents', undefined, { Authorization: `Bearer ${broughtVa}` });
  expect([va.status, va.body['success']]).toEqual([200, true]);
  const stored = house.storedBytes();
  expect([stored.includes(broughtKupe), stored.includes(broughtVa)]).toEqual([false, false]);
  const list = JSON.stringify((await root.request('GET', '/credentials')).body);
  expect([list.includes(broughtKupe), list.includes(broughtVa)]).toEqual([false, false]);
  const taken = await root.request('POST', '/credentials', kupe);
  expect([taken.status, taken.body['code']]).toEqual([409, 'key-taken']);
});

test('a key that is too short, too plain or of the wrong kind is refused', async () => {
  const house = await AppHouse.open();
  const root = await setUpAdmin(house);
  const attempts = [
    ['kupe', 'x'.repeat(23), 'invalid-request'],
    ['kupe', 'ab'.repeat(16), 'key-unfit'],
    ['kupe', broughtVa, 'key-unfit'],
    ['va', broughtKupe, 'key-unfit'],
    ['kupe', `${broughtKupe} with spaces`, 'key-unfit'],
  ];
  for (const [kind, key, code] of attempts) {
    const reply = await root.request('POST', '/credentials', { kind, name: 'Bad', key, user_id: house.first.userId });
    expect([key, reply.status, reply.body['code']]).toEqual([key, 400, code]);
  }
});

test('keys are renamed, replaced and revoked; each takes effect at once', async () => {
  const house = await AppHouse.open();
  const root = await setUpAdmin(house);
  const made = await root.request('POST', '/credentials', { kind: 'kupe', name: 'One', user_id: house.first.userId });
  const { id, key } = made.body as { id: string; key: string };
  expect(key).toMatch(/^[0-9A-Za-z]{32}$/);
  const works = async (value: string) =>
    (await house.request('GET', '/app/api/counters', undefined, { Authorization: `Bearer ${value}` })).status;
  expect(await works(key)).toBe(200);
  expect((await root.request('PATCH', `/credentials/${id}`, { name: 'Two' })).body).toMatchObject({ name: 'Two' });
  const { key: newKey } = (await root.request('POST', `/credentials/${id}/regenerate`)).body as { key: string };
  expect([await works(key), await works(newKey)]).toEqual([401, 200]);
  expect((await root.request('DELETE', `/credentials/${id}`)).status).toBe(200);
  expect(await works(newKey)).toBe(401);
  expect((await root.request('DELETE', `/credentials/${id}`)).status).toBe(404);
  expect([house.storedBytes().includes(key), house.storedBytes().includes(newKey)]).toEqual([false, false]);
});

test('scopes narrow a key to paths and methods', async () => {
  const house = await AppHouse.open();
  const root = await setUpAdmin(house);
  const scopes = [{ path_prefix: '/api/v1/agents', method: 'GET' }];
  const { key } = (await root.request('POST', '/credentials', { kind: 'va', name: 'Reader', scopes })).body;
  const ask = async (method: string, path: string) =>
    (await house.request(method, path, method === 'GET' ? undefined : {}, { Authorization: `Bearer ${String(key)}` }))
      .status;
  expect(await ask('GET', '/api/v1/agents')).toBe(200);
  expect(await ask('GET', `/api/v1/agents/${house.first.agentId}`)).toBe(200);
  expect(await ask('POST', '/api/v1/agents')).toBe(403);
  expect(await ask('GET', '/api/v1/calls')).toBe(403);
});

test("a person's key ends when the person is switched off, and comes back with them", async () => {
  const house = await AppHouse.open();
  const root = await setUpAdmin(house);
  const { kupeKey, userId } = house.first;
  const status = async () =>
    (await house.request('GET', '/app/api/counters', undefined, { Authorization: `Bearer ${kupeKey}` })).status;
  expect(await status()).toBe(200);
  await root.request('PATCH', `/users/${userId}`, { is_active: false });
  expect(await status()).toBe(401);
  await root.request('PATCH', `/users/${userId}`, { is_active: true });
  expect(await status()).toBe(200);
});
