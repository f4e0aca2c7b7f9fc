import { z } from 'zod';
import type { AgentService } from '../../../domain/agents/agent-service.ts';
import { type Route, route } from '../../route.ts';
import { agentBody, agentPatch, agentToWire, toAgentChange, toAgentDraft } from './agents.wire.ts';
import type { VaCaller } from './auth.ts';
import { listAnswer, pagingQuery, queryBoolean } from './paging.ts';

export function agentRoutes(agents: AgentService): readonly Route<VaCaller>[] {
  return [
    route({
      method: 'GET',
      path: '/api/v1/agents',
      query: z.object({ ...pagingQuery, enabled: queryBoolean.optional() }),
      answer: ({ caller: { organizationId }, query }) => {
        const filter = { organizationId, ...(query.enabled === undefined ? {} : { enabled: query.enabled }) };
        return listAnswer(agents.list(filter, query), query, agentToWire);
      },
    }),
    route({
      method: 'POST',
      path: '/api/v1/agents',
      body: agentBody,
      answer: async ({ caller, body }) => {
        const agent = await agents.create(caller.organizationId, toAgentDraft(body));
        return { kind: 'json', status: 201, data: agentToWire(agent) };
      },
    }),
    route({
      method: 'GET',
      path: '/api/v1/agents/{id}',
      answer: ({ caller, params: { id } }) => {
        return { kind: 'json', status: 200, data: agentToWire(agents.get(caller.organizationId, id)) };
      },
    }),
    route({
      method: 'PATCH',
      path: '/api/v1/agents/{id}',
      body: agentPatch,
      answer: async ({ caller, params: { id }, body }) => {
        const agent = await agents.update(caller.organizationId, id, toAgentChange(body));
        return { kind: 'json', status: 200, data: agentToWire(agent) };
      },
    }),
    route({
      method: 'DELETE',
      path: '/api/v1/agents/{id}',
      answer: async ({ caller, params: { id } }) => {
        await agents.delete(caller.organizationId, id);
        return { kind: 'json', status: 200, data: { id, deleted: true } };
      },
    }),
  ];
}
