import { expect, test } from 'vitest';
import { McpTestServer } from '../../support/mcp-test-server.ts';
import { KupeHouse } from './kupe-house.ts';

const tools = '/api/v1/tool-endpoint-defs';
const servers = '/api/v1/tools-mcp-server-defs';
const rules = '/api/v1/post-analysis/rules';
const unknownId = '00000000-0000-4000-8000-000000000000';

const toolSchema = {
  name: 'book',
  description: 'Books a table',
  parameters: { type: 'object', properties: { seats: { type: 'integer' } }, required: ['seats'] },
};

async function toolIn(house: KupeHouse, fields: object = {}): Promise<string> {
  const body = { name: 'Book', url: 'http://10.0.0.9/book', tool_schema: toolSchema, ...fields };
  return (await house.request('POST', tools, body)).id('id');
}

async function serverIn(house: KupeHouse): Promise<string> {
  return (await house.request('POST', servers, { name: 'CRM', server_url: 'http://127.0.0.1:45999/mcp' })).id('id');
}

test('an HTTP tool is made with its defaults, changed in part, listed and deleted', async () => {
  const house = await KupeHouse.open();
  const made = await house.request('POST', tools, {
    name: 'Book',
    url: 'http://10.0.0.9/book',
    tool_schema: toolSchema,
    headers_schema: { Authorization: 'Bearer secret' },
    http_method: 'post',
    colour: 'green',
  });
  expect(made.status).toBe(201);
  expect(made.body).toMatchObject({
    user_id: house.userId,
    name: 'Book',
    url: 'http://10.0.0.9/book',
    http_method: 'POST',
    tool_schema: toolSchema,
    headers_schema: { Authorization: 'Bearer secret' },
    payload_schema: {},
    output_schema: {},
    provider_name: null,
    timeout_seconds: 10,
    is_active: true,
    colour: 'green',
  });
  const path = `${tools}/${made.id('id')}`;
  const changed = await house.request('PUT', path, { timeout_seconds: 2.5, headers_schema: null });
  expect(changed.body).toMatchObject({ name: 'Book', timeout_seconds: 2.5, headers_schema: {}, colour: 'green' });
  expect((await house.request('GET', path)).body).toEqual(changed.body);
  expect((await house.request('GET', tools)).body).toEqual({ tools: [changed.body], total: 1 });
  expect((await house.request('DELETE', path)).body).toEqual({ message: 'Tool deleted' });
  expect((await house.request('GET', path)).status).toBe(404);
});

test('a tool that could never be called is refused with every problem', async () => {
  const house = await KupeHouse.open();
  const form = await house.request('POST', tools, { timeout_seconds: 0, http_method: 'BREW', tool_schema: [] });
  expect(form.list('detail').map(({ loc }) => (loc as string[]).at(-1))).toEqual([
    'name',
    'url',
    'http_method',
    'tool_schema',
    'timeout_seconds',
  ]);
  const broken = { parameters: { type: 'nonsense' } };
  const meaning = await house.request('POST', tools, { name: 'A', url: 'ftp://x/', tool_schema: broken });
  expect(meaning.status).toBe(400);
  expect(meaning.detail).toMatch(/url: .*tool_schema: /);
});

test('an MCP server that does not answer is kept, with the reason', async () => {
  const house = await KupeHouse.open();
  const made = await house.request('POST', servers, {
    name: 'CRM',
    server_url: 'http://127.0.0.1:45999/mcp',
    headers: { Authorization: 'Bearer x' },
    allowed_tools: ['find'],
  });
  expect(made.status).toBe(201);
  expect(made.body).toMatchObject({
    name: 'CRM',
    headers: { Authorization: 'Bearer x' },
    transport: 'streamable_http',
    timeout_seconds: 10,
    tools: [],
    allowed_tools: ['find'],
    last_error: expect.stringContaining('127.0.0.1') as unknown,
  });
  const path = `${servers}/${made.id('id')}`;
  const changed = await house.request('PUT', path, { is_active: false, allowed_tools: null });
  expect(changed.body).toMatchObject({ is_active: false, allowed_tools: [], name: 'CRM' });
  expect((await house.request('GET', servers)).body).toEqual({ tools: [changed.body], total: 1 });
  expect((await house.request('GET', path)).body).toEqual(changed.body);
  expect((await house.request('PUT', path, { server_url: 'nowhere' })).status).toBe(400);
  expect((await house.request('POST', servers, { name: 'A' })).status).toBe(422);
  expect((await house.request('DELETE', path)).status).toBe(200);
  expect((await house.request('DELETE', path)).status).toBe(404);
});

test('an MCP server is asked for its tools when it is saved, with the headers that it was saved with', async () => {
  const house = await KupeHouse.open({}, { egress: { allow: ['127.0.0.1'] } });
  const server = await McpTestServer.start();
  const body = { name: 'Orders', server_url: `${server.url}/mcp`, headers: { Authorization: 'Bearer sesame' } };
  const made = await house.request('POST', servers, body);
  expect([made.status, made.at('last_error')]).toEqual([201, null]);
  expect(made.list('tools')).toContainEqual({
    name: 'order_status',
    description: 'Where an order is',
    input_schema: expect.objectContaining({ required: ['order'] }) as unknown,
  });
  expect(new Set(server.credentials)).toEqual(new Set(['Bearer sesame']));
  const gone = await house.request('PUT', `${servers}/${made.id('id')}`, { server_url: `${server.url}/nothing` });
  expect([gone.list('tools').length, typeof gone.at('last_error')]).toEqual([2, 'string']);
});

test('tools are given to an agent, replaced and taken away', async () => {
  const house = await KupeHouse.open();
  const [agent, tool, server] = [await house.agent(), await toolIn(house), await serverIn(house)];
  const path = `/api/v1/agents/${agent}/tools`;
  expect((await house.request('GET', path)).body).toEqual([]);
  const added = await house.request('POST', path, [
    { tool_type: 'endpoint', tool_id: tool, config_overrides: { a: 1 } },
  ]);
  expect(added.at('tools', 0)).toEqual({
    id: expect.any(String) as unknown,
    agent_id: agent,
    tool_type: 'endpoint',
    tool_id: tool,
    name: 'Book',
    config_overrides: { a: 1 },
  });
  const replaced = await house.request('PATCH', `${path}?force_update=True`, [
    { tool_type: 'mcp_server', tool_id: server },
  ]);
  expect(replaced.list('tools').map(({ name }) => name)).toEqual(['CRM']);
  expect((await house.request('POST', path, [{ tool_type: 'endpoint', tool_id: unknownId }])).status).toBe(400);
  expect((await house.request('PATCH', path, [{ tool_type: 'endpoint', tool_id: server }])).status).toBe(400);
  expect((await house.request('GET', path)).list()).toHaveLength(1);
  expect((await house.request('POST', path, { tool_id: tool })).status).toBe(422);
  expect((await house.request('DELETE', `${path}/${tool}`)).status).toBe(404);
  expect((await house.request('DELETE', `${path}/${server}`)).status).toBe(200);
  expect((await house.request('GET', path)).body).toEqual([]);
});

test('analysis rules are made, copied, attached in order and deleted', async () => {
  const house = await KupeHouse.open();
  const agent = await house.agent();
  const schema = { type: 'object', properties: { budget: { type: 'number' } } };
  const made = await house.request('POST', rules, { name: 'Budget', output_schema: schema, prompt: 'How much?' });
  expect(made.status).toBe(200);
  expect(made.body).toMatchObject({
    user_id: house.userId,
    name: 'Budget',
    description: null,
    analysis_type: 'structured_output',
    prompt: 'How much?',
    output_schema: schema,
    tool_id: null,
    sort_order: 0,
    is_active: true,
  });
  const first = made.id('id');
  const copy = await house.request('POST', `${rules}/${first}/duplicate`);
  expect([copy.at('name'), copy.id('id') === first]).toEqual(['Budget (copy)', false]);
  const second = copy.id('id');
  const changed = await house.request('PUT', `${rules}/${second}`, { name: 'Summary', analysis_type: 'call_summary' });
  expect(changed.body).toMatchObject({ name: 'Summary', analysis_type: 'call_summary', output_schema: schema });
  expect((await house.request('GET', rules)).list()).toHaveLength(2);
  const attached = `/api/v1/agents/${agent}/post-analysis/attached-rules`;
  const put = await house.request('PUT', attached, { rule_ids: [second, first] });
  expect(put.at('rule_ids')).toEqual([second, first]);
  const ids = await house.request('GET', `/api/v1/agents/${agent}/post-analysis/attached-rule-ids`);
  expect(ids.body).toEqual([second, first]);
  expect((await house.request('GET', attached)).list().map(({ name }) => name)).toEqual(['Summary', 'Budget']);
  expect((await house.request('PUT', attached, { rule_ids: [unknownId] })).status).toBe(400);
  expect((await house.request('DELETE', `${rules}/${second}`)).status).toBe(200);
  expect((await house.request('GET', attached)).list()).toHaveLength(1);
  expect((await house.request('GET', `${rules}/${second}`)).status).toBe(404);
  expect((await house.request('POST', rules, { name: 'T', analysis_type: 'integration_trigger' })).status).toBe(400);
  expect((await house.request('POST', rules, { analysis_type: 'other' })).list('detail')).toHaveLength(2);
});

test("an agent's own analysis is made once for each type", async () => {
  const house = await KupeHouse.open();
  const agent = await house.agent();
  const path = `/api/v1/agents/${agent}/post-analysis`;
  const put = (fields: object) => house.request('POST', path, { agent_id: agent, ...fields });
  const made = await put({ analysis_type: 'call_summary', prompt: 'Short' });
  const again = await put({ analysis_type: 'call_summary', prompt: 'Long' });
  expect([again.id('id'), again.at('prompt')]).toEqual([made.id('id'), 'Long']);
  const byId = await put({ id: made.id('id'), analysis_type: 'structured_output', output_schema: { type: 'object' } });
  expect(byId.body).toMatchObject({ id: made.id('id'), agent_id: agent, analysis_type: 'structured_output' });
  expect((await house.request('GET', path)).body).toEqual([byId.body]);
  expect((await put({ agent_id: unknownId, analysis_type: 'call_summary' })).status).toBe(400);
  expect((await put({})).status).toBe(422);
});

test('what belongs to another organization is unknown', async () => {
  const house = await KupeHouse.open();
  const [agent, tool, server] = [await house.agent(), await toolIn(house), await serverIn(house)];
  const rule = (await house.request('POST', rules, { name: 'R' })).id('id');
  const { key } = await house.stranger();
  const paths = [
    ['GET', `${tools}/${tool}`],
    ['PUT', `${tools}/${tool}`, {}],
    ['DELETE', `${tools}/${tool}`],
    ['GET', `${servers}/${server}`],
    ['PUT', `${servers}/${server}`, {}],
    ['DELETE', `${servers}/${server}`],
    ['GET', `/api/v1/agents/${agent}/tools`],
    ['POST', `/api/v1/agents/${agent}/tools`, []],
    ['PATCH', `/api/v1/agents/${agent}/tools`, []],
    ['DELETE', `/api/v1/agents/${agent}/tools/${tool}`],
    ['GET', `${rules}/${rule}`],
    ['PUT', `${rules}/${rule}`, {}],
    ['DELETE', `${rules}/${rule}`],
    ['POST', `${rules}/${rule}/duplicate`],
    ['GET', `/api/v1/agents/${agent}/post-analysis`],
    ['POST', `/api/v1/agents/${agent}/post-analysis`, { agent_id: agent, analysis_type: 'call_summary' }],
    ['GET', `/api/v1/agents/${agent}/post-analysis/attached-rules`],
    ['PUT', `/api/v1/agents/${agent}/post-analysis/attached-rules`, { rule_ids: [] }],
    ['GET', `/api/v1/agents/${agent}/post-analysis/attached-rule-ids`],
  ] as const;
  for (const [method, path, body] of paths) {
    expect([path, (await house.request(method, path, body, key)).status]).toEqual([path, 404]);
    expect([path, (await house.request(method, path, body, 'none')).status]).toEqual([path, 401]);
  }
  const theirs = (
    await house.domain.agents.create((await house.stranger()).organizationId, { name: 'A', systemPrompt: '' })
  ).id;
  expect((await house.request('POST', `/api/v1/agents/${theirs}/tools`, [{ tool_id: tool }])).status).toBe(404);
});

test('a person whose tools are switched off is refused, a key is not', async () => {
  const house = await KupeHouse.open();
  const [admin, developer] = [await house.person('org_admin'), await house.person('developer')];
  const flags = `/api/v1/feature-flags/${developer.userId}`;
  const off = await house.request('PUT', flags, { tools: false, post_analysis: false }, admin.session);
  expect(off.body).toMatchObject({ user_id: developer.userId, tools: false, mcp: true, post_analysis: false });
  const status = async (path: string, by: typeof developer.key | typeof developer.session) =>
    (await house.request('GET', path, undefined, by)).status;
  expect([await status(tools, developer.session), await status(tools, developer.key)]).toEqual([403, 200]);
  expect([await status(rules, developer.session), await status(servers, developer.session)]).toEqual([403, 200]);
  expect((await house.request('GET', '/api/v1/feature-flags/me', undefined, developer.session)).at('tools')).toBe(
    false,
  );
});

test('feature flags: who may change what', async () => {
  const house = await KupeHouse.open();
  const [admin, developer] = [await house.person('org_admin'), await house.person('developer')];
  const path = (userId: string) => `/api/v1/feature-flags/${userId}`;
  const put = (body: object, by = admin.session) => house.request('PUT', path(developer.userId), body, by);
  expect((await put({ tools: 'no', mcp: 1 })).list('detail')).toHaveLength(2);
  expect((await put({ markup_percentage: 5 })).status).toBe(400);
  expect((await put({ tools: false }, developer.session)).status).toBe(403);
  expect((await house.request('GET', path(developer.userId), undefined, developer.session)).at('tools')).toBe(true);
  expect((await house.request('GET', path(admin.userId), undefined, developer.session)).status).toBe(403);
  const { key } = await house.stranger();
  expect((await house.request('GET', path(developer.userId), undefined, key)).status).toBe(404);
  expect((await house.request('PUT', path(developer.userId), { tools: false }, key)).status).toBe(404);
});
