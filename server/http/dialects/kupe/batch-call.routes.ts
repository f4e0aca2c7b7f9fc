import { z } from 'zod';
import { LandlineError } from '../../../contract/errors.ts';
import type { AgentService } from '../../../domain/agents/agent-service.ts';
import type { Campaign } from '../../../domain/campaigns/campaign.ts';
import type { CampaignService } from '../../../domain/campaigns/campaign-service.ts';
import type { NumberService } from '../../../domain/numbers/number-service.ts';
import type { OrganizationService } from '../../../domain/organizations/organization-service.ts';
import type { TableReader } from '../../../domain/tables/table-reader.ts';
import type { UserService } from '../../../domain/users/user-service.ts';
import { publicRoute, type Route, route } from '../../route.ts';
import { json, wholeList } from './answers.ts';
import type { KupeCaller } from './auth.ts';
import { batchRowRoutes } from './batch-rows.routes.ts';
import { checkTarget, requireNotStarted } from './campaign-rules.ts';
import {
  batchBody,
  batchSchema,
  batchToWire,
  countsSchema,
  countsToWire,
  toCampaignDraft,
  variableNames,
} from './campaigns.wire.ts';
import { requireRole } from './gates.ts';

const group = 'Batch calling';
const base = '/api/v1/batch-call';

export interface BatchCallParts {
  readonly agents: AgentService;
  readonly campaigns: CampaignService;
  readonly numbers: NumberService;
  readonly organizations: OrganizationService;
  readonly tables: TableReader;
  readonly users: UserService;
}

export function batchCallRoutes(parts: BatchCallParts): readonly Route<KupeCaller>[] {
  return [
    createRoute(parts),
    ...listRoutes(parts),
    ...batchRoutes(parts.campaigns),
    ...changeRoutes(parts.campaigns),
    ...batchRowRoutes(parts),
    statusCallbackRoute(),
  ];
}

const success = <Shape extends z.ZodType>(data: Shape) =>
  z.object({ success: z.literal(true), message: z.string(), data });

function createRoute(parts: BatchCallParts): Route<KupeCaller> {
  return route({
    method: 'POST',
    path: `${base}/create`,
    summary: 'Create a batch of calls',
    group,
    body: batchBody,
    responses: { 201: success(batchSchema) },
    answer: async ({ caller, body }) => {
      checkTarget(parts.numbers, caller, body);
      if (!body.agent_id) throw new LandlineError('invalid-argument', 'Either agent_id or workflow_id is required');
      const draft = toCampaignDraft(body, 'kupe-batch', caller.userId);
      const batch = await parts.campaigns.create(caller.organizationId, draft);
      return json({ success: true, message: 'Batch created', data: batchToWire(batch) }, 201);
    },
  });
}

function listRoutes(parts: BatchCallParts): readonly Route<KupeCaller>[] {
  const responses = { 200: z.object({ success: z.literal(true), data: z.array(batchSchema) }) };
  const answer = (batches: readonly Campaign[]) => json({ success: true, data: batches.map(batchToWire) });
  return [
    route({
      method: 'GET',
      path: `${base}/me`,
      summary: "List the caller's batches",
      group,
      responses,
      answer: ({ caller }) => answer(ownBatches(parts, caller)),
    }),
    route({
      method: 'GET',
      path: `${base}/browse`,
      summary: "List everybody's batches (super_admin), or one's own",
      group,
      responses,
      answer: ({ caller }) =>
        answer(caller.role === 'super_admin' ? allBatches(parts, caller) : ownBatches(parts, caller)),
    }),
    route({
      method: 'GET',
      path: `${base}/user/{user_id}`,
      summary: "List a user's batches (one's own, or super_admin)",
      group,
      responses,
      answer: ({ caller, params }) => {
        const user = parts.users.get(caller, params.user_id);
        if (user.id !== caller.userId) requireRole(caller, 'super_admin');
        const filter = { organizationId: user.organizationId, userId: user.id };
        return answer(parts.campaigns.list(filter, wholeList).items);
      },
    }),
  ];
}

/** Those that the caller made, and those that nobody in particular made. */
function ownBatches({ campaigns }: BatchCallParts, { organizationId, userId }: KupeCaller): readonly Campaign[] {
  const { items } = campaigns.list({ organizationId }, wholeList);
  return items.filter((batch) => batch.userId === null || batch.userId === userId);
}

function allBatches({ campaigns, organizations }: BatchCallParts, caller: KupeCaller): readonly Campaign[] {
  const all = organizations.list(caller, wholeList).items;
  return all.flatMap(({ id }) => campaigns.list({ organizationId: id }, wholeList).items);
}

function batchRoutes(campaigns: CampaignService): readonly Route<KupeCaller>[] {
  return [
    route({
      method: 'GET',
      path: `${base}/{batch_id}`,
      summary: 'Get a batch',
      group,
      responses: { 200: z.object({ success: z.literal(true), data: batchSchema }) },
      answer: ({ caller, params }) =>
        json({ success: true, data: batchToWire(campaigns.get(caller.organizationId, params.batch_id)) }),
    }),
    route({
      method: 'DELETE',
      path: `${base}/{batch_id}`,
      summary: 'Delete a batch that is not dialling',
      group,
      responses: { 200: z.object({ success: z.literal(true), message: z.string() }) },
      answer: async ({ caller, params }) => {
        await campaigns.delete(caller.organizationId, params.batch_id);
        return json({ success: true, message: 'Batch deleted' });
      },
    }),
    route({
      method: 'GET',
      path: `${base}/{batch_id}/status`,
      summary: 'Get a batch with the counts of its rows by status',
      group,
      responses: {
        200: z.object({
          success: z.literal(true),
          data: z.object({ batch: batchSchema, status_counts: countsSchema }),
        }),
      },
      answer: ({ caller: { organizationId }, params: { batch_id } }) => {
        const batch = batchToWire(campaigns.get(organizationId, batch_id));
        const status_counts = countsToWire(campaigns.counts(organizationId, batch_id));
        return json({ success: true, data: { batch, status_counts } });
      },
    }),
  ];
}

function changeRoutes(campaigns: CampaignService): readonly Route<KupeCaller>[] {
  return [
    route({
      method: 'PATCH',
      path: `${base}/{batch_id}/variables`,
      summary: 'Change the names of the variables before the start',
      group,
      body: z.object({ variable_names: variableNames }),
      responses: { 200: success(batchSchema) },
      answer: async ({ caller: { organizationId }, params: { batch_id }, body }) => {
        requireNotStarted(campaigns.get(organizationId, batch_id));
        const batch = await campaigns.update(organizationId, batch_id, { variableNames: body.variable_names });
        return json({ success: true, message: 'Variables updated', data: batchToWire(batch) });
      },
    }),
    route({
      method: 'POST',
      path: `${base}/start/{batch_id}`,
      summary: 'Start dialling, in waves of batch_size; 409 when it has been started',
      group,
      responses: { 200: success(batchSchema) },
      answer: async ({ caller, params }) => {
        const batch = await campaigns.launch(caller.organizationId, params.batch_id);
        return json({ success: true, message: 'Batch started', data: batchToWire(batch) });
      },
    }),
  ];
}

/**
 * For carriers that are told to report here. The house places its calls itself and knows their states first hand, so
 * a report changes nothing.
 */
function statusCallbackRoute(): Route<KupeCaller> {
  return publicRoute({
    method: 'POST',
    path: `${base}/status-callback`,
    summary: 'Take a carrier’s report on a call; states come from the line itself, so nothing changes',
    group,
    bodyKind: 'form',
    responses: { 200: z.object({ success: z.literal(true), message: z.string() }) },
    answer: () => json({ success: true, message: 'Call states come from the line itself; nothing was changed' }),
  });
}
