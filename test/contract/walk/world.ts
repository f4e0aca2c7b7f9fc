import type { KupeHouse, Person } from '../kupe/kupe-house.ts';
import type { Operation } from '../operations.ts';
import { makeThings, type OwnedThings } from './owned-things.ts';

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
  const things = await makeThings(house, owner);
  const names = pathNames(things, owner);
  const ids = pathIds(things, owner);
  return {
    owner,
    secrets: secretsOf(things, owner),
    params: ({ path }) => ({ ...names, ...ids.find(([pattern]) => pattern.test(path))?.[1] }),
    bodyIds: bodyIdsOf(things, owner),
  };
}

/** What placeholders with a name of their own stand for. */
function pathNames(things: OwnedThings, { organizationId, userId }: Person): Readonly<Record<string, string>> {
  return {
    agent_id: things.agentId,
    batch_id: things.batchId,
    call_id: things.callId,
    campaign_id: things.campaignId,
    column_id: things.columnId,
    file_id: things.fileId,
    group_id: things.groupId,
    integration_id: things.integrationId,
    item_id: things.itemId,
    key_id: things.keyId,
    org_id: organizationId,
    phone_number_id: things.numberId,
    row_id: things.rowId,
    rule_id: things.ruleId,
    session_id: things.callId,
    upload_file_id: things.fileId,
    user_id: userId,
    wallet_id: things.walletId,
    webhook_id: things.endpointId,
    date: '2030-01-01',
  };
}

/** What a placeholder stands for whose name says too little; the first path that fits counts. */
function pathIds(
  things: OwnedThings,
  { organizationId }: Person,
): readonly (readonly [RegExp, Readonly<Record<string, string>>])[] {
  return [
    [/tools-mcp-server-defs/, { tool_id: things.serverId }],
    [/tool/, { tool_id: things.toolId }],
    [/^\/api\/v1\/agents\/\{id\}/, { id: things.agentId }],
    [/^\/api\/v1\/tasks\/\{id\}/, { id: things.taskId }],
    [/^\/api\/v1\/calls\/\{id\}|recordings\/\{id\}|sessions\/\{id\}/, { id: things.callId }],
    [/^\/api\/v1\/api-keys\/\{id\}/, { id: things.keyId }],
    [/^\/api\/v1\/organizations\/\{id\}/, { id: organizationId }],
    [/media\/files\/\{id\}/, { id: things.fileId }],
  ];
}

/** All but those of parts of something, which are of no use without it. */
function secretsOf(things: OwnedThings, { organizationId, userId }: Person): readonly string[] {
  const { columnId: _column, itemId: _item, rowId: _row, ...secrets } = things;
  return [...Object.values(secrets), userId, organizationId];
}

function bodyIdsOf(things: OwnedThings, { userId }: Person): Readonly<Record<string, unknown>> {
  return {
    agent_id: things.agentId,
    caller_phone_id: things.numberId,
    phone_number_id: things.numberId,
    upload_file_id: things.fileId,
    group_id: things.groupId,
    group_ids: [things.groupId],
    rule_ids: [things.ruleId],
    tool_id: things.toolId,
    user_id: userId,
  };
}
