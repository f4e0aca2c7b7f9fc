import { z } from 'zod';
import type { AgentService } from '../../../domain/agents/agent-service.ts';
import { type Route, route } from '../../route.ts';
import { agentToWire } from './agents.wire.ts';
import type { KupeCaller } from './auth.ts';
import { anyObject } from './fields.ts';
import { isPaged, pageToWire, pagingQuery, toPageRequest } from './paging.ts';

const group = 'Agent Management';
const defaultPageSize = 20;
/** An unpaginated list ends here. */
const longestList = 10_000;

export function agentRoutes({ agents }: { readonly agents: AgentService }): readonly Route<KupeCaller>[] {
  return [
    route({
      method: 'GET',
      path: '/api/v1/agents',
      summary: 'List agents',
      group,
      query: z.looseObject(pagingQuery),
      responses: { 200: anyObject },
      answer: ({ caller: { organizationId }, query }) => {
        const part = isPaged(query) ? toPageRequest(query, defaultPageSize) : { limit: longestList, offset: 0 };
        const found = agents.list({ organizationId }, part);
        const data = isPaged(query)
          ? pageToWire(found, query, defaultPageSize, agentToWire)
          : found.items.map(agentToWire);
        return { kind: 'json', status: 200, data };
      },
    }),
  ];
}
