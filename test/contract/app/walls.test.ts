import { expect, test } from 'vitest';
import { AppBrowser, AppHouse, setUpAdmin } from './app-house.ts';

/** A house with an administrator of a second organization, who has nothing to do with the first. */
async function withStranger() {
  const house = await AppHouse.open();
  const root = await setUpAdmin(house);
  const { id: organizationId } = (await root.request('POST', '/organizations', { name: 'Second' })).body;
  const chief = { email: 'chief@example.com', password: 'Chief-Password', role: 'org_admin' };
  await root.request('POST', '/users', { ...chief, organization_id: organizationId });
  const stranger = new AppBrowser(house);
  await stranger.signIn(chief.email, chief.password);
  return { house, root, stranger, organizationId: String(organizationId) };
}

test('an administrator of another organization finds and changes nothing of ours by any operation', async () => {
  const { house, root, stranger } = await withStranger();
  const { organizationId, userId } = house.first;
  const { items } = (await root.request('GET', '/credentials')).body as { items: { id: string }[] };
  const keyId = items[0]?.id ?? '';
  const owner = house.domain.credentials.authenticate(house.first.vaKey) ?? expect.fail('The first key is unknown.');
  const { id: toolId } = await house.domain.tools.create(owner, { name: 'Orders', url: 'http://127.0.0.1:1/' });
  const { id: serverId } = await house.domain.mcpServers.create(owner, {
    name: 'Desk',
    serverUrl: 'http://127.0.0.1:1/',
  });
  const rows = [
    ['GET', `/users/${userId}`],
    ['PATCH', `/users/${userId}`, { first_name: 'Mine' }],
    ['DELETE', `/users/${userId}`],
    ['GET', `/users/${userId}/password-reset`],
    ['POST', `/users/${userId}/password-reset`, {}],
    ['GET', `/organizations/${organizationId}`],
    ['PATCH', `/organizations/${organizationId}`, { name: 'Mine' }],
    ['GET', `/organizations/${organizationId}/outbound-rules`],
    ['PATCH', `/organizations/${organizationId}/outbound-rules`, { may_dial: false }],
    ['PATCH', `/credentials/${keyId}`, { name: 'Mine' }],
    ['POST', `/credentials/${keyId}/regenerate`, {}],
    ['DELETE', `/credentials/${keyId}`],
    ['POST', `/tools/${toolId}/call`, {}],
    ['POST', `/mcp-servers/${serverId}/call`, { tool: 'order_status' }],
    ['POST', `/mcp-servers/${serverId}/refresh`, {}],
  ] as const;
  const seen: [string, string, number][] = [];
  for (const [method, path, body] of rows) {
    seen.push([method, path, (await stranger.request(method, path, body)).status]);
  }
  expect(seen).toEqual(rows.map(([method, path]) => [method, path, 404]));
  const elsewhere = [
    ['GET', `/credentials?organization_id=${organizationId}`],
    ['POST', '/credentials', { kind: 'va', name: 'Mine', organization_id: organizationId }],
    ['DELETE', `/credentials/${keyId}?organization_id=${organizationId}`],
    ['POST', '/users', { email: 'spy@example.com', password: 'Spy-Password', organization_id: organizationId }],
  ] as const;
  for (const [method, path, body] of elsewhere) {
    expect([method, path, (await stranger.request(method, path, body)).status]).toEqual([method, path, 403]);
  }
  expect((await root.request('GET', `/users/${userId}`)).body).toMatchObject({ first_name: 'First', is_active: true });
  expect(house.domain.credentials.authenticate(house.first.vaKey)).toBeDefined();
});

test('an administrator may not name somebody else as the holder of a key', async () => {
  const { house, stranger } = await withStranger();
  const foreign = await stranger.request('POST', '/credentials', {
    kind: 'kupe',
    name: 'Theirs',
    user_id: house.first.userId,
  });
  expect(foreign.status).toBe(404);
});

test('broken and hostile input is refused or taken as the text it is', async () => {
  const house = await AppHouse.open();
  const root = await setUpAdmin(house);
  const statusOf = async (body: unknown) => (await root.request('POST', '/organizations', body)).status;
  expect(await statusOf('{"name":')).toBe(400);
  expect(await statusOf('[]')).toBe(400);
  expect(await statusOf('"text"')).toBe(400);
  expect(await statusOf({ name: 'x'.repeat(201) })).toBe(400);
  expect(await statusOf({ name: 7, settings: [] })).toBe(400);
  const deep = (levels: number) => `{"name":"Deep","settings":${'{"a":'.repeat(levels)}1${'}'.repeat(levels)}}`;
  expect([await statusOf(deep(99)), await statusOf(deep(101)), await statusOf(deep(50_000))]).toEqual([201, 400, 400]);
  const evil = "Robert'); DROP TABLE users;--\r\nSet-Cookie: a=b";
  const made = await root.request('POST', '/organizations', { name: evil, settings: { ['__proto__']: { role: 'x' } } });
  expect([made.status, made.body['name'], made.setCookie]).toEqual([201, evil, null]);
  for (const search of ["' OR 1=1 --", '%', '_', '\\']) {
    const found = await root.request('GET', `/users?search=${encodeURIComponent(search)}`);
    expect([search, found.status, found.body['total']]).toEqual([search, 200, 0]);
  }
  for (const query of ['limit=0', 'limit=x', 'offset=-1', 'organization_id=1']) {
    expect([query, (await root.request('GET', `/users?${query}`)).status]).toEqual([query, 400]);
  }
  expect((await root.request('GET', '/users/..%2F..%2Fsecret.key')).status).toBe(404);
  expect((await root.request('POST', '/session', { email: ['a'], password: { $ne: '' } })).status).toBe(400);
  expect((await root.request('GET', '/users')).body).toMatchObject({ total: 2 });
});

test('a cookie is worth nothing to a page of another site', async () => {
  const house = await AppHouse.open();
  const root = await setUpAdmin(house);
  const evil = { Origin: 'https://evil.example' };
  expect((await root.request('POST', '/organizations', { name: 'Stolen' }, evil)).status).toBe(403);
  const read = await root.request('GET', '/users', undefined, evil);
  expect(read.headers.get('access-control-allow-origin')).toBeNull();
  const own = { Origin: house.server.url };
  expect((await root.request('POST', '/organizations', { name: 'Own' }, own)).status).toBe(201);
  // A cookie of the va_ API is none of ours.
  const { token } = await house.domain.identity.signInWithCookie(
    { email: house.first.email, password: house.first.password, remoteAddress: '127.0.0.1' },
    'va',
  );
  const borrowed = { Cookie: `landline_session=${token}` };
  expect((await house.request('GET', '/app/api/users', undefined, borrowed)).status).toBe(401);
});
