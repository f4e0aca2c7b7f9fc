import { writeFile } from 'node:fs/promises';
import { realClock } from '../../../server/lifetime/clock.ts';
import { makeWav } from '../../data/wav.ts';
import { formWith, type KupeHouse, type Person } from '../kupe/kupe-house.ts';
import type { Operation } from '../operations.ts';

/** One of everything that an organization can have, by the names that paths and bodies have for it. */
export interface World {
  readonly owner: Person;
  /** Ids that must never be seen by anybody else. */
  readonly secrets: readonly string[];
  /** What goes into the placeholders of this operation's path. */
  params(operation: Operation): Readonly<Record<string, string>>;
  /** What goes into fields of a body that name something by id. */
  readonly bodyIds: Readonly<Record<string, unknown>>;
}

/** Fills an organization of its own with one of everything. */
export async function makeWorld(house: KupeHouse): Promise<World> {
  const organization = await house.domain.organizations.create('Owners');
  const owner = await house.person('org_admin', organization.id);
  const make = async (method: string, path: string, body: unknown, ...key: readonly string[]) => {
    const reply = await house.request(method, path, body, owner.key);
    if (reply.status >= 300) throw new Error(`${method} ${path}: ${reply.status} ${reply.text}`);
    return reply.id(...key);
  };
  const { domain } = house;
  const { organizationId, userId } = owner;
  const agentId = await make('POST', '/api/v1/agents/simple', { name: 'Owned agent' }, 'agent', 'id');
  const number = await domain.numbers.add({ organizationId, dialled: '+15550777', agentId });
  const fileId = await make(
    'POST',
    '/api/v1/files/upload',
    formWith('owned.txt', 'We are open from nine to five.'),
    'data',
    'id',
  );
  await make('POST', '/api/v1/agent-files-mappings/create', { agent_id: agentId, upload_file_id: fileId }, 'message');
  const groupId = await make('POST', '/api/v1/people-groups', { name: 'Owned group' }, 'group', 'id');
  const group = `/api/v1/people-groups/${groupId}`;
  const columnId = await make(
    'POST',
    `${group}/columns`,
    { display_name: 'Owned', column_type: 'text' },
    'column',
    'id',
  );
  const rowId = await make('POST', `${group}/rows`, { properties: { Owned: 'yes' } }, 'row', 'id');
  const ruleId = await make(
    'POST',
    '/api/v1/post-analysis/rules',
    { name: 'Owned rule', analysis_type: 'call_summary' },
    'id',
  );
  const tool = { name: 'owned_tool', url: 'http://10.0.0.9/tool' };
  const toolId = await make('POST', '/api/v1/tool-endpoint-defs', tool, 'id');
  const server = await domain.mcpServers.create(principalOf(owner), {
    name: 'Owned server',
    serverUrl: 'http://10.0.0.9/mcp',
  });
  await house.request(
    'POST',
    `/api/v1/agents/${agentId}/tools`,
    [{ tool_type: 'endpoint', tool_id: toolId }],
    owner.key,
  );
  const keyId = await make('POST', '/api/v1/api-keys', { name: 'Owned key' }, 'api_key', 'id');
  const batch = { caller_phone_id: number.id, batch_name: 'Owned batch', agent_id: agentId };
  const batchId = await make('POST', '/api/v1/batch-call/create', batch, 'data', 'id');
  await house.request(
    'POST',
    `/api/v1/batch-call/upload-json/${batchId}`,
    { records: [{ to_phonenumber: '+15550142' }] },
    owner.key,
  );
  const rows = await house.request('GET', `/api/v1/batch-call/${batchId}/data`, undefined, owner.key);
  const itemId = rows.id('data', 0, 'id');
  const campaign = { ...batch, batch_name: 'Owned campaign', variable_names: [] };
  const campaignId = await make('POST', '/api/v1/campaigns', campaign, 'campaign', 'id');
  const walletId = await make('GET', '/api/v1/wallets/me', undefined, 'wallet_id');
  const task = await domain.tasks.create(organizationId, { agentId, name: 'Owned task', toNumber: '+15550142' });
  const identity = { from: '+15550123', to: '+15550777', fromUri: 'sip:a@127.0.0.1', toUri: 'sip:b@127.0.0.1' };
  const call = await domain.calls.begin({ organizationId, agentId, userId, direction: 'inbound', identity });
  await domain.calls.answered(call.id, realClock.now());
  const turn = {
    role: 'caller',
    text: 'Hello.',
    startMs: 0,
    endMs: 500,
    interrupted: false,
    provider: 'test',
    marks: {},
  } as const;
  await domain.calls.addTurn(call.id, turn);
  const wav = makeWav(8_000);
  const { path } = await domain.recordings.open(call.id);
  await writeFile(path, wav);
  await domain.calls.finish(call.id, { status: 'completed', endReason: 'caller-hangup', endedAtMs: realClock.now() });
  await domain.recordings.finished(call.id, { durationMs: 1_000, sizeBytes: wav.length });
  const principal = principalOf(owner);
  const integration = await domain.integrations.create(principal, {
    type: 'crm',
    name: 'Owned integration',
    userId,
    extras: {},
    config: {},
  });
  const endpoint = await domain.webhooks.createEndpoint(principal, {
    url: 'https://hooks.example.com/owned',
    events: ['call.completed'],
  });
  const shared = {
    agent_id: agentId,
    batch_id: batchId,
    call_id: call.id,
    campaign_id: campaignId,
    column_id: columnId,
    file_id: fileId,
    group_id: groupId,
    integration_id: integration.id,
    item_id: itemId,
    key_id: keyId,
    org_id: organizationId,
    phone_number_id: number.id,
    row_id: rowId,
    rule_id: ruleId,
    session_id: call.id,
    upload_file_id: fileId,
    user_id: userId,
    wallet_id: walletId,
    webhook_id: endpoint.id,
    date: '2030-01-01',
  };
  const byPrefix: readonly (readonly [RegExp, Readonly<Record<string, string>>])[] = [
    [/tools-mcp-server-defs/, { tool_id: server.id }],
    [/tool/, { tool_id: toolId }],
    [/^\/api\/v1\/agents\/\{id\}/, { id: agentId }],
    [/^\/api\/v1\/tasks\/\{id\}/, { id: task.id }],
    [/^\/api\/v1\/calls\/\{id\}|recordings\/\{id\}|sessions\/\{id\}/, { id: call.id }],
    [/^\/api\/v1\/api-keys\/\{id\}/, { id: keyId }],
    [/^\/api\/v1\/organizations\/\{id\}/, { id: organizationId }],
    [/media\/files\/\{id\}/, { id: fileId }],
  ];
  return {
    owner,
    secrets: [
      agentId,
      number.id,
      fileId,
      groupId,
      ruleId,
      toolId,
      server.id,
      keyId,
      batchId,
      campaignId,
      walletId,
      task.id,
      call.id,
      integration.id,
      endpoint.id,
      userId,
      organizationId,
    ],
    params: ({ path }) => ({ ...shared, ...byPrefix.find(([pattern]) => pattern.test(path))?.[1] }),
    bodyIds: {
      agent_id: agentId,
      caller_phone_id: number.id,
      phone_number_id: number.id,
      upload_file_id: fileId,
      group_id: groupId,
      group_ids: [groupId],
      rule_ids: [ruleId],
      tool_id: toolId,
      user_id: userId,
    },
  };
}

function principalOf({ organizationId, userId, email }: Person) {
  return {
    organizationId,
    userId,
    email,
    role: 'org_admin',
    via: 'api-key',
    credentialId: userId,
    scopes: [],
    id: userId,
  } as const;
}
