import { expect, test } from 'vitest';
import { VoiceraHouse } from './voicera-house.ts';

const unknown = '00000000-0000-4000-8000-000000000000';
const denied = [403, 'AUTH_004'];

test('an administrator sees, finds, changes and deletes the people of the organization', async () => {
  const house = await VoiceraHouse.open();
  const person = await house.person('user');
  const list = await house.request('GET', `/users?search=${person.email}`);
  expect(list.body).toMatchObject({ total: 1, skip: 0, limit: 10, items: [{ id: person.userId, is_active: true }] });
  expect((await house.request('GET', '/admin/users')).at('total')).toBe(2);
  const change = { first_name: 'Ada', last_name: 'Lovelace', role: 'admin' };
  const changed = await house.request('PUT', `/users/${person.userId}`, change);
  expect(changed.body).toMatchObject({ id: person.userId, email: person.email });
  expect((await house.request('GET', `/users/${person.userId}`)).body).toMatchObject(change);
  expect((await house.request('DELETE', `/users/${person.userId}`)).status).toBe(204);
  expect((await house.request('GET', `/users/${person.userId}`)).failure).toEqual([404, 'USER_001']);
  expect((await house.request('DELETE', `/users/${unknown}`)).failure).toEqual([404, 'USER_001']);
  expect((await house.request('GET', '/agents', undefined, person.token)).failure).toEqual([401, 'AUTH_003']);
});

test('a person sees and changes only themselves, and nobody makes themselves an administrator', async () => {
  const house = await VoiceraHouse.open();
  const { token, userId } = await house.person('user');
  expect((await house.request('GET', `/users/${userId}`, undefined, token)).at('role')).toBe('user');
  expect((await house.request('PUT', `/users/${userId}`, { first_name: 'Ada', role: 'user' }, token)).status).toBe(200);
  expect((await house.request('PUT', `/users/${userId}`, { role: 'admin' }, token)).failure).toEqual(denied);
  expect((await house.request('PUT', `/users/${userId}`, { is_active: false }, token)).failure).toEqual(denied);
  for (const [method, path] of [
    ['GET', '/users'],
    ['GET', `/users/${house.admin.userId}`],
    ['PUT', `/users/${house.admin.userId}`],
    ['DELETE', `/users/${house.admin.userId}`],
    ['GET', `/users/${house.admin.userId}/agents`],
    ['GET', `/users/${house.admin.userId}/campaigns`],
    ['GET', '/admin/users'],
    ['POST', `/admin/users/${house.admin.userId}/deactivate`],
    ['POST', `/admin/users/${userId}/activate`],
    ['GET', '/admin/system/stats'],
    ['GET', '/admin/system/health'],
    ['POST', '/admin/system/maintenance'],
    ['GET', '/admin/logs'],
  ] as const) {
    const body = method === 'PUT' ? {} : method === 'POST' ? { enabled: true } : undefined;
    const reply = await house.request(method, path, body, token);
    expect([method, path, ...reply.failure]).toEqual([method, path, ...denied]);
  }
});

test('who is shut out has no access until they are let in again', async () => {
  const house = await VoiceraHouse.open();
  const { token, userId } = await house.person('user');
  const shut = await house.request('POST', `/admin/users/${userId}/deactivate`);
  expect(shut.body).toMatchObject({ id: userId, is_active: false });
  expect((await house.request('GET', '/agents', undefined, token)).status).toBe(401);
  expect((await house.request('POST', `/admin/users/${userId}/activate`)).at('is_active')).toBe(true);
  expect((await house.request('POST', `/admin/users/${unknown}/activate`)).failure).toEqual([404, 'USER_001']);
});

test('what a person made is listed under them', async () => {
  const house = await VoiceraHouse.open();
  const person = await house.person('user');
  const { id } = await house.request('POST', '/agents', { name: 'Theirs' }, person.token);
  const campaign = await house.request('POST', '/campaigns', { name: 'Theirs', agent_id: id }, person.token);
  const agents = await house.request('GET', `/users/${person.userId}/agents`);
  expect(agents.items.map((agent) => agent['id'])).toEqual([id]);
  const campaigns = await house.request('GET', `/users/${person.userId}/campaigns`, undefined, person.token);
  expect(campaigns.items.map((each) => each['id'])).toEqual([campaign.id]);
  expect((await house.request('GET', `/users/${house.admin.userId}/agents`)).at('total')).toBe(0);
});

test('a taken address and bad fields are refused', async () => {
  const house = await VoiceraHouse.open();
  const person = await house.person('user');
  const taken = await house.request('PUT', `/users/${person.userId}`, { email: house.admin.email });
  expect(taken.failure).toEqual([409, 'USER_002']);
  const bad = await house.request('PUT', `/users/${person.userId}`, { email: 'x', role: 'king' });
  expect(bad.at('error', 'details', 'length')).toBe(2);
});
