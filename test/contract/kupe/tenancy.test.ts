import { expect, test } from 'vitest';
import { formWith, KupeHouse } from './kupe-house.ts';

interface Operation {
  readonly method: string;
  readonly template: string;
  readonly isPublic: boolean;
}

async function operationsOf(house: KupeHouse): Promise<readonly Operation[]> {
  const { paths } = (await house.request('GET', '/openapi.json?api=kupe')).body as {
    readonly paths: Record<string, Record<string, { readonly security?: unknown[] }>>;
  };
  return Object.entries(paths).flatMap(([template, methods]) =>
    Object.entries(methods).map(([method, { security }]) => {
      return { method: method.toUpperCase(), template, isPublic: security?.length === 0 };
    }),
  );
}

/** One of each thing of the first organization, by the name of its parameter. */
async function furnished(house: KupeHouse): Promise<Readonly<Record<string, string>>> {
  const [agent_id, phone_number_id] = [await house.agent(), await house.line('+493012340')];
  const campaign = { agent_id, caller_phone_id: phone_number_id, batch_name: 'B', variable_names: [] };
  const campaign_id = (await house.request('POST', '/api/v1/campaigns', campaign)).id('campaign', 'id');
  const records = { records: [{ to_phonenumber: '+12025550142' }] };
  await house.request('POST', `/api/v1/batch-call/upload-json/${campaign_id}`, records);
  const group_id = (await house.request('POST', '/api/v1/people-groups', { name: 'G' })).id('group', 'id');
  const inGroup = (what: string, body: object) =>
    house.request('POST', `/api/v1/people-groups/${group_id}/${what}`, body);
  const file = await house.request('POST', '/api/v1/files/upload', formWith('a.txt', 'Open from nine to five.'));
  const tool = { name: 'T', url: 'http://10.0.0.9/' };
  const session_id = '11111111-1111-4111-8111-111111111111';
  const { organizationId, userId } = house;
  const used = {
    type: 'calls',
    agentId: null,
    requestId: null,
    startedAtMs: Date.now(),
    durationSeconds: 1,
    uses: [],
  } as const;
  await house.domain.usage.record({ ...used, id: session_id, organizationId, userId });
  return {
    agent_id,
    phone_number_id,
    campaign_id,
    batch_id: campaign_id,
    item_id: (await house.request('GET', `/api/v1/batch-call/${campaign_id}/data`)).id('data', 0, 'id'),
    group_id,
    column_id: (await inGroup('columns', { display_name: 'A', column_type: 'text' })).id('column', 'id'),
    row_id: (await inGroup('rows', { properties: {} })).id('row', 'id'),
    file_id: file.id('data', 'id'),
    upload_file_id: file.id('data', 'id'),
    tool_id: (await house.request('POST', '/api/v1/tool-endpoint-defs', tool)).id('id'),
    rule_id: (await house.request('POST', '/api/v1/post-analysis/rules', { name: 'R' })).id('id'),
    wallet_id: (await house.request('GET', '/api/v1/wallets/me')).id('wallet_id'),
    key_id: (await house.request('POST', '/api/v1/api-keys', {})).id('api_key', 'id'),
    session_id,
    user_id: userId,
    org_id: organizationId,
  };
}

/** Fields that some operation needs; each takes what it knows. */
function bodyFor(template: string, ids: Readonly<Record<string, string>>): unknown {
  if (/upload(-csv|\/preview)?$|\/upload\/\{batch_id\}$/.test(template))
    return formWith('a.csv', 'to_phonenumber\n+12025550143\n');
  if (template.endsWith('/tools')) return [];
  return {
    name: 'Mine now',
    display_name: 'A',
    column_type: 'text',
    properties: {},
    records: [{ to_phonenumber: '+12025550143' }],
    items: [{ to_phonenumber: '+12025550143' }],
    variable_names: [],
    group_id: ids['group_id'],
    group_ids: [ids['group_id']],
    agent_id: ids['agent_id'],
    analysis_type: 'call_summary',
    rule_ids: [],
    amount_usd: 1,
    reason: 'Mine',
    monthly_cap_usd: null,
    org_type: 'internal',
    commission_percentage: 1,
    markup_percentage: 1,
    original_filename: 'mine.txt',
    model_name: 'gpt-4',
    transcriber_model_name: 'nova-3',
    vad_provider_id: 'default',
    language: 'en',
  };
}

test("another organization's admin gets nowhere with our ids, by no operation", async () => {
  const house = await KupeHouse.open();
  const ids = await furnished(house);
  const { session } = await house.stranger();
  const through: string[] = [];
  let walked = 0;
  for (const { method, template, isPublic } of await operationsOf(house)) {
    const names = [...template.matchAll(/\{(\w+)\}/g)].map(([, name]) => name ?? '');
    if (isPublic || !names.some((name) => name in ids)) continue;
    const path = template.replaceAll(/\{(\w+)\}/g, (_, name: string) => ids[name] ?? '');
    const body = method === 'GET' || method === 'DELETE' ? undefined : bodyFor(template, ids);
    const { status, text } = await house.request(method, path, body, session);
    walked++;
    if (status !== 403 && status !== 404) through.push(`${method} ${template} → ${status} ${text.slice(0, 120)}`);
  }
  expect(through).toEqual([]);
  expect(walked).toBeGreaterThan(80);
});

test('without a credential every operation is closed that is not public by contract', async () => {
  const house = await KupeHouse.open();
  const ids = await furnished(house);
  const open: string[] = [];
  for (const { method, template, isPublic } of await operationsOf(house)) {
    if (isPublic) continue;
    const path = template.replaceAll(/\{(\w+)\}/g, (_, name: string) => ids[name] ?? 'x');
    const { status } = await house.request(method, path, method === 'GET' ? undefined : {}, 'none');
    if (status !== 401) open.push(`${method} ${template} → ${status}`);
  }
  expect(open).toEqual([]);
});

test('nor with our ids in a body or a query', async () => {
  const house = await KupeHouse.open();
  const ids = await furnished(house);
  const { session } = await house.stranger();
  const { agent_id, phone_number_id, upload_file_id, user_id } = ids;
  const campaign = { agent_id, caller_phone_id: phone_number_id, batch_name: 'B', variable_names: [] };
  const rows = [
    ['POST', '/api/v1/campaigns', campaign],
    ['POST', '/api/v1/batch-call/create', campaign],
    ['POST', `/api/call/create_call?phoneNumber=%2B12025550142&agent_id=${agent_id}`],
    ['POST', `/api/call/create_call?phoneNumber=%2B12025550142&phone_number_id=${phone_number_id}`],
    ['POST', '/api/v1/phone/mapping', { phone_number_id, agent_id }],
    ['POST', '/api/v1/agent-files-mappings/create', { agent_id, upload_file_id }],
    ['POST', `/api/v1/search/semantic?agent_id=${agent_id}`, { query: 'nine' }],
    ['POST', `/api/v1/search/hybrid?agent_id=${agent_id}`, { query: 'nine' }],
    ['POST', '/api/v1/api-keys', { user_id }],
    ['POST', '/api/v1/api-keys/exists', { user_id, provider_name: 'x' }],
    ['GET', `/api/v1/api-keys/fetch?user_id=${user_id}`],
  ] as const;
  for (const [method, path, body] of rows) {
    const { status } = await house.request(method, path, body ?? (method === 'GET' ? undefined : {}), session);
    expect([path, status === 403 || status === 404]).toEqual([path, true]);
  }
});
