import { expect, test } from 'vitest';
import { realClock } from '../../../server/lifetime/clock.ts';
import { McpTestServer } from '../../support/mcp-test-server.ts';
import { AppBrowser, AppHouse, setUpAdmin } from './app-house.ts';

/** A real MCP server on loopback, saved in the first organization. */
async function setUp(allow: readonly string[] = ['127.0.0.1']) {
  const house = await AppHouse.open(realClock, { egress: { allow } });
  const [root, desk] = [await setUpAdmin(house), await McpTestServer.start()];
  const owner = house.domain.credentials.authenticate(house.first.vaKey);
  if (!owner) throw new Error('The first key is unknown.');
  const saved = await house.domain.mcpServers.create(owner, { name: 'Desk', serverUrl: `${desk.url}/mcp` });
  const call = (tool: string, args: object = {}, by: AppBrowser = root) =>
    by.request('POST', `/mcp-servers/${saved.id}/call`, { tool, arguments: args });
  const refresh = (by: AppBrowser = root) => by.request('POST', `/mcp-servers/${saved.id}/refresh`, {});
  return { house, root, desk, owner, id: saved.id, call, refresh };
}

test('a tool of an MCP server is called, and fails with what the server says', async () => {
  const { call } = await setUp();
  const latency = { latency_ms: expect.any(Number) as number, status_code: null };
  const tried = await call('order_status', { order: 7 });
  expect([tried.status, tried.body]).toEqual([
    200,
    { ok: true, output: { order: 7, status: 'shipped' }, reason: null, ...latency },
  ]);
  const said = 'It has been shipped already.';
  expect((await call('cancel_order', { order: 7 })).body).toEqual({
    ok: false,
    output: said,
    reason: `The tool "cancel_order" says that it failed: ${said}`,
    ...latency,
  });
});

test('wrong arguments, an unknown tool and an unknown server are told before anything is sent', async () => {
  const { call, desk, root, id } = await setUp();
  const before = desk.credentials.length;
  const wrong = await call('order_status', { order: 'seven' });
  expect([wrong.status, wrong.body['details']]).toEqual([400, { problems: ['order: must be number'] }]);
  const unknown = await call('order_pizza');
  expect([unknown.status, unknown.body['details']]).toEqual([404, { names: ['order_status', 'cancel_order'] }]);
  expect((await root.request('POST', `/mcp-servers/${id}/call`, { arguments: 5 })).body['details']).toMatchObject({
    problems: [{ field: 'tool' }, { field: 'arguments' }],
  });
  const nobody = '11111111-1111-4111-8111-111111111111';
  expect((await root.request('POST', `/mcp-servers/${nobody}/call`, { tool: 'x' })).status).toBe(404);
  expect((await root.request('POST', `/mcp-servers/${nobody}/refresh`, {})).status).toBe(404);
  expect(desk.credentials).toHaveLength(before);
});

test('a server is asked for its tools again, and says why it could not be', async () => {
  const { desk, house, refresh, owner, id } = await setUp();
  expect((await refresh()).body).toMatchObject({
    id,
    name: 'Desk',
    last_error: null,
    allowed_tools: [],
    tools: [{ name: 'order_status', description: 'Where an order is' }, { name: 'cancel_order' }],
  });
  await house.domain.mcpServers.update(owner, id, { serverUrl: `${desk.url}/nowhere` });
  const away = await refresh();
  expect(away.status).toBe(200);
  expect(away.body).toMatchObject({ tools: [{ name: 'order_status' }, { name: 'cancel_order' }] });
  expect(away.body['last_error']).toBe('It answered 404.');
});

test('a host that is not listed is not connected to, and the sentence says which setting lists it', async () => {
  const { refresh, desk } = await setUp([]);
  const refused = (await refresh()).body;
  expect(refused['tools']).toEqual([]);
  expect(refused['last_error']).toContain('an admin has to list 127.0.0.1 under egress.allow first.');
  expect(desk.credentials).toEqual([]);
});

test('only developers and administrators of its organization can try a server, and only an enabled one', async () => {
  const { house, root, call, refresh, owner, id } = await setUp();
  const { id: other } = (await root.request('POST', '/organizations', { name: 'Second' })).body;
  const chief = { email: 'chief@example.com', password: 'Chief-Password', role: 'org_admin', organization_id: other };
  const reader = { email: 'reader@example.com', password: 'Reader-Password', role: 'user' };
  for (const [account, status] of [
    [chief, 404],
    [reader, 403],
  ] as const) {
    await root.request('POST', '/users', account);
    const browser = new AppBrowser(house);
    await browser.signIn(account.email, account.password);
    expect((await call('order_status', { order: 7 }, browser)).status).toBe(status);
    expect((await refresh(browser)).status).toBe(status);
  }
  await house.domain.mcpServers.update(owner, id, { isActive: false });
  expect([(await call('order_status', { order: 7 })).status, (await refresh()).status]).toEqual([409, 409]);
});
