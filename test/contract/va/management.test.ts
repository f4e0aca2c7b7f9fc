import { expect, test } from 'vitest';
import { type Envelope, VaHouse } from './va-house.ts';

/** A browser that keeps its cookie. */
class Browser {
  readonly #house: VaHouse;
  #cookie = '';

  constructor(house: VaHouse) {
    this.#house = house;
  }

  async request(method: string, path: string, body?: unknown, headers: Record<string, string> = {}) {
    const response = await fetch(`${this.#house.server.url}/api/v1${path}`, {
      method,
      headers: { 'Content-Type': 'application/json', Cookie: this.#cookie, ...headers },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const setCookie = response.headers.get('set-cookie');
    if (setCookie !== null) this.#cookie = setCookie.split(';')[0] ?? '';
    return { status: response.status, setCookie, body: (await response.json()) as Envelope };
  }

  signIn(email: string, password: string) {
    return this.request('POST', '/auth/login', { email, password });
  }
}

async function openWithAdmin() {
  const house = await VaHouse.open();
  const { organizationId } = house;
  const email = 'ada@example.com';
  const password = 'Enough-Letters-1';
  await house.domain.users.create({ organizationId, email, role: 'org_admin', fullName: 'Ada Admin', password });
  const browser = new Browser(house);
  const login = await browser.signIn(email, password);
  return { house, browser, login, email, password, organizationId };
}

test('signing in sets a cookie that pages cannot read, and signing out ends it at once', async () => {
  const { browser, login, email, organizationId } = await openWithAdmin();
  expect(login.status).toBe(200);
  expect(login.setCookie).toMatch(/^va_session=[\w-]{43}; Path=\/; Max-Age=43\d{3}; HttpOnly; SameSite=Lax$/);
  expect(login.body.data).toMatchObject({
    user: { email, role: 'org_admin', full_name: 'Ada Admin', organization_id: organizationId },
    organization: { id: organizationId },
  });
  expect(JSON.stringify(login.body)).not.toMatch(/hash|password/);
  const cookie = login.setCookie?.split(';')[0] ?? '';
  expect((await browser.request('GET', '/users')).status).toBe(200);
  expect((await browser.request('POST', '/auth/logout')).body.data).toEqual({ signed_out: true });
  expect((await browser.request('GET', '/users', undefined, { Cookie: cookie })).status).toBe(401);
});

test('a wrong password and an unknown address are the same 401, and the eleventh attempt waits', async () => {
  const { house, email, password } = await openWithAdmin();
  const browser = new Browser(house);
  const wrong = await browser.signIn(email, 'something else');
  const unknown = await browser.signIn('nobody@example.com', 'something else');
  expect([wrong.status, wrong.body.error]).toEqual([401, unknown.body.error]);
  expect(unknown.status).toBe(401);
  for (let count = 1; count < 10; count++) await browser.signIn(email, 'something else');
  const refused = await browser.signIn(email, password);
  expect([refused.status, refused.body.details.code]).toEqual([429, 'too-many-attempts']);
  expect((await new Browser(house).signIn('nobody@example.com', 'x')).status).toBe(401);
});

test('a va_ key manages nobody', async () => {
  const { house } = await openWithAdmin();
  const id = '00000000-0000-4000-8000-000000000000';
  const rows = [
    'POST /auth/logout',
    'GET /api-keys',
    'POST /api-keys',
    `DELETE /api-keys/${id}`,
    `POST /api-keys/${id}/regenerate`,
    'GET /organizations',
    'POST /organizations',
    `GET /organizations/${id}`,
    `PATCH /organizations/${id}`,
    'GET /users',
    'POST /users/invite',
  ];
  for (const row of rows) {
    const [method = '', path = ''] = row.split(' ');
    const reply = await house.request(method, path, method === 'GET' ? undefined : {});
    expect([row, reply.status, reply.body.error]).toEqual([row, 403, 'Session authentication required']);
  }
});

test('a key is shown once, works at once, is replaced, and ends when it is deleted', async () => {
  const { house, browser } = await openWithAdmin();
  const made = await browser.request('POST', '/api-keys', { name: 'Till', expires_at: '2099-01-01T00:00:00Z' });
  expect(made.status).toBe(201);
  const { id, key, key_prefix: prefix } = made.body.data as Record<string, string>;
  expect(key).toMatch(/^va_[\w-]{43}$/);
  expect(key?.startsWith(prefix ?? '?')).toBe(true);
  expect((await house.request('GET', '/agents', undefined, key)).status).toBe(200);

  const list = await browser.request('GET', '/api-keys');
  expect(list.body.meta).toMatchObject({ total: 2, has_more: false });
  expect(JSON.stringify(list.body)).not.toContain(key);
  expect(list.body.data).toMatchObject([{ id, name: 'Till', expires_at: '2099-01-01T00:00:00.000Z' }, {}]);

  const again = await browser.request('POST', `/api-keys/${id}/regenerate`);
  const { key: newKey } = again.body.data as Record<string, string>;
  expect((await house.request('GET', '/agents', undefined, key)).status).toBe(401);
  expect((await house.request('GET', '/agents', undefined, newKey)).status).toBe(200);
  expect((await browser.request('DELETE', `/api-keys/${id}`)).body.data).toEqual({ id, deleted: true });
  expect((await house.request('GET', '/agents', undefined, newKey)).status).toBe(401);
  expect((await browser.request('DELETE', `/api-keys/${id}`)).status).toBe(404);
});

test('keys of another organization or another dialect are not there', async () => {
  const { house, browser } = await openWithAdmin();
  const { id: organizationId } = await house.domain.organizations.create('Strangers');
  const { credential } = await house.domain.credentials.issue({ organizationId, name: 'Theirs' });
  expect((await browser.request('DELETE', `/api-keys/${credential.id}`)).status).toBe(404);
  expect((await browser.request('GET', `/organizations/${organizationId}`)).status).toBe(404);
  expect((await browser.request('PATCH', `/organizations/${organizationId}`, { name: 'Ours' })).status).toBe(404);
  const ownKupe = house.domain.credentials.list({ organizationId: house.organizationId, kind: 'kupe' }, allOfThem);
  expect((await browser.request('POST', `/api-keys/${ownKupe.items[0]?.id ?? ''}/regenerate`)).status).toBe(404);
});

const allOfThem = { limit: 100, offset: 0 };

test('an organization keeps its settings by merging them, and only a super administrator makes another', async () => {
  const { browser, organizationId } = await openWithAdmin();
  await browser.request('PATCH', `/organizations/${organizationId}`, { name: 'Clinic', settings: { a: 1, b: [2] } });
  const changed = await browser.request('PATCH', `/organizations/${organizationId}`, { settings: { a: 3 } });
  expect(changed.body.data).toMatchObject({ name: 'Clinic', settings: { a: 3, b: [2] } });
  const list = await browser.request('GET', '/organizations');
  expect(list.body.data).toMatchObject([{ id: organizationId, name: 'Clinic' }]);
  expect((await browser.request('POST', '/organizations', { name: 'Second' })).status).toBe(403);
});

test('an invitation is a link that somebody opens once; nobody invites above their own role', async () => {
  const { house, browser } = await openWithAdmin();
  const invited = await browser.request('POST', '/users/invite', { email: 'bob@example.com', role: 'developer' });
  expect(invited.status).toBe(201);
  const url = String(invited.body.data['invitation_url']);
  expect(url.startsWith(`${house.server.url}/app/#/invitation/`)).toBe(true);
  const token = url.split('/').at(-1) ?? '';
  const password = 'Bob-Has-A-Password';
  const user = await house.domain.invitations.accept(token, { password });
  expect(user).toMatchObject({ email: 'bob@example.com', role: 'developer', organizationId: house.organizationId });
  await expect(house.domain.invitations.accept(token, { password })).rejects.toMatchObject({
    code: 'invitation-invalid',
  });
  const bob = new Browser(house);
  expect((await bob.signIn('bob@example.com', password)).status).toBe(200);
  expect((await bob.request('POST', '/users/invite', { email: 'eve@example.com' })).status).toBe(403);
  const above = await browser.request('POST', '/users/invite', { email: 'eve@example.com', role: 'super_admin' });
  expect(above.status).toBe(403);
  const taken = await browser.request('POST', '/users/invite', { email: 'BOB@example.com' });
  expect([taken.status, taken.body.details.code]).toEqual([400, 'email-taken']);
  const bad = await browser.request('POST', '/users/invite', { email: 'no address', role: 'king' });
  expect(bad.body.details.problems.map(({ field }) => field)).toEqual(['email', 'role']);
});

test("another site's page cannot use the cookie", async () => {
  const { house, browser } = await openWithAdmin();
  const foreign = { Origin: 'https://evil.example' };
  expect((await browser.request('POST', '/api-keys', { name: 'Stolen' }, foreign)).status).toBe(403);
  expect((await browser.request('POST', '/api-keys', { name: 'Own' }, { Origin: house.server.url })).status).toBe(201);
});
