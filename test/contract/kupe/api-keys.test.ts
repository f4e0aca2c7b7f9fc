import { expect, test } from 'vitest';
import { KupeHouse } from './kupe-house.ts';

const base = '/api/v1/api-keys';
const unknownId = '00000000-0000-4000-8000-000000000000';

test('a key is made, works, is listed without its secret, renamed and revoked', async () => {
  const house = await KupeHouse.open();
  const made = await house.request('POST', base, { name: 'CRM' });
  expect(made.status).toBe(200);
  expect(made.at('api_key')).toMatchObject({
    user_id: house.userId,
    name: 'CRM',
    provider_name: 'milli_chat_ai',
    is_active: true,
    api_key: expect.stringMatching(/^[0-9A-Za-z]{32}$/) as unknown,
  });
  const [id, key] = [made.id('api_key', 'id'), made.id('api_key', 'api_key')];
  expect(key.startsWith(made.id('api_key', 'key_prefix'))).toBe(true);
  expect((await house.request('GET', '/api/v1/me', undefined, { key })).status).toBe(200);
  const listed = await house.request('GET', `${base}/fetch/${house.userId}`);
  expect(listed.list()).toContainEqual(expect.objectContaining({ id, name: 'CRM' }));
  expect(listed.text).not.toContain(key);
  expect((await house.request('GET', `${base}/fetch?user_id=${house.userId}`)).list()).toHaveLength(2);
  expect((await house.request('GET', `${base}/fetch`)).list()).toHaveLength(2);
  expect((await house.request('PATCH', `${base}/${id}`, { name: '' })).at('api_key', 'name')).toBeNull();
  expect((await house.request('DELETE', `${base}/${id}`)).body).toEqual({ message: 'API key revoked' });
  expect((await house.request('GET', '/api/v1/me', undefined, { key })).status).toBe(401);
  expect((await house.request('DELETE', `${base}/${id}`)).status).toBe(404);
  expect((await house.request('GET', `${base}/fetch`)).list()).toHaveLength(1);
});

test("the older contract's own secret is taken, when nobody could guess it", async () => {
  const house = await KupeHouse.open();
  const api_key = 'AbCdEfGhIjKlMnOpQrStUvWxYz012345';
  const body = { user_id: house.userId, provider_name: 'milli_chat_ai', api_key };
  expect((await house.request('POST', base, body)).id('api_key', 'api_key')).toBe(api_key);
  expect((await house.request('GET', '/api/v1/me', undefined, { key: api_key })).status).toBe(200);
  expect((await house.request('POST', base, body)).status).toBe(409);
  expect((await house.request('POST', base, { ...body, api_key: 'short' })).status).toBe(400);
});

test('whether a key exists is answered for one user and provider', async () => {
  const house = await KupeHouse.open();
  const exists = async (provider_name: string) =>
    (await house.request('POST', `${base}/exists`, { user_id: house.userId, provider_name })).body;
  expect([await exists('milli_chat_ai'), await exists('other')]).toEqual([true, false]);
});

test("only admins handle other people's keys, and none of a higher role's", async () => {
  const house = await KupeHouse.open();
  const developer = await house.person('developer');
  const admin = await house.person('org_admin');
  const root = await house.person('super_admin');
  const forDeveloper = { user_id: developer.userId };
  expect((await house.request('POST', base, { user_id: admin.userId }, developer.key)).status).toBe(403);
  expect((await house.request('GET', `${base}/fetch/${admin.userId}`, undefined, developer.key)).status).toBe(403);
  expect((await house.request('POST', base, { user_id: root.userId }, admin.session)).status).toBe(403);
  const made = await house.request('POST', base, forDeveloper, admin.session);
  const path = `${base}/${made.id('api_key', 'id')}`;
  const other = await house.person('developer');
  expect((await house.request('DELETE', path, undefined, other.key)).status).toBe(404);
  expect((await house.request('PATCH', path, { name: 'x' }, developer.session)).status).toBe(200);
  expect((await house.request('DELETE', path, undefined, admin.session)).status).toBe(200);
});

test('a narrowed key makes no wider one', async () => {
  const house = await KupeHouse.open();
  const { organizationId, userId } = house;
  const scopes = [{ pathPrefix: '/api/v1/api-keys', method: '*' }];
  const { key } = await house.domain.credentials.issue({ kind: 'kupe', organizationId, userId, name: 'N', scopes });
  const made = await house.request('POST', base, {}, { key });
  const child = { key: made.id('api_key', 'api_key') };
  const refused = await house.request('GET', '/api/v1/agents', undefined, child);
  expect([refused.status, refused.detail]).toEqual([403, 'Forbidden: API Key does not have required scopes']);
});

test('keys of another organization are unknown', async () => {
  const house = await KupeHouse.open();
  const id = (await house.request('POST', base, {})).id('api_key', 'id');
  const { key } = await house.stranger();
  const status = async (method: string, path: string, body?: object) =>
    (await house.request(method, base + path, body, key)).status;
  expect(await status('PATCH', `/${id}`, { name: 'x' })).toBe(404);
  expect(await status('DELETE', `/${id}`)).toBe(404);
  expect(await status('GET', `/fetch/${house.userId}`)).toBe(404);
  expect(await status('GET', `/fetch?user_id=${house.userId}`)).toBe(404);
  expect(await status('POST', '/exists', { user_id: house.userId, provider_name: 'x' })).toBe(404);
  expect(await status('POST', '', { user_id: house.userId })).toBe(404);
  expect((await house.request('DELETE', `${base}/${unknownId}`)).status).toBe(404);
});
