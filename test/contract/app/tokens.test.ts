import { expect, test } from 'vitest';
import { VirtualClock } from '../../../server/lifetime/virtual-clock.ts';
import { AppHouse, setUpAdmin } from './app-house.ts';

const noon = Date.UTC(2030, 0, 1, 12);

interface Tokens {
  readonly access_token: string;
  readonly refresh_token: string;
}

function claimsOf(token: string): Record<string, unknown> {
  return JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8')) as Record<string, unknown>;
}

async function openHouse() {
  const clock = new VirtualClock(noon);
  const house = await AppHouse.open(clock);
  const { email, password } = house.first;
  const grant = (type: string, body: object) => house.request('POST', `/auth/v1/token?grant_type=${type}`, body);
  const signIn = async () => (await grant('password', { email, password })).body as unknown as Tokens;
  const refresh = (refresh_token: string) => grant('refresh_token', { refresh_token });
  const user = (token: string) =>
    house.request('GET', '/auth/v1/user', undefined, { Authorization: `Bearer ${token}`, apikey: 'anything' });
  return { clock, house, email, password, grant, signIn, refresh, user };
}

test('a Supabase client signs in where it looks for its login service and finds the claims it knows', async () => {
  const { house, grant, email, password, user } = await openHouse();
  const anonKey = { apikey: 'anon', Authorization: 'Bearer eyJhbGciOiJIUzI1NiJ9.eyJhdWQiOiJhbm9uIn0.c2ln' };
  const path = '/auth/v1/token?grant_type=password';
  const { status, body } = await house.request('POST', path, { email, password }, anonKey);
  expect(status).toBe(200);
  expect(body).toMatchObject({
    token_type: 'bearer',
    expires_in: 3_600,
    expires_at: noon / 1_000 + 3_600,
    user: { id: house.first.userId, aud: 'authenticated', role: 'authenticated', email },
  });
  const token = String(body['access_token']);
  expect(claimsOf(token)).toMatchObject({
    sub: house.first.userId,
    aud: 'authenticated',
    role: 'authenticated',
    email,
    app_metadata: { role: 'org_admin' },
    iat: noon / 1_000,
    exp: noon / 1_000 + 3_600,
  });
  expect((await user(token)).body).toMatchObject({ id: house.first.userId, email });
  const wrong = await grant('password', { email, password: 'wrong' });
  expect([wrong.status, wrong.body]).toMatchObject([
    400,
    { error: 'invalid_grant', error_code: 'invalid_credentials', msg: 'Invalid login credentials' },
  ]);
  expect((await grant('password', { email })).status).toBe(422);
  expect((await grant('magic', {})).status).toBe(422);
});

test('an access token ends after an hour, and signing out ends it at once', async () => {
  const { clock, house, signIn, user } = await openHouse();
  const first = await signIn();
  expect((await user(first.access_token)).status).toBe(200);
  await clock.advance(3_600_000);
  expect((await user(first.access_token)).status).toBe(401);
  const second = await signIn();
  const headers = { Authorization: `Bearer ${second.access_token}` };
  expect((await house.request('POST', '/auth/v1/logout?scope=global', undefined, headers)).status).toBe(204);
  expect((await user(second.access_token)).status).toBe(401);
});

test('a refresh token is good once; showing it again ends the whole session', async () => {
  const { signIn, refresh, user } = await openHouse();
  const first = await signIn();
  const second = (await refresh(first.refresh_token)).body as unknown as Tokens;
  expect(second.refresh_token).not.toBe(first.refresh_token);
  expect((await user(second.access_token)).status).toBe(200);
  const stolen = await refresh(first.refresh_token);
  expect([stolen.status, stolen.body['error_code']]).toEqual([400, 'refresh_token_not_found']);
  expect((await refresh(second.refresh_token)).status).toBe(400);
  expect((await user(second.access_token)).status).toBe(401);
});

test('two refreshes with one token at the same moment are one refresh and one theft', async () => {
  const { signIn, refresh } = await openHouse();
  const { refresh_token: token } = await signIn();
  const replies = await Promise.all([refresh(token), refresh(token)]);
  expect(replies.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([200, 400]);
});

test('a refresh token is not an access token, and no token passes for another audience', async () => {
  const { house, email, password, signIn, user } = await openHouse();
  const kupe = await signIn();
  expect((await user(kupe.refresh_token)).status).toBe(401);
  const { identity } = house.domain;
  await expect(identity.verifyToken(kupe.access_token, 'voicera-api')).rejects.toMatchObject({ code: 'token-invalid' });
  const voicera = await identity.signIn({ email, password, remoteAddress: '127.0.0.1' }, 'voicera-api');
  expect((await user(voicera.accessToken)).status).toBe(401);
  await expect(identity.refresh(voicera.refreshToken, 'authenticated')).rejects.toMatchObject({
    code: 'token-invalid',
  });
});

test('VoiceERA tokens are signed HS256 with its claims for a day; its refresh token stays the same', async () => {
  const { clock, house, email, password } = await openHouse();
  const { identity } = house.domain;
  const pair = await identity.signIn({ email, password, remoteAddress: '127.0.0.1' }, 'voicera-api');
  const [header] = pair.accessToken.split('.');
  expect(JSON.parse(Buffer.from(header ?? '', 'base64url').toString('utf8'))).toMatchObject({
    alg: 'HS256',
    typ: 'JWT',
  });
  expect(claimsOf(pair.accessToken)).toMatchObject({
    sub: house.first.userId,
    email,
    role: 'admin',
    aud: 'voicera-api',
    permissions: expect.arrayContaining(['read:agents', 'write:campaigns', 'admin']) as unknown,
    exp: noon / 1_000 + 86_400,
  });
  await clock.advance(86_400_000);
  await expect(identity.verifyToken(pair.accessToken, 'voicera-api')).rejects.toMatchObject({ code: 'token-expired' });
  for (const _time of ['first', 'second']) {
    const { accessToken, refreshToken } = await identity.refresh(pair.refreshToken, 'voicera-api');
    expect(refreshToken).toBe(pair.refreshToken);
    expect(await identity.verifyToken(accessToken, 'voicera-api')).toMatchObject({ userId: house.first.userId });
  }
});

test('a forged, unsigned or altered token is none of ours', async () => {
  const { signIn, user } = await openHouse();
  const { access_token: token } = await signIn();
  const [header = '', payload = '', signature = ''] = token.split('.');
  const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const claims = claimsOf(token);
  const forged = [
    `${encode({ alg: 'none' })}.${payload}.`,
    `${header}.${encode({ ...claims, sub: '00000000-0000-4000-8000-000000000000' })}.${signature}`,
    `${encode({ alg: 'HS256', kid: 'unknown' })}.${payload}.${signature}`,
    `${header}.${payload}.${'A'.repeat(43)}`,
    `${header}.${payload}.${signature}${'A'.repeat(9_000)}`,
  ];
  for (const each of forged) expect((await user(each)).status).toBe(401);
  expect((await user(token)).status).toBe(200);
});

test('after a rotation new tokens have a new key, and old ones stay good until they expire', async () => {
  const { clock, house, signIn, user } = await openHouse();
  const root = await setUpAdmin(house);
  const before = await signIn();
  expect((await root.request('POST', '/signing-keys/rotate')).status).toBe(200);
  const after = await signIn();
  const keyOf = (token: string) =>
    (JSON.parse(Buffer.from(token.split('.')[0] ?? '', 'base64url').toString('utf8')) as { kid: string }).kid;
  expect(keyOf(after.access_token)).not.toBe(keyOf(before.access_token));
  expect([(await user(before.access_token)).status, (await user(after.access_token)).status]).toEqual([200, 200]);
  await clock.advance(3_600_000);
  expect((await user(before.access_token)).status).toBe(401);
});

test('a role that changes, or a person who is switched off, changes what an open token may do at once', async () => {
  const { house, signIn, user } = await openHouse();
  const root = await setUpAdmin(house);
  const { access_token: token } = await signIn();
  const path = `/users/${house.first.userId}`;
  await root.request('PATCH', path, { role: 'user' });
  expect(await house.domain.identity.verifyToken(token, 'authenticated')).toMatchObject({ role: 'user' });
  await root.request('PATCH', path, { is_active: false });
  expect((await user(token)).status).toBe(401);
});

test('no token, password or signing key can be read in the database file', async () => {
  const { house, email, password, signIn, refresh } = await openHouse();
  const first = await signIn();
  const second = (await refresh(first.refresh_token)).body as unknown as Tokens;
  const { token: cookie } = await house.domain.identity.signInWithCookie(
    { email, password, remoteAddress: '::1' },
    'va',
  );
  const stored = house.storedBytes();
  const secrets = [
    first.access_token,
    first.refresh_token,
    second.refresh_token,
    cookie,
    password,
    house.first.kupeKey,
  ];
  expect(secrets.map((secret) => stored.includes(secret))).toEqual(secrets.map(() => false));
  expect(stored.includes('$argon2id$')).toBe(true);
});
