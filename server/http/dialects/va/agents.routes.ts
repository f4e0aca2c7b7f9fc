import { z } from 'zod';
import type { AgentService } from '../../../domain/agents/agent-service.ts';
import type { CatalogService } from '../../../domain/catalog/catalog-service.ts';
import { type Route, route } from '../../route.ts';
import { agentBody, agentPatch, agentToWire, agentWire, toAgentChange, toAgentDraft } from './agents.wire.ts';
import type { VaCaller } from './auth.ts';
import { deletedWire, listAnswer, pagingQuery, queryBoolean } from './paging.ts';

const group = 'Agents';

export interface AgentRouteParts {
  readonly agents: AgentService;
  readonly catalog: Pick<CatalogService, 'knownVoice'>;
}

export function agentRoutes({ agents, catalog }: AgentRouteParts): readonly Route<VaCaller>[] {
  const voicesOf = (organizationId: string) => (voiceId: string) => {
    return catalog.knownVoice(organizationId, voiceId)?.engineVoice ?? undefined;
  };
  return [
    route({
      method: 'GET',
      path: '/api/v1/agents',
      summary: 'List agents, the newest first',
      group,
      responses: { 200: z.array(agentWire) },
      query: z.object({ ...pagingQuery, enabled: queryBoolean.optional() }),
      answer: ({ caller: { organizationId }, query }) => {
        const filter = { organizationId, ...(query.enabled === undefined ? {} : { enabled: query.enabled }) };
        return listAnswer(agents.list(filter, query), query, agentToWire);
      },
    }),
    route({
      method: 'POST',
      path: '/api/v1/agents',
      summary: 'Create an agent',
      group,
      responses: { 201: agentWire },
      body: agentBody,
      answer: async ({ caller, body }) => {
        const agent = await agents.create(caller.organizationId, toAgentDraft(body, voicesOf(caller.organizationId)));
        return { kind: 'json', status: 201, data: agentToWire(agent) };
      },
    }),
    route({
      method: 'GET',
      path: '/api/v1/agents/{id}',
      summary: 'Read an agent',
      group,
      responses: { 200: agentWire },
      answer: ({ caller, params: { id } }) => {
        return { kind: 'json', status: 200, data: agentToWire(agents.get(caller.organizationId, id)) };
      },
    }),
    route({
      method: 'PATCH',
      path: '/api/v1/agents/{id}',
      summary: 'Change what is named of an agent',
      group,
      responses: { 200: agentWire },
      body: agentPatch,
      answer: async ({ caller, params: { id }, body }) => {
        const findVoice = voicesOf(caller.organizationId);
        const agent = await agents.update(caller.organizationId, id, ({ voiceSettings }) =>
          toAgentChange(body, findVoice, voiceSettings),
        );
        return { kind: 'json', status: 200, data: agentToWire(agent) };
      },
    }),
    route({
      method: 'DELETE',
      path: '/api/v1/agents/{id}',
      summary: 'Delete an agent that nothing active needs',
      group,
      responses: { 200: deletedWire },
      answer: async ({ caller, params: { id } }) => {
        await agents.delete(caller.organizationId, id);
        return { kind: 'json', status: 200, data: { id, deleted: true } };
      },
    }),
  ];
}
