import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { McpTestServer } from '../../../test/support/mcp-test-server.ts';
import { OutsideHouse } from '../../../test/support/outside-house.ts';
import type { McpServerDraft } from './mcp-server.ts';

async function setUp(path: string, more: Partial<McpServerDraft> = {}) {
  const [house, desk] = [await OutsideHouse.open(), await McpTestServer.start()];
  const { mcpServers } = house.domain;
  const draft = { name: 'Order desk', serverUrl: desk.url + path, headers: { Authorization: 'Bearer k' }, ...more };
  const saved = await mcpServers.create(house.principal, draft);
  const call = (tool: string, args: Record<string, unknown>) =>
    mcpServers.call(house.principal, saved.id, { tool, args });
  return { house, desk, mcpServers, saved, call };
}

test.each([
  ['streamable_http', '/mcp'],
  ['sse', '/sse'],
] as const)('over %s the tools are fetched at save and can be called', async (transport, path) => {
  const { call, desk, saved } = await setUp(path, { transport });
  expect(saved.lastError).toBeNull();
  expect(saved.tools.map(({ name }) => name)).toEqual(['order_status', 'cancel_order']);
  expect(saved.tools[0]).toMatchObject({
    description: 'Where an order is',
    inputSchema: { type: 'object', properties: { order: { type: 'number' } }, required: ['order'] },
  });
  expect(await call('order_status', { order: 7 })).toEqual({
    text: 'Order 7 is on its way.',
    structured: { order: 7, status: 'shipped' },
    isError: false,
  });
  expect(await call('cancel_order', { order: 7 })).toMatchObject({ isError: true });
  expect(new Set(desk.credentials)).toEqual(new Set(['Bearer k']));
});

test('only allowed tools of an active server of one’s own can be called', async () => {
  const { call, house, mcpServers, saved } = await setUp('/mcp', { allowedTools: ['order_status'] });
  await expect(call('cancel_order', { order: 1 })).rejects.toMatchObject({ code: 'tool-not-found' });
  const stranger = await house.stranger();
  expect(() => mcpServers.get(stranger, saved.id)).toThrow(expect.objectContaining({ code: 'mcp-server-not-found' }));
  await mcpServers.update(house.principal, saved.id, { isActive: false });
  await expect(call('order_status', { order: 1 })).rejects.toMatchObject({ code: 'tool-disabled' });
});

test('a server that cannot be asked is saved all the same, with the reason, and asked again by the next save', async () => {
  const { house, desk, mcpServers, saved } = await setUp('/nowhere');
  expect(saved.tools).toEqual([]);
  expect(saved.lastError).not.toBeNull();
  const mended = await mcpServers.update(house.principal, saved.id, { serverUrl: `${desk.url}/mcp` });
  expect(mended).toMatchObject({ lastError: null, tools: [{ name: 'order_status' }, { name: 'cancel_order' }] });
});

test('a server beyond the rules is not connected to, nor one that sends us there', async () => {
  const strict = await OutsideHouse.open([]);
  const desk = await McpTestServer.start();
  const draft = { name: 'Inside', serverUrl: `${desk.url}/mcp` };
  const refused = await strict.domain.mcpServers.create(strict.principal, draft);
  expect(refused.lastError).toContain('loopback');
  expect(desk.credentials).toEqual([]);
  const redirecting = createServer((_request, response) =>
    response.writeHead(307, { location: `${desk.url}/mcp` }).end(),
  );
  await new Promise<void>((resolve) => redirecting.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void redirecting.close());
  const house = await OutsideHouse.open();
  const { port } = redirecting.address() as AddressInfo;
  const sentOn = await house.domain.mcpServers.create(house.principal, {
    ...draft,
    serverUrl: `http://127.0.0.1:${port}/`,
  });
  expect(sentOn.lastError).not.toBeNull();
  expect(desk.credentials).toEqual([]);
});

test('a server that says nothing is given up after its time', async () => {
  const silent = createServer(() => {});
  await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    silent.closeAllConnections();
    silent.close();
  });
  const house = await OutsideHouse.open();
  const { port } = silent.address() as AddressInfo;
  const startedMs = performance.now();
  const draft = { name: 'Silent', serverUrl: `http://127.0.0.1:${port}/`, timeoutMs: 200 };
  expect((await house.domain.mcpServers.create(house.principal, draft)).lastError).not.toBeNull();
  expect(performance.now() - startedMs).toBeLessThan(3_000);
});
