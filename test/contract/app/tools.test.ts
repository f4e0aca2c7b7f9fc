import { expect, test } from 'vitest';
import type { ToolDraft } from '../../../server/domain/tools/tool.ts';
import { realClock } from '../../../server/lifetime/clock.ts';
import { HttpReceiver, type ReceiverAnswer } from '../../support/http-receiver.ts';
import { AppBrowser, AppHouse, setUpAdmin } from './app-house.ts';

const order = {
  type: 'object',
  required: ['order'],
  properties: { order: { type: 'integer' }, note: { type: 'string' } },
};

/** A tool that is a receiver on loopback; loopback is listed unless `allow` says otherwise. */
async function setUp(draft: Partial<ToolDraft> = {}, allow: readonly string[] = ['127.0.0.1']) {
  const house = await AppHouse.open(realClock, { egress: { allow } });
  const [root, desk] = [await setUpAdmin(house), await HttpReceiver.start()];
  const owner = house.domain.credentials.authenticate(house.first.vaKey);
  if (!owner) throw new Error('The first key is unknown.');
  const { id } = await house.domain.tools.create(owner, {
    name: 'Orders',
    toolSchema: { name: 'order_status', parameters: order },
    headersSchema: { 'X-Api-Key': 'desk-secret' },
    ...draft,
    url: desk.url,
  });
  const call = (args: unknown, by: AppBrowser = root) => by.request('POST', `/tools/${id}/call`, { arguments: args });
  return { house, root, desk, owner, id, call };
}

async function person(house: AppHouse, root: AppBrowser, role: string, organizationId?: string): Promise<AppBrowser> {
  const account = {
    email: `${role}-${organizationId ?? 'own'}@example.com`,
    password: 'Some-Password-1',
    role,
  };
  const extra = organizationId === undefined ? {} : { organization_id: organizationId };
  expect((await root.request('POST', '/users', { ...account, ...extra })).status).toBe(201);
  const browser = new AppBrowser(house);
  await browser.signIn(account.email, account.password);
  return browser;
}

test('a tool is called with checked arguments, and the answer is what an agent would be given', async () => {
  const { call, desk } = await setUp({ outputSchema: { properties: { status: {} } } });
  desk.answer = () => ({ status: 200, body: '{"status":"shipped","cost":9}' });
  const tried = await call({ order: 7 });
  expect([tried.status, tried.body]).toEqual([
    200,
    {
      ok: true,
      status_code: 200,
      output: { status: 'shipped' },
      latency_ms: expect.any(Number) as number,
      reason: null,
    },
  ]);
  expect(desk.bodies).toEqual([{ order: 7 }]);
  expect(desk.received[0]?.headers['x-api-key']).toBe('desk-secret');
});

test('wrong arguments are named all at once, and nothing is called', async () => {
  const { call, desk, root, id } = await setUp();
  const wrong = await call({ order: 'x', note: 5 });
  expect([wrong.status, wrong.body]).toEqual([
    400,
    {
      error: 'order: must be integer; note: must be string',
      code: 'tool-arguments-invalid',
      details: { problems: ['order: must be integer', 'note: must be string'] },
    },
  ]);
  const missing = await root.request('POST', `/tools/${id}/call`, {});
  expect([missing.status, missing.body['code']]).toEqual([400, 'tool-arguments-invalid']);
  expect([(await call([1])).status, (await call('{}')).status]).toEqual([400, 400]);
  expect(desk.received).toEqual([]);
});

test.each<[string, ReceiverAnswer, object]>([
  ['an error', { status: 404, body: 'no such order' }, { status_code: 404, output: 'no such order' }],
  ['a broken server', { status: 500 }, { status_code: 500, reason: 'The tool "Orders" answered 500.' }],
  [
    'nothing',
    'silence',
    { status_code: null, output: null, reason: expect.stringContaining('within 0.2 s') as string },
  ],
])('a tool that answers %s has failed, with the reason', async (_name, answer, expected) => {
  const { call, desk } = await setUp({ timeoutMs: 200 });
  desk.answer = () => answer;
  const tried = await call({ order: 7 });
  expect(tried.status).toBe(200);
  expect(tried.body).toMatchObject({ ok: false, latency_ms: expect.any(Number) as number, ...expected });
});

test('a host that is not listed is not called, and the reason says which setting lists it', async () => {
  const { call, desk } = await setUp({}, []);
  const tried = await call({ order: 7 });
  expect(tried.body).toMatchObject({ ok: false, status_code: null });
  expect(tried.body['reason']).toContain('an admin has to list 127.0.0.1 under egress.allow first.');
  expect(desk.received).toEqual([]);
});

test('a redirect is followed as far as the rules go, without the stored headers', async () => {
  const { call, desk } = await setUp();
  const other = await HttpReceiver.start();
  other.answer = () => ({ status: 200, body: '"here"' });
  desk.answer = () => ({ status: 307, headers: { location: `${other.url}/moved` } });
  expect((await call({ order: 7 })).body).toMatchObject({ ok: true, output: 'here' });
  expect(other.received[0]).toMatchObject({ path: '/moved', text: '{"order":7}' });
  expect(other.received[0]?.headers).not.toHaveProperty('x-api-key');
  desk.answer = () => ({ status: 302, headers: { location: 'http://169.254.169.254/credentials' } });
  const refused = (await call({ order: 7 })).body;
  expect(refused).toMatchObject({ ok: false, status_code: null, output: null });
  expect(refused['reason']).toContain('169.254.169.254 is a metadata address');
});

test('only developers and administrators of its organization can try a tool, and only an enabled one', async () => {
  const { house, root, desk, owner, id, call } = await setUp();
  const other = String((await root.request('POST', '/organizations', { name: 'Second' })).body['id']);
  const seen = await Promise.all([
    call({ order: 7 }, await person(house, root, 'developer')),
    call({ order: 7 }, await person(house, root, 'user')),
    call({ order: 7 }, await person(house, root, 'org_admin', other)),
    call({ order: 7 }, new AppBrowser(house)),
    root.request('POST', '/tools/11111111-1111-4111-8111-111111111111/call', {}),
  ]);
  expect(seen.map(({ status }) => status)).toEqual([200, 403, 404, 401, 404]);
  expect(desk.received).toHaveLength(1);
  await house.domain.tools.update(owner, id, { isActive: false });
  const disabled = await call({ order: 7 });
  expect([disabled.status, disabled.body['code']]).toEqual([409, 'tool-disabled']);
});
