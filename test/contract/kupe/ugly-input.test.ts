import { expect, test } from 'vitest';
import { KupeHouse } from './kupe-house.ts';

/** Bodies that no client means: wrong kinds, half a JSON text, injections, prototypes, numbers beyond all bounds. */
const bodies: readonly unknown[] = [
  null,
  7,
  [],
  '"text"',
  '[[[[',
  '{"__proto__":{"isAdmin":true},"constructor":{"prototype":{}}}',
  '{"name":"\\ud800","batch_name":"a\\u0000b\\r\\nSet-Cookie: x=1","records":{},"items":"x"}',
  {
    name: { a: 1 },
    batch_name: [],
    agent_id: -1,
    group_id: null,
    properties: [],
    variable_names: 'x',
    records: [null],
  },
  { name: "'; DROP TABLE users; --", url: 'file:///etc/passwd', server_url: 'javascript:1', display_name: '{{x}}' },
  { amount_usd: 1e308, monthly_cap_usd: -0.1, batch_size: 1e21, timeout_seconds: -1, sort_order: 0.5, limit: '1' },
  { tools: {}, rule_ids: ['../..'], outgoing: { headers: { 'a b': 'c\r\nd' } }, incoming: [], tool_schema: 'x' },
];

const queries = [
  'page=0&page_size=0',
  'page=1&page=2&limit[]=1',
  'limit=-1&offset=1e9&page=999999999&page_size=999999999',
  'start_date=9999-99-99&end_date=x&from_date=2020-13-45&to_date=+',
  'search=%00%25%5C_&filter=%27%3B--&q=%F0%9F%98%80',
  'scope=__proto__&time_filter=constructor&status=%0d%0a&format=../../x&period=1',
  'user_id=x&organization_ids=,,&agent_id=1&request_id=%00&force_update=maybe',
];

/** Would end the session that all others are asked with. */
const signOut = 'POST /auth/v1/logout';

interface Operation {
  readonly method: string;
  readonly template: string;
}

async function operationsOf(house: KupeHouse): Promise<readonly Operation[]> {
  const { paths } = (await house.request('GET', '/openapi.json?api=kupe')).body as {
    readonly paths: Record<string, Record<string, object>>;
  };
  return Object.entries(paths).flatMap(([template, methods]) =>
    Object.keys(methods).map((method) => ({ method: method.toUpperCase(), template })),
  );
}

/** One of each thing, by the name of its parameter. */
async function furnished(house: KupeHouse): Promise<Readonly<Record<string, string>>> {
  const [agent_id, phone_number_id] = [await house.agent(), await house.line('+493012340')];
  const campaign = { agent_id, caller_phone_id: phone_number_id, batch_name: 'B', variable_names: [] };
  const campaign_id = (await house.request('POST', '/api/v1/campaigns', campaign)).id('campaign', 'id');
  const tool = { name: 'T', url: 'http://10.0.0.9/' };
  return {
    agent_id,
    phone_number_id,
    campaign_id,
    batch_id: campaign_id,
    user_id: house.userId,
    org_id: house.organizationId,
    group_id: (await house.request('POST', '/api/v1/people-groups', { name: 'G' })).id('group', 'id'),
    tool_id: (await house.request('POST', '/api/v1/tool-endpoint-defs', tool)).id('id'),
    rule_id: (await house.request('POST', '/api/v1/post-analysis/rules', { name: 'R' })).id('id'),
    wallet_id: (await house.request('GET', '/api/v1/wallets/me')).id('wallet_id'),
    key_id: (await house.request('POST', '/api/v1/api-keys', {})).id('api_key', 'id'),
  };
}

test('whatever is sent, no operation breaks: ugly input is refused, not fallen over', {
  timeout: 120_000,
}, async () => {
  const house = await KupeHouse.open();
  const ids = await furnished(house);
  const { session } = await house.person('super_admin');
  const broken: string[] = [];
  const seen = new Map<number, number>();
  const send = async (method: string, path: string, body?: unknown) => {
    const { status, text } = await house.request(method, path, body, session);
    seen.set(status, (seen.get(status) ?? 0) + 1);
    if (status >= 500) broken.push(`${method} ${path} ${JSON.stringify(body)} → ${status} ${text.slice(0, 200)}`);
  };
  for (const { method, template } of await operationsOf(house)) {
    if (method === 'DELETE' || signOut === `${method} ${template}`) continue;
    const path = template.replaceAll(/\{(\w+)\}/g, (_, name: string) => ids[name] ?? 'x%00..%2f');
    if (method === 'GET') for (const query of queries) await send('GET', `${path}?${query}`);
    else for (const body of bodies) await send(method, path, body);
  }
  // Everybody was let in, and most of it did not fit.
  expect([seen.has(401), (seen.get(422) ?? 0) > 300]).toEqual([false, true]);
  expect(broken).toEqual([]);
  expect((await house.request('GET', '/api/v1/agents')).status).toBe(200);
});
