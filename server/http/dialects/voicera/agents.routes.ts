import { z } from 'zod';
import type { Agent } from '../../../domain/agents/agent.ts';
import type { AgentSearch } from '../../../domain/agents/agent-repository.ts';
import type { AgentService } from '../../../domain/agents/agent-service.ts';
import type { CatalogService } from '../../../domain/catalog/catalog-service.ts';
import { type Answer, type Route, route } from '../../route.ts';
import { shortText } from '../../wire-fields.ts';
import {
  type AgentStatus,
  agentBody,
  agentChangedWire,
  agentCreatedWire,
  agentListWire,
  agentPatch,
  agentStatus,
  agentStatusQuery,
  agentToListWire,
  agentToWire,
  agentWire,
  substitutions,
  toAgentChange,
  toAgentDraft,
  toClone,
} from './agents.wire.ts';
import type { VoiceraCaller } from './auth.ts';
import { isoSeconds } from './fields.ts';
import { listBody, listWire, pageOf, pagingQuery, sortQuery } from './paging.ts';

const group = 'Agents';

export interface AgentRouteParts {
  readonly agents: AgentService;
  readonly catalog: CatalogService;
}

export function agentRoutes(parts: AgentRouteParts): readonly Route<VoiceraCaller>[] {
  return [...readingRoutes(parts.agents), ...changingRoutes(parts)];
}

function readingRoutes(agents: AgentService): readonly Route<VoiceraCaller>[] {
  const one = (path: '/agents/{agent_id}' | '/agents/{agent_id}/config', summary: string): Route<VoiceraCaller> =>
    route({
      method: 'GET',
      path,
      summary,
      group,
      responses: { 200: agentWire },
      answer: ({ caller, params }) => {
        const agent = agents.get(caller.organizationId, params.agent_id);
        return { kind: 'json', status: 200, data: agentToWire(agent) };
      },
    });
  return [
    route({
      method: 'GET',
      path: '/agents',
      summary: 'List agents',
      group,
      query: z.object({
        ...pagingQuery,
        ...sortQuery(['name', 'description', 'status', 'created_at', 'updated_at']),
        search: z.string().max(200).optional(),
        status: agentStatusQuery,
      }),
      responses: { 200: listWire(agentListWire) },
      answer: ({ caller: { organizationId }, query }) => {
        const search = { organizationId, text: query.search, ...withStatus(query.status) };
        const data = listBody(agents.search(search, pageOf(query)), query, agentToListWire);
        return { kind: 'json', status: 200, data };
      },
    }),
    one('/agents/{agent_id}', 'Get an agent'),
    one('/agents/{agent_id}/config', 'Get the whole configuration of an agent'),
  ];
}

function withStatus(status: AgentStatus | undefined): Partial<AgentSearch> {
  const archived = { dialect: 'voicera', field: 'status', text: 'archived' };
  switch (status) {
    case undefined:
      return {};
    case 'active':
      return { enabled: true };
    case 'archived':
      return { enabled: false, extraIs: archived };
    case 'inactive':
      return { enabled: false, extraIsNot: archived };
  }
}

function changingRoutes({ agents, catalog }: AgentRouteParts): readonly Route<VoiceraCaller>[] {
  return [
    route({
      method: 'POST',
      path: '/agents',
      summary: 'Create an agent',
      group,
      body: agentBody,
      responses: { 201: agentCreatedWire },
      answer: async ({ caller, body }) => {
        const { organizationId, userId } = caller;
        const choice = { catalog, organizationId };
        const draft = toAgentDraft(body, userId, choice);
        const agent = await agents.create(organizationId, draft, { unique: true });
        return createdAnswer(agent, substitutions(body, choice));
      },
    }),
    route({
      method: 'PUT',
      path: '/agents/{agent_id}',
      summary: 'Change an agent; fields that are not sent stay as they are',
      group,
      body: agentPatch,
      responses: { 200: agentChangedWire },
      answer: async ({ caller, params: { agent_id }, body }) => {
        const choice = { catalog, organizationId: caller.organizationId };
        const change = toAgentChange(body, choice);
        const agent = await agents.update(caller.organizationId, agent_id, change, { unique: true });
        const data = { id: agent.id, name: agent.name, updated_at: isoSeconds(agent.updatedAtMs) };
        return { kind: 'json', status: 200, data, ...substitutionHeader(substitutions(body, choice)) };
      },
    }),
    route({
      method: 'DELETE',
      path: '/agents/{agent_id}',
      summary: 'Delete an agent',
      group,
      responses: { 204: null },
      answer: async ({ caller, params: { agent_id } }) => {
        await agents.delete(caller.organizationId, agent_id);
        return { kind: 'empty', status: 204 };
      },
    }),
    route({
      method: 'POST',
      path: '/agents/{agent_id}/clone',
      summary: 'Copy an agent under another name',
      group,
      body: z.looseObject({ name: shortText.optional() }),
      responses: { 201: agentCreatedWire },
      answer: async ({ caller, params: { agent_id }, body }) => {
        const agent = agents.get(caller.organizationId, agent_id);
        const clone = toClone(agent, body.name ?? `${agent.name} (copy)`, caller.userId);
        return createdAnswer(await agents.create(caller.organizationId, clone, { unique: true }));
      },
    }),
  ];
}

function createdAnswer(agent: Agent, substituted: readonly string[] = []): Answer {
  const { id, name, createdAtMs } = agent;
  const data = { id, name, status: agentStatus(agent), created_at: isoSeconds(createdAtMs) };
  return { kind: 'json', status: 201, data, ...substitutionHeader(substituted) };
}

function substitutionHeader(substituted: readonly string[]): Pick<Extract<Answer, { kind: 'json' }>, 'headers'> {
  if (substituted.length === 0) return {};
  return { headers: { 'X-Model-Substituted': substituted.join(', ').replaceAll(/[^\x20-\x7e]/g, '?') } };
}
