import { expect, test } from 'vitest';
import { VirtualClock } from '../../../server/lifetime/virtual-clock.ts';
import { VoiceraHouse } from './voicera-house.ts';

const account = { email: 'new@example.com', password: 'SecurePass123!', first_name: 'Ada', last_name: 'Lovelace' };

test('a token is needed, and a bad one is refused as invalid or expired', async () => {
  const house = await VoiceraHouse.open();
  const none = await house.request('GET', '/agents', undefined, null);
  expect(none.failure).toEqual([401, 'AUTH_003']);
  expect(none.headers.get('www-authenticate')).toBe('Bearer');
  expect((await house.request('GET', '/agents', undefined, 'abc')).failure).toEqual([401, 'AUTH_003']);
  const [head, , tail] = house.admin.token.split('.');
  const forged = `${head}.${Buffer.from('{"aud":"voicera-api","role":"admin"}').toString('base64url')}.${tail}`;
  expect((await house.request('GET', '/agents', undefined, forged)).failure).toEqual([401, 'AUTH_003']);
});

test('a stranger registers into an organization of their own, without the right to dial', async () => {
  const house = await VoiceraHouse.open();
  expect((await house.request('POST', '/auth/register', account, null)).status).toBe(201);
  const again = await house.request('POST', '/auth/register', { ...account, email: 'NEW@example.com' }, null);
  expect(again.failure).toEqual([409, 'USER_002']);
  const token = (await house.request('POST', '/auth/login', account, null)).textAt('token');
  expect((await house.request('GET', '/agents', undefined, token)).at('total')).toBe(0);
  const agent = await house.request('POST', '/agents', { name: 'Mine' }, token);
  const draft = { name: 'Calls', agent_id: agent.id, phone_numbers: ['+15550100'] };
  const campaign = await house.request('POST', '/campaigns', draft, token);
  const launch = await house.request('POST', `/campaigns/${campaign.id}/launch`, undefined, token);
  expect(launch.failure).toEqual([403, 'AUTH_004']);
});

test('an administrator can close registration', async () => {
  const house = await VoiceraHouse.open();
  await house.settle({ isRegistrationOpen: false });
  expect((await house.request('POST', '/auth/register', account, null)).failure).toEqual([403, 'AUTH_004']);
});

test('registration names every problem', async () => {
  const house = await VoiceraHouse.open();
  const reply = await house.request('POST', '/auth/register', { email: 'nobody', password: 'short' }, null);
  expect(reply.failure).toEqual([422, 'VALIDATION_001']);
  const fields = (reply.at('error', 'details') as { field: string }[]).map(({ field }) => field);
  expect(fields).toEqual(['email', 'password']);
});

test('a wrong password and an unknown address are refused alike', async () => {
  const house = await VoiceraHouse.open();
  const wrong = await house.request('POST', '/auth/login', { email: house.admin.email, password: 'wrong' }, null);
  const unknown = await house.request('POST', '/auth/login', { email: 'no@example.com', password: 'wrong' }, null);
  expect(wrong.failure).toEqual([401, 'AUTH_001']);
  expect(unknown.at('error')).toEqual(wrong.at('error'));
});

test('signing out ends access and refresh token at once', async () => {
  const house = await VoiceraHouse.open();
  const { token, refreshToken } = await house.person('user');
  expect((await house.request('POST', '/auth/refresh-token', undefined, refreshToken)).status).toBe(200);
  expect((await house.request('POST', '/auth/logout', undefined, token)).status).toBe(200);
  expect((await house.request('GET', '/auth/me', undefined, token)).failure).toEqual([401, 'AUTH_003']);
  expect((await house.request('POST', '/auth/refresh-token', undefined, refreshToken)).failure).toEqual([
    401,
    'AUTH_003',
  ]);
});

test('a refresh token is no access token, and an access token refreshes nothing', async () => {
  const house = await VoiceraHouse.open();
  const { token, refreshToken } = house.admin;
  expect((await house.request('GET', '/agents', undefined, refreshToken)).failure).toEqual([401, 'AUTH_003']);
  expect((await house.request('POST', '/auth/refresh-token', undefined, token)).failure).toEqual([401, 'AUTH_003']);
  expect((await house.request('POST', '/auth/refresh-token', undefined, null)).failure).toEqual([401, 'AUTH_003']);
});

test('a forgotten password is reset with a token that works once', async () => {
  const house = await VoiceraHouse.open();
  const person = await house.person('user');
  const known = await house.request('POST', '/auth/forgot-password', { email: person.email }, null);
  const unknown = await house.request('POST', '/auth/forgot-password', { email: 'no@example.com' }, null);
  expect([known.status, known.at('message')]).toEqual([200, unknown.at('message')]);
  const admin = { ...(await house.domain.identity.verifyToken(house.admin.token, 'voicera-api')) };
  const token = house.domain.identity.findReset(admin, person.userId)?.token;
  const body = { token, new_password: 'another long password 2' };
  expect((await house.request('POST', '/auth/reset-password', body, null)).status).toBe(200);
  expect((await house.request('POST', '/auth/reset-password', body, null)).failure).toEqual([400, 'AUTH_003']);
  const login = { email: person.email, password: body.new_password };
  expect((await house.request('POST', '/auth/login', login, null)).status).toBe(200);
  expect((await house.request('GET', '/auth/me', undefined, person.token)).failure).toEqual([401, 'AUTH_003']);
});

test('the limits are counted per user and per address, told in headers, and over with the minute', async () => {
  const clock = new VirtualClock(120_000);
  const limits = { general: 3, auth: 2, uploadBytes: 1_000 };
  const house = await VoiceraHouse.open({ clock, voiceraLimits: limits });
  const first = await house.request('GET', '/agents');
  const headers = ['limit', 'remaining', 'reset'].map((name) => first.headers.get(`x-ratelimit-${name}`));
  expect(headers).toEqual(['3', '2', '180']);
  const big = await house.request('POST', '/agents', { name: 'Big', description: 'x'.repeat(2_000) });
  expect(big.failure).toEqual([429, 'RATE_001']);
  await house.request('GET', '/agents');
  const refused = await house.request('GET', '/agents');
  expect([refused.failure, refused.headers.get('retry-after')]).toEqual([[429, 'RATE_001'], '60']);
  const other = await house.person('user');
  expect((await house.request('GET', '/agents', undefined, other.token)).status).toBe(200);
  const login = () => house.request('POST', '/auth/login', { email: 'no@example.com', password: 'wrong' }, null);
  expect([(await login()).status, (await login()).status, (await login()).status]).toEqual([401, 401, 429]);
  await clock.advance(60_000);
  expect((await house.request('GET', '/agents')).status).toBe(200);
});
