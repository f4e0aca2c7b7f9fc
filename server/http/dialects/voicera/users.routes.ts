import { z } from 'zod';
import type { AgentService } from '../../../domain/agents/agent-service.ts';
import type { CampaignService } from '../../../domain/campaigns/campaign-service.ts';
import type { UserService } from '../../../domain/users/user-service.ts';
import { type Route, route } from '../../route.ts';
import { agentListWire, agentToListWire } from './agents.wire.ts';
import { requireAdmin, type VoiceraCaller } from './auth.ts';
import { campaignListAnswer } from './campaigns.routes.ts';
import { campaignListWire } from './campaigns.wire.ts';
import { isoSeconds, timeWire } from './fields.ts';
import { listBody, listWire, pageOf, pageQuery, pagingQuery, shortListWire } from './paging.ts';
import { toUserChange, userPatch, userToWire, userWire } from './users.wire.ts';

const group = 'Users';

export interface UserRouteParts {
  readonly users: UserService;
  readonly agents: AgentService;
  readonly campaigns: CampaignService;
}

export function userRoutes(parts: UserRouteParts): readonly Route<VoiceraCaller>[] {
  return [
    userListRoute('/users', 'List users', group, parts.users),
    ...oneUserRoutes(parts.users),
    ...ownedRoutes(parts),
  ];
}

export function userListRoute(
  path: '/users' | '/admin/users',
  summary: string,
  heading: string,
  users: UserService,
): Route<VoiceraCaller> {
  return route({
    method: 'GET',
    path,
    summary,
    group: heading,
    query: z.object({ ...pagingQuery, search: z.string().max(200).optional() }),
    responses: { 200: listWire(userWire) },
    answer: ({ caller, query }) => {
      requireAdmin(caller);
      const found = users.list(caller, { search: query.search }, pageOf(query));
      return { kind: 'json', status: 200, data: listBody(found, query, userToWire) };
    },
  });
}

/** Throws `forbidden` before anyone learns whether the id exists. */
function requireSelfOrAdmin(caller: VoiceraCaller, userId: string): void {
  if (caller.userId !== userId) requireAdmin(caller);
}

function oneUserRoutes(users: UserService): readonly Route<VoiceraCaller>[] {
  return [
    route({
      method: 'GET',
      path: '/users/{user_id}',
      summary: 'Get a user: oneself, or anyone for an administrator',
      group,
      responses: { 200: userWire },
      answer: ({ caller, params: { user_id } }) => {
        requireSelfOrAdmin(caller, user_id);
        return { kind: 'json', status: 200, data: userToWire(users.get(caller, user_id)) };
      },
    }),
    route({
      method: 'PUT',
      path: '/users/{user_id}',
      summary: 'Change a user; role and is_active are for administrators',
      group,
      body: userPatch,
      responses: { 200: z.object({ id: z.uuid(), email: z.string(), updated_at: timeWire }) },
      answer: async ({ caller, params: { user_id }, body }) => {
        requireSelfOrAdmin(caller, user_id);
        const change = toUserChange(body, users.get(caller, user_id));
        const { id, email, updatedAtMs } = await users.update(caller, user_id, change);
        return { kind: 'json', status: 200, data: { id, email, updated_at: isoSeconds(updatedAtMs) } };
      },
    }),
    route({
      method: 'DELETE',
      path: '/users/{user_id}',
      summary: 'Delete a user',
      group,
      responses: { 204: null },
      answer: async ({ caller, params: { user_id } }) => {
        requireAdmin(caller);
        await users.delete(caller, user_id);
        return { kind: 'empty', status: 204 };
      },
    }),
  ];
}

function ownedRoutes({ agents, campaigns, users }: UserRouteParts): readonly Route<VoiceraCaller>[] {
  return [
    route({
      method: 'GET',
      path: '/users/{user_id}/agents',
      summary: 'List the agents that a user made',
      group,
      query: pageQuery,
      responses: { 200: listWire(agentListWire) },
      answer: ({ caller, params: { user_id }, query }) => {
        requireSelfOrAdmin(caller, user_id);
        const { organizationId } = users.get(caller, user_id);
        const found = agents.search({ organizationId, ownerUserId: user_id }, pageOf(query));
        return { kind: 'json', status: 200, data: listBody(found, query, agentToListWire) };
      },
    }),
    route({
      method: 'GET',
      path: '/users/{user_id}/campaigns',
      summary: 'List the campaigns that a user made',
      group,
      query: pageQuery,
      responses: { 200: shortListWire(campaignListWire) },
      answer: ({ caller, params: { user_id }, query }) => {
        requireSelfOrAdmin(caller, user_id);
        const { organizationId } = users.get(caller, user_id);
        return campaignListAnswer(campaigns, { organizationId, userId: user_id }, query);
      },
    }),
  ];
}
