import { expect, test } from 'vitest';
import { VirtualClock } from '../../../server/lifetime/virtual-clock.ts';
import { AppBrowser, AppHouse, admin, setUpAdmin } from './app-house.ts';

test('the token on the console makes the first super administrator, once', async () => {
  const house = await AppHouse.open();
  const browser = new AppBrowser(house);
  expect((await browser.request('GET', '/setup')).body).toEqual({ needed: true, registration_open: true });
  expect((await browser.request('POST', '/setup', { token: 'x'.repeat(43), ...admin })).status).toBe(403);
  const token = house.domain.setup.offerToken();
  const made = await browser.request('POST', '/setup', { token, ...admin, first_name: 'Root' });
  expect(made.status).toBe(201);
  expect(made.body).toMatchObject({ email: admin.email, role: 'super_admin', first_name: 'Root' });
  expect(made.setCookie).toMatch(/^landline_session=[\w-]{43}; Path=\/app; Max-Age=\d+; HttpOnly; SameSite=Lax$/);
  expect((await browser.request('GET', '/session')).body).toMatchObject({ email: admin.email });
  const again = await browser.request('POST', '/setup', {
    token,
    email: 'second@example.com',
    password: 'Long-Enough',
  });
  expect([again.status, again.body['code']]).toEqual([409, 'setup-done']);
  expect(house.domain.setup.offerToken()).toBeUndefined();
});

test('a setup that is wrong in several ways says all of it and makes nobody', async () => {
  const house = await AppHouse.open();
  const token = house.domain.setup.offerToken();
  const reply = await new AppBrowser(house).request('POST', '/setup', { token, email: 'none', password: 'short' });
  expect(reply.status).toBe(400);
  const { problems } = reply.body['details'] as { problems: { field: string }[] };
  expect(problems.map(({ field }) => field)).toEqual(['email', 'password']);
  expect(house.domain.setup.isNeeded).toBe(true);
});

test('signing out ends the cookie at once; a session of a person who is switched off or deleted ends too', async () => {
  const house = await AppHouse.open();
  const root = await setUpAdmin(house);
  const person = { email: 'dev@example.com', password: 'Dev-Has-A-Password', role: 'developer' };
  const { id } = (await root.request('POST', '/users', person)).body;
  const browser = new AppBrowser(house);
  await browser.signIn(person.email, person.password);
  expect((await browser.request('GET', '/session')).body).toMatchObject({ id });
  await root.request('PATCH', `/users/${String(id)}`, { is_active: false });
  expect((await browser.request('GET', '/session')).status).toBe(401);
  expect((await browser.signIn(person.email, person.password)).status).toBe(403);
  await root.request('PATCH', `/users/${String(id)}`, { is_active: true });
  expect((await browser.signIn(person.email, person.password)).status).toBe(200);
  const { cookie } = browser;
  await browser.request('DELETE', '/session');
  expect((await browser.request('GET', '/session', undefined, { Cookie: cookie })).status).toBe(401);
  await browser.signIn(person.email, person.password);
  await root.request('DELETE', `/users/${String(id)}`);
  expect((await browser.request('GET', '/session')).status).toBe(401);
  expect((await root.request('POST', '/users', person)).status).toBe(201);
});

test('nobody hands out a role above their own, acts on one, or removes the last super administrator', async () => {
  const house = await AppHouse.open();
  const root = await setUpAdmin(house);
  const rootId = String((await root.request('GET', '/session')).body['id']);
  const boss = new AppBrowser(house);
  await root.request('POST', '/users', { email: 'boss@example.com', password: 'Boss-Password', role: 'org_admin' });
  await boss.signIn('boss@example.com', 'Boss-Password');
  expect((await boss.request('PATCH', `/users/${rootId}`, { role: 'user' })).status).toBe(403);
  expect((await boss.request('PATCH', `/users/${rootId}`, { email: 'mine@example.com' })).status).toBe(403);
  expect((await boss.request('POST', `/users/${rootId}/password-reset`)).status).toBe(403);
  expect((await boss.request('DELETE', `/users/${rootId}`)).status).toBe(403);
  const king = { email: 'king@example.com', password: 'King-Password', role: 'super_admin' };
  expect((await boss.request('POST', '/users', king)).status).toBe(403);
  const demoted = await root.request('PATCH', `/users/${rootId}`, { role: 'user' });
  expect([demoted.status, demoted.body['code']]).toEqual([409, 'last-administrator']);
  const bossId = String((await boss.request('GET', '/session')).body['id']);
  expect((await boss.request('PATCH', `/users/${bossId}`, { role: 'super_admin' })).status).toBe(403);
});

test('an administrator sees their organization only, a super administrator every one', async () => {
  const house = await AppHouse.open();
  const root = await setUpAdmin(house);
  const { id: organizationId } = (await root.request('POST', '/organizations', { name: 'Second' })).body;
  const chief = { email: 'chief@example.com', password: 'Chief-Password', role: 'org_admin' };
  await root.request('POST', '/users', { ...chief, organization_id: organizationId });
  const browser = new AppBrowser(house);
  await browser.signIn(chief.email, chief.password);
  expect((await browser.request('GET', '/users')).body).toMatchObject({ total: 1, items: [{ email: chief.email }] });
  expect((await browser.request('GET', `/users/${house.first.userId}`)).status).toBe(404);
  expect((await browser.request('GET', '/organizations')).body).toMatchObject({ total: 1 });
  expect((await browser.request('GET', `/organizations/${house.first.organizationId}`)).status).toBe(404);
  const other = `/credentials?organization_id=${house.first.organizationId}`;
  expect((await browser.request('GET', other)).status).toBe(403);
  expect((await root.request('GET', '/users?search=CHIEF')).body).toMatchObject({ total: 1 });
  expect((await root.request('GET', '/organizations')).body).toMatchObject({ total: 2 });
});

test('who registers gets an organization that may not dial until a super administrator grants it', async () => {
  const house = await AppHouse.open();
  const root = await setUpAdmin(house);
  const stranger = { email: 'stranger@example.com', password: 'SecurePass123!', first_name: 'Sam', last_name: 'Stone' };
  const registered = await house.request('POST', '/auth/register', stranger);
  expect(registered.status).toBe(201);
  const user = house.domain.users.findByEmail(stranger.email);
  const organizationId = user?.organizationId ?? '';
  expect(user).toMatchObject({ role: 'user', fullName: 'Sam Stone' });
  expect(house.domain.organizations.find(organizationId)).toMatchObject({
    name: 'Sam Stone',
    isRegistered: true,
  });
  const { key } = await house.domain.credentials.issue({ organizationId, name: 'Theirs' });
  const va = { Authorization: `Bearer ${key}` };
  const agent = { name: 'Robot', system_prompt: 'You call.' };
  const { data: made } = (await house.request('POST', '/api/v1/agents', agent, va)).body as { data: { id: string } };
  const task = { agent_id: made.id, name: 'Call', to_number: 'sip:100@127.0.0.1' };
  const { data } = (await house.request('POST', '/api/v1/tasks', task, va)).body as { data: { id: string } };
  const execute = async () => (await house.request('POST', `/api/v1/tasks/${data.id}/execute`, {}, va)).status;
  expect(await execute()).toBe(403);

  const own = new AppBrowser(house);
  await own.signIn(stranger.email, stranger.password);
  const path = `/organizations/${organizationId}`;
  expect((await own.request('GET', path)).body).toMatchObject({ dialling_allowed: false });
  expect((await own.request('PATCH', `${path}/outbound-rules`, { may_dial: true })).status).toBe(403);
  const granted = await root.request('PATCH', `${path}/outbound-rules`, { may_dial: true });
  expect(granted.body).toEqual({
    may_dial: true,
    allowed_prefixes: [],
    max_calls_at_once: null,
    max_calls_per_hour: null,
  });
  expect((await own.request('GET', path)).body).toMatchObject({ dialling_allowed: true });
  // Allowed now, but this house has no telephone.
  expect(await execute()).toBe(503);
});

test('registration can be turned off, by super administrators alone', async () => {
  const house = await AppHouse.open();
  const root = await setUpAdmin(house);
  const first = new AppBrowser(house);
  await first.signIn(house.first.email, house.first.password);
  expect((await first.request('PATCH', '/settings', { registration_open: false })).status).toBe(403);
  const closed = await root.request('PATCH', '/settings', { registration_open: false });
  expect(closed.body).toMatchObject({ registration_open: false });
  const stranger = { email: 'late@example.com', password: 'SecurePass123!', remoteAddress: '10.0.0.1' };
  await expect(house.domain.identity.register(stranger)).rejects.toMatchObject({ code: 'registration-closed' });
  expect(house.domain.users.findByEmail(stranger.email)).toBeUndefined();
});

test('registrations, sign-ins and resets from one address are limited, and the limit ends with its hour', async () => {
  const clock = new VirtualClock(Date.UTC(2030, 0, 1));
  const house = await AppHouse.open(clock);
  const browser = new AppBrowser(house);
  const ask = () => browser.request('POST', '/password/forgot', { email: 'nobody@example.com' });
  for (let count = 0; count < 60; count++) expect((await ask()).status).toBe(200);
  const refused = await ask();
  expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '3600']);
  await clock.advance(3_600_000);
  expect((await ask()).status).toBe(200);
});

test('a forgotten password is reset by a token that an administrator reads out, once and within the hour', async () => {
  const clock = new VirtualClock(Date.UTC(2030, 0, 1));
  const house = await AppHouse.open(clock);
  const root = await setUpAdmin(house);
  const { userId, email, password } = house.first;
  const browser = new AppBrowser(house);
  await browser.signIn(email, password);
  const path = `/users/${userId}/password-reset`;
  expect((await root.request('GET', path)).body).toEqual({ reset: null });
  await browser.request('POST', '/password/forgot', { email });
  const { token } = (await root.request('GET', path)).body['reset'] as { token: string };
  expect(house.storedBytes().includes(token)).toBe(false);
  expect((await browser.request('GET', path)).status).toBe(200);

  await clock.advance(3_600_000);
  const late = await browser.request('POST', '/password/reset', { token, password: 'Another-Password' });
  expect([late.status, late.body['code']]).toEqual([400, 'reset-token-invalid']);
  const { reset } = (await root.request('POST', path)).body as { reset: { token: string; reset_url: string } };
  expect(reset.reset_url.endsWith(reset.token)).toBe(true);
  const next = { token: reset.token, password: 'Another-Password' };
  expect((await browser.request('POST', '/password/reset', next)).status).toBe(200);
  expect((await browser.request('POST', '/password/reset', next)).status).toBe(400);
  expect((await browser.request('GET', '/session')).status).toBe(401);
  expect((await browser.signIn(email, password)).status).toBe(401);
  expect((await browser.signIn(email, 'Another-Password')).status).toBe(200);
});

test("changing one's password ends all other sessions and keeps one's own", async () => {
  const house = await AppHouse.open();
  const { email, password } = house.first;
  const [here, elsewhere] = [new AppBrowser(house), new AppBrowser(house)];
  await here.signIn(email, password);
  await elsewhere.signIn(email, password);
  expect((await here.request('POST', '/password', { current: 'wrong', next: 'Another-Password' })).status).toBe(401);
  expect((await here.request('POST', '/password', { current: password, next: 'Another-Password' })).status).toBe(200);
  expect((await here.request('GET', '/session')).status).toBe(200);
  expect((await elsewhere.request('GET', '/session')).status).toBe(401);
});

test('an invitation makes an account', async () => {
  const house = await AppHouse.open();
  const root = await setUpAdmin(house);
  const invited = await root.request('POST', '/invitations', { email: 'guest@example.com', role: 'developer' });
  const { token, invitation_url: url } = invited.body as { token: string; invitation_url: string };
  expect(url.endsWith(token)).toBe(true);
  expect((await root.request('GET', '/invitations')).body['items']).toMatchObject([{ email: 'guest@example.com' }]);
  const guest = new AppBrowser(house);
  const accepted = { token, password: 'Guest-Password', first_name: 'Gus' };
  expect((await guest.request('POST', '/invitations/accept', accepted)).body).toMatchObject({ role: 'developer' });
  expect((await guest.request('POST', '/invitations/accept', accepted)).status).toBe(400);
  expect((await guest.signIn('guest@example.com', 'Guest-Password')).status).toBe(200);
  expect((await guest.request('POST', '/invitations', { email: 'eve@example.com' })).status).toBe(403);
});

test('nothing of our own API answers without a credential but what begins one', async () => {
  const house = await AppHouse.open();
  const rows = [
    'GET /session',
    'POST /password',
    'GET /users',
    'POST /users',
    'GET /invitations',
    'GET /organizations',
    'GET /credentials',
    'POST /credentials',
    'GET /settings',
    'PATCH /settings',
    'POST /signing-keys/rotate',
    'GET /counters',
    'POST /import',
  ];
  for (const row of rows) {
    const [method = '', path = ''] = row.split(' ');
    const reply = await house.request(method, `/app/api${path}`, method === 'GET' ? undefined : {});
    expect([row, reply.status]).toEqual([row, 401]);
  }
  expect((await house.request('GET', '/app/api/nothing')).status).toBe(404);
  const wrong = await house.request('PUT', '/app/api/users', {});
  expect([wrong.status, wrong.headers.get('allow')]).toEqual([405, 'GET, POST']);
});
