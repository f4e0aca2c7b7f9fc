import { describe, expect, test } from 'vitest';
import { HttpReceiver } from '../../../test/support/http-receiver.ts';
import { OutsideHouse } from '../../../test/support/outside-house.ts';
import type { JsonObject } from '../json-column.ts';
import { makeMcpServer } from '../mcp-servers/mcp-server.ts';
import { makeTool, type ToolDraft } from './tool.ts';
import { withoutSecrets } from './tool-secrets.ts';
import { endpointTool, namedApart, serverTools } from './usable-tool.ts';

const fixed = { id: 'id-1', organizationId: 'org-1', userId: null, nowMs: 0 };
const usable = (draft: Partial<ToolDraft>, configOverrides: JsonObject = {}) =>
  endpointTool(makeTool({ name: 'Order desk', url: 'http://10.0.0.9/orders', ...draft }, fixed), { configOverrides });
const parameters = {
  type: 'object',
  properties: { order: { type: 'integer' }, lang: { type: 'string' } },
  required: ['order', 'lang'],
};

describe('a tool as a brain is told of it', () => {
  test('is called what its schema says, else what it is called itself', () => {
    const schema = { name: 'order_status', description: 'Where an order is.', parameters };
    expect(usable({ toolSchema: schema })).toMatchObject({ name: 'order_status', description: 'Where an order is.' });
    expect(usable({ toolSchema: { type: 'function', function: schema } })).toMatchObject({ name: 'order_status' });
    expect(usable({ toolSchema: schema, description: 'Ours.' })).toMatchObject({ description: 'Ours.' });
    expect(usable({ toolSchema: {} })).toMatchObject({ name: 'Order desk', description: 'Order desk' });
  });

  test('has a name of its own that every model takes', () => {
    const names = ['Order desk', 'order-desk!', 'Order desk', 'end_call', 'ähm…', '', 'x'.repeat(99)];
    const tools = names.map((name) => ({ ...usable({}), name }));
    expect(namedApart(tools).map(({ name }) => name)).toEqual([
      'Order_desk',
      'order_desk',
      'Order_desk_2',
      'end_call_2',
      'hm',
      'tool',
      'x'.repeat(60),
    ]);
  });

  test('asks for no argument that the agent has a default for', () => {
    const { parameters: asked, defaults } = usable({ toolSchema: { parameters } }, { arguments: { lang: 'en', x: 1 } });
    expect(defaults).toEqual({ lang: 'en' });
    expect(asked).toMatchObject({ required: ['order'] });
    expect(usable({ toolSchema: { parameters } }, { lang: 'de', order: 7 })).toMatchObject({
      defaults: { lang: 'de', order: 7 },
      parameters: { type: 'object', properties: parameters.properties },
    });
    expect(usable({ toolSchema: { parameters } }, { lang: 'de', order: 7 }).parameters).not.toHaveProperty('required');
  });

  test('without parameters takes what it has places for', () => {
    const { parameters: asked } = usable({
      url: 'http://10.0.0.9/{kind}/{{id}}',
      headersSchema: { 'X-Lang': '{{lang}}' },
      payloadSchema: { note: 'Order {{id}}' },
    });
    expect(asked).toEqual({
      type: 'object',
      properties: { kind: { type: 'string' }, id: { type: 'string' }, lang: { type: 'string' } },
      required: ['kind', 'id', 'lang'],
    });
  });

  test('of an MCP server is one of those that may be used, named after both', () => {
    const tool = (name: string) => ({ name, description: null, inputSchema: parameters });
    const server = {
      ...makeMcpServer({ name: 'desk', serverUrl: 'http://10.0.0.9/mcp', allowedTools: ['find', 'cancel'] }, fixed),
      tools: [tool('find'), tool('cancel'), tool('delete_all')],
    };
    const tools = serverTools(server, { configOverrides: { find: { lang: 'en' } } });
    expect(tools.map(({ name }) => name)).toEqual(['desk_find', 'desk_cancel']);
    expect(tools.map(({ defaults }) => defaults)).toEqual([{ lang: 'en' }, {}]);
  });
});

test('what opens a tool is in no answer of it', () => {
  const headers = {
    Authorization: 'Bearer abc-secret-1',
    'X-Key': { const: 'key-12345678' },
    Accept: 'text/plain',
    v: 'v1',
  };
  const shown = withoutSecrets('Bearer abc-secret-1 abc-secret-1 key-12345678 text/plain v1', headers);
  expect(shown).toBe('[hidden] [hidden] [hidden] text/plain v1');
  const schema = { type: 'object', properties: { 'X-Key': { const: 'key-12345678' } } };
  expect(withoutSecrets('key-12345678', schema)).toBe('[hidden]');
});

test('an agent has its active tools only, and learns in words of one that fails, is too slow or is gone', async () => {
  const [house, receiver] = [await OutsideHouse.open(), await HttpReceiver.start()];
  const { agentToolset, tools } = house.domain;
  const { organizationId } = house.principal;
  const make = (draft: Partial<ToolDraft>) =>
    tools.create(house.principal, {
      name: 'Orders',
      headersSchema: { Key: 'desk-secret-1' },
      ...draft,
      url: receiver.url,
    });
  const made = [await make({ timeoutMs: 200 }), await make({ isActive: false })];
  const drafts = made.map(({ id }) => ({ toolType: 'endpoint', toolId: id }) as const);
  await tools.addToAgent(house.principal, house.agentId, drafts);
  const [tool, ...more] = agentToolset.ofAgent(organizationId, house.agentId);
  expect(tool?.name).toBe('Orders');
  expect(more).toEqual([]);
  expect(agentToolset.ofAgent((await house.stranger()).organizationId, house.agentId)).toEqual([]);

  if (!tool) throw new Error('The agent has a tool.');
  const use = () => agentToolset.use(organizationId, tool.place, {}, new AbortController().signal);
  expect(await use()).toEqual({ outcome: 'ok', text: 'Done; the answer was empty.' });
  receiver.answer = () => ({ status: 403, body: '{"your key":"desk-secret-1"}' });
  expect(await use()).toEqual({
    outcome: 'failed',
    text: 'The tool "Orders" answered 403. {"your key":"[hidden]"}',
  });
  receiver.answer = () => 'silence';
  expect(await use()).toMatchObject({ outcome: 'timed-out', text: expect.stringContaining('no whole answer') });
  await tools.delete(house.principal, tool.place.kind === 'endpoint' ? tool.place.toolId : '');
  expect(await use()).toMatchObject({ outcome: 'failed', text: expect.stringContaining('no tool') });
});
