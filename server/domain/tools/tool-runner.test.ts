import { expect, test } from 'vitest';
import { HttpReceiver } from '../../../test/support/http-receiver.ts';
import { OutsideHouse } from '../../../test/support/outside-house.ts';
import type { ToolDraft } from './tool.ts';

async function setUp(draft: Partial<ToolDraft> = {}, path = '/orders') {
  const [house, receiver] = [await OutsideHouse.open(), await HttpReceiver.start()];
  receiver.answer = () => ({
    status: 200,
    body: '{"id":7,"status":"open","secret":"x","lines":[{"sku":"a","cost":1}]}',
  });
  const tool = await house.domain.tools.create(house.principal, { name: 'Orders', ...draft, url: receiver.url + path });
  const call = (args: Record<string, unknown>) => house.domain.toolRunner.call(house.principal, tool.id, args);
  return { ...house.domain, house, receiver, tool, call };
}

const parameters = {
  type: 'object',
  required: ['order_id'],
  properties: { order_id: { type: 'integer' }, note: { type: 'string', default: 'none' } },
};

test('arguments are checked, defaults filled in, and sent as JSON with the stored headers', async () => {
  const { call, receiver } = await setUp({
    toolSchema: { name: 'get_order', parameters },
    headersSchema: { 'X-Api-Key': 'key-1', 'X-Order': 'order {{order_id}}' },
    payloadSchema: { channel: 'phone', label: 'Order {{order_id}}', ref: '{{order_id}}' },
  });
  const outcome = await call({ order_id: 4711 });
  expect(outcome).toMatchObject({ statusCode: 200, output: { id: 7, secret: 'x' } });
  const [got] = receiver.received;
  expect(got).toMatchObject({ method: 'POST', path: '/orders' });
  expect(got?.headers).toMatchObject({ 'x-api-key': 'key-1', 'x-order': 'order 4711' });
  expect(receiver.bodies[0]).toEqual({
    channel: 'phone',
    label: 'Order 4711',
    ref: 4711,
    order_id: 4711,
    note: 'none',
  });
  await expect(call({ order_id: 'x', note: 5 })).rejects.toMatchObject({
    code: 'tool-arguments-invalid',
    details: { problems: ['order_id: must be integer', 'note: must be string'] },
  });
  expect(receiver.received).toHaveLength(1);
});

test('a GET takes its arguments in path and query, encoded, and only listed fields come back', async () => {
  const draft = {
    httpMethod: 'GET',
    outputSchema: { properties: { id: {}, lines: { items: { properties: { sku: {} } } } } },
  };
  const { call, receiver } = await setUp(draft as Partial<ToolDraft>, '/orders/{order_id}/{{part}}?lang=en');
  const outcome = await call({ order_id: '47/../11', part: 'a b', tag: ['x', 'y'], q: 'ü&v=1' });
  expect(receiver.received[0]?.path).toBe('/orders/47%2F..%2F11/a%20b?lang=en&tag=x&tag=y&q=%C3%BC%26v%3D1');
  expect(receiver.received[0]?.text).toBe('');
  expect(outcome.output).toEqual({ id: 7, lines: [{ sku: 'a' }] });
});

test('the payload schema has the last word on the body', async () => {
  const payloadSchema = {
    type: 'object',
    required: ['to'],
    properties: { to: { type: 'string' }, kind: { const: 'sms' }, priority: { type: 'integer', default: 1 } },
    additionalProperties: false,
  };
  const { call, receiver } = await setUp({ payloadSchema, headersSchema: { properties: { 'X-T': { const: 't' } } } });
  await call({ to: '+15550142' });
  expect(receiver.bodies[0]).toEqual({ to: '+15550142', kind: 'sms', priority: 1 });
  expect(receiver.received[0]?.headers['x-t']).toBe('t');
  await expect(call({ to: 5, more: true })).rejects.toMatchObject({ code: 'tool-arguments-invalid' });
});

test('a tool that refuses, is slow, is disabled or unknown is told apart', async () => {
  const { call, receiver, tool, tools, house, toolRunner } = await setUp({ timeoutMs: 100 });
  receiver.answer = () => ({ status: 404, body: 'no such order' });
  await expect(call({})).rejects.toMatchObject({
    code: 'tool-failed',
    details: { statusCode: 404, answer: 'no such order' },
  });
  receiver.answer = () => 'silence';
  await expect(call({})).rejects.toMatchObject({ code: 'tool-failed', details: { cause: 'egress-timeout' } });
  receiver.answer = () => ({ status: 200, body: 'plain text' });
  expect((await call({})).output).toBe('plain text');
  await expect(toolRunner.call(await house.stranger(), tool.id, {})).rejects.toMatchObject({ code: 'tool-not-found' });
  await tools.update(house.principal, tool.id, { isActive: false });
  await expect(call({})).rejects.toMatchObject({ code: 'tool-disabled' });
});

test('a tool beyond the rules is not called', async () => {
  const house = await OutsideHouse.open([]);
  const { id } = await house.domain.tools.create(house.principal, { name: 'Inside', url: 'http://127.0.0.1:1/' });
  const calling = house.domain.toolRunner.call(house.principal, id, {});
  await expect(calling).rejects.toMatchObject({ code: 'tool-failed', details: { cause: 'egress-refused' } });
});

test('a definition that can never work is refused with everything that is wrong', async () => {
  const { tools, house } = await setUp();
  const draft = { name: 'x', url: 'ftp://x', toolSchema: { parameters: { type: 'nonsense' } }, timeoutMs: 0 };
  await expect(tools.create(house.principal, draft)).rejects.toMatchObject({
    code: 'tool-invalid',
    details: { problems: [{ field: 'url' }, { field: 'tool_schema' }, { field: 'timeout' }] },
  });
  const long = { properties: { a: { description: 'x'.repeat(32_000) } } };
  await expect(
    tools.create(house.principal, { name: 'x', url: 'http://10.0.0.1/', payloadSchema: long }),
  ).rejects.toThrow('payload_schema: is longer than 32000 characters of JSON');
  const remote = { name: 'x', url: 'http://10.0.0.1/', payloadSchema: { properties: { a: { $ref: 'http://x/y' } } } };
  await expect(tools.create(house.principal, remote)).rejects.toMatchObject({ code: 'tool-invalid' });
});

test('agents have tools and servers in an order; unknown ones are refused as a whole', async () => {
  const { tools, mcpServers, tool, house } = await setUp();
  const { principal, agentId } = house;
  const server = await mcpServers.create(principal, { name: 'Desk', serverUrl: 'http://127.0.0.1:1/mcp' });
  expect(server.lastError).not.toBeNull();
  await tools.addToAgent(principal, agentId, [
    { toolType: 'mcp_server', toolId: server.id },
    { toolType: 'endpoint', toolId: tool.id, configOverrides: { a: 1 } },
  ]);
  expect(tools.ofAgent(principal, agentId).map(({ name, toolType }) => [name, toolType])).toEqual([
    ['Desk', 'mcp_server'],
    ['Orders', 'endpoint'],
  ]);
  const bad = [
    { toolType: 'mcp_server', toolId: tool.id } as const,
    { toolType: 'endpoint', toolId: tool.id } as const,
  ];
  await expect(tools.replaceOfAgent(principal, agentId, bad)).rejects.toMatchObject({ code: 'tool-unknown' });
  expect(tools.ofAgent(principal, agentId)).toHaveLength(2);
  await tools.replaceOfAgent(principal, agentId, [{ toolType: 'endpoint', toolId: tool.id }]);
  await mcpServers.delete(principal, server.id);
  await tools.delete(principal, tool.id);
  expect(tools.ofAgent(principal, agentId)).toEqual([]);
  await expect(tools.removeFromAgent(principal, agentId, tool.id)).rejects.toMatchObject({ code: 'tool-not-found' });
  const stranger = await house.stranger();
  expect(() => tools.ofAgent(stranger, agentId)).toThrow(expect.objectContaining({ code: 'agent-not-found' }));
});

test('a schema whose pattern never ends is accepted and does not hang the house', async () => {
  const pattern = { type: 'object', properties: { a: { type: 'string', pattern: '^(a+)+$' } } };
  const { call } = await setUp({ toolSchema: { parameters: pattern } });
  const startedMs = performance.now();
  await call({ a: `${'a'.repeat(40)}!` });
  expect(performance.now() - startedMs).toBeLessThan(2_000);
});
