import { writeFile } from 'node:fs/promises';
import { realClock } from '../../../server/lifetime/clock.ts';
import { makeWav } from '../../data/wav.ts';
import { formWith, type KupeHouse, type Person } from '../kupe/kupe-house.ts';

/** Ids of one of everything that an organization can have. */
export type OwnedThings = Awaited<ReturnType<typeof makeThings>>;

/** One of everything, made through Kupe's API where that has it, else by the domain. */
export async function makeThings(house: KupeHouse, owner: Person) {
  const agentId = await made(house, owner, ['/api/v1/agents/simple', { name: 'Owned agent' }], 'agent', 'id');
  const { organizationId } = owner;
  const number = await house.domain.numbers.add({ organizationId, dialled: '+15550777', agentId });
  return {
    agentId,
    numberId: number.id,
    ...(await makeFile(house, owner, agentId)),
    ...(await makeGroup(house, owner)),
    ...(await makeTools(house, owner, agentId)),
    ...(await makeCampaigns(house, owner, { agentId, numberId: number.id })),
    ...(await makeAccounts(house, owner)),
    ...(await makeCall(house, owner, agentId)),
    ...(await makeConnections(house, owner, agentId)),
  };
}

type Sent = readonly [path: string, body: unknown];

/** What lies under the keys of the answer to this POST. */
async function made(house: KupeHouse, owner: Person, [path, body]: Sent, ...keys: readonly string[]): Promise<string> {
  const reply = await house.request('POST', path, body, owner.key);
  if (reply.status >= 300) throw new Error(`POST ${path}: ${reply.status} ${reply.text}`);
  return reply.id(...keys);
}

async function makeFile(house: KupeHouse, owner: Person, agentId: string) {
  const file = formWith('owned.txt', 'We are open from nine to five.');
  const fileId = await made(house, owner, ['/api/v1/files/upload', file], 'data', 'id');
  const mapping = { agent_id: agentId, upload_file_id: fileId };
  await made(house, owner, ['/api/v1/agent-files-mappings/create', mapping], 'message');
  return { fileId };
}

async function makeGroup(house: KupeHouse, owner: Person) {
  const groupId = await made(house, owner, ['/api/v1/people-groups', { name: 'Owned group' }], 'group', 'id');
  const group = `/api/v1/people-groups/${groupId}`;
  const column = { display_name: 'Owned', column_type: 'text' };
  const columnId = await made(house, owner, [`${group}/columns`, column], 'column', 'id');
  const rowId = await made(house, owner, [`${group}/rows`, { properties: { Owned: 'yes' } }], 'row', 'id');
  return { groupId, columnId, rowId };
}

async function makeTools(house: KupeHouse, owner: Person, agentId: string) {
  const rule = { name: 'Owned rule', analysis_type: 'call_summary' };
  const ruleId = await made(house, owner, ['/api/v1/post-analysis/rules', rule], 'id');
  const tool = { name: 'owned_tool', url: 'http://10.0.0.9/tool' };
  const toolId = await made(house, owner, ['/api/v1/tool-endpoint-defs', tool], 'id');
  const server = await house.domain.mcpServers.create(principalOf(owner), {
    name: 'Owned server',
    serverUrl: 'http://10.0.0.9/mcp',
  });
  const attached = [{ tool_type: 'endpoint', tool_id: toolId }];
  await house.request('POST', `/api/v1/agents/${agentId}/tools`, attached, owner.key);
  return { ruleId, toolId, serverId: server.id };
}

async function makeCampaigns(
  house: KupeHouse,
  owner: Person,
  { agentId, numberId }: { readonly agentId: string; readonly numberId: string },
) {
  const batch = { caller_phone_id: numberId, batch_name: 'Owned batch', agent_id: agentId };
  const batchId = await made(house, owner, ['/api/v1/batch-call/create', batch], 'data', 'id');
  const records = [{ to_phonenumber: '+15550142' }];
  await house.request('POST', `/api/v1/batch-call/upload-json/${batchId}`, { records }, owner.key);
  const rows = await house.request('GET', `/api/v1/batch-call/${batchId}/data`, undefined, owner.key);
  const campaign = { ...batch, batch_name: 'Owned campaign', variable_names: [] };
  const campaignId = await made(house, owner, ['/api/v1/campaigns', campaign], 'campaign', 'id');
  return { batchId, itemId: rows.id('data', 0, 'id'), campaignId };
}

async function makeAccounts(house: KupeHouse, owner: Person) {
  const keyId = await made(house, owner, ['/api/v1/api-keys', { name: 'Owned key' }], 'api_key', 'id');
  const wallet = await house.request('GET', '/api/v1/wallets/me', undefined, owner.key);
  return { keyId, walletId: wallet.id('wallet_id') };
}

/** A call that has ended, with a turn and a recording. */
async function makeCall({ domain }: KupeHouse, { organizationId, userId }: Person, agentId: string) {
  const identity = { from: '+15550123', to: '+15550777', fromUri: 'sip:a@127.0.0.1', toUri: 'sip:b@127.0.0.1' };
  const call = await domain.calls.begin({ organizationId, agentId, userId, direction: 'inbound', identity });
  await domain.calls.answered(call.id, realClock.now());
  const said = { role: 'caller', text: 'Hello.', startMs: 0, endMs: 500 } as const;
  await domain.calls.addTurn(call.id, { ...said, interrupted: false, provider: 'test', marks: {} });
  const wav = makeWav(8_000);
  const { path } = await domain.recordings.open(call.id);
  await writeFile(path, wav);
  await domain.calls.finish(call.id, { status: 'completed', endReason: 'caller-hangup', endedAtMs: realClock.now() });
  await domain.recordings.finished(call.id, { durationMs: 1_000, sizeBytes: wav.length });
  return { callId: call.id };
}

async function makeConnections({ domain }: KupeHouse, owner: Person, agentId: string) {
  const { organizationId, userId } = owner;
  const task = await domain.tasks.create(organizationId, { agentId, name: 'Owned task', toNumber: '+15550142' });
  const crm = { type: 'crm', name: 'Owned integration', userId, extras: {}, config: {} };
  const integration = await domain.integrations.create(principalOf(owner), crm);
  const endpoint = await domain.webhooks.createEndpoint(principalOf(owner), {
    url: 'https://hooks.example.com/owned',
    events: ['call.completed'],
  });
  return { taskId: task.id, integrationId: integration.id, endpointId: endpoint.id };
}

function principalOf({ organizationId, userId, email }: Person) {
  const shown = { role: 'org_admin', via: 'api-key', credentialId: userId, scopes: [] } as const;
  return { organizationId, userId, email, ...shown };
}
