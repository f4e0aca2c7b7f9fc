import { expect, test } from 'vitest';
import { AppBrowser, AppHouse, setUpAdmin } from './app-house.ts';

test('administrators set the secret that signs what tasks tell; nobody is shown it', async () => {
  const house = await AppHouse.open();
  const root = await setUpAdmin(house);
  expect((await root.request('GET', '/webhook-secret')).body).toEqual({ has_secret: false });
  const short = await root.request('PUT', '/webhook-secret', { secret: 'short' });
  expect([short.status, short.body['code']]).toEqual([400, 'invalid-request']);
  const set = await root.request('PUT', '/webhook-secret', { secret: 'sixteen letters!' });
  expect([set.status, set.body]).toEqual([200, { has_secret: true }]);
  const person = { email: 'reader@example.com', password: 'Reader-Password', role: 'user' };
  await root.request('POST', '/users', person);
  const reader = new AppBrowser(house);
  await reader.signIn(person.email, person.password);
  expect((await reader.request('GET', '/webhook-secret')).body).toEqual({ has_secret: true });
  expect((await reader.request('PUT', '/webhook-secret', { secret: null })).status).toBe(403);
  expect((await root.request('PUT', '/webhook-secret', { secret: null })).body).toEqual({ has_secret: false });
});

test('what was told is listed by state, to the organization that it belongs to alone', async () => {
  const house = await AppHouse.open();
  const root = await setUpAdmin(house);
  const { organizationId } = house.first;
  const order = {
    organizationId,
    ownerKind: 'task',
    ownerId: 't1',
    event: 'call_completed',
    method: 'POST',
    url: 'https://10.0.0.5/hook',
    body: '{}',
    maxAttempts: 1,
  } as const;
  const calls = ['call-1', 'call-2'];
  await house.domain.webhookOutbox.add(
    calls.map((subjectId) => ({ ...order, subjectId })),
    0,
  );
  const due = house.domain.webhookOutbox.due(Date.now(), { ids: [], owners: [] });
  await house.domain.webhookOutbox.settle(due?.id ?? '', { statusCode: 500, errorMessage: 'It broke.', latencyMs: 3 });
  const failed = await root.request('GET', '/webhook-deliveries?state=failed');
  expect(failed.body).toMatchObject({
    total: 1,
    items: [
      {
        id: due?.id,
        owner_kind: 'task',
        owner_id: 't1',
        event: 'call_completed',
        subject_id: due?.subjectId,
        state: 'failed',
        attempts: 1,
        status_code: 500,
        error: 'It broke.',
      },
    ],
  });
  expect((await root.request('GET', '/webhook-deliveries')).body).toMatchObject({ total: 2 });
  expect((await root.request('GET', '/webhook-deliveries?state=lost')).status).toBe(400);
  const { id } = (await root.request('POST', '/organizations', { name: 'Second' })).body;
  const chief = { email: 'chief@example.com', password: 'Chief-Password', role: 'org_admin' };
  await root.request('POST', '/users', { ...chief, organization_id: id });
  const stranger = new AppBrowser(house);
  await stranger.signIn(chief.email, chief.password);
  expect((await stranger.request('GET', '/webhook-deliveries')).body).toMatchObject({ total: 0, items: [] });
});
