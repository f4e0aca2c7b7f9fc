import { z } from 'zod';
import type { Agent } from '../../../domain/agents/agent.ts';
import type { AgentService } from '../../../domain/agents/agent-service.ts';
import type { CallService } from '../../../domain/calls/call-service.ts';
import { hasRole } from '../../../domain/credentials/principal.ts';
import type { Page } from '../../../domain/paging.ts';
import type { Clock } from '../../../lifetime/clock.ts';
import { type Route, route } from '../../route.ts';
import type { AgentListPrinter } from './agent-list-printer.ts';
import { agentItem } from './agents.schema.ts';
import { agentSummary } from './agents.wire.ts';
import { jsonText } from './answers.ts';
import type { KupeCaller } from './auth.ts';
import { anyObject } from './fields.ts';
import { isPaged, pageOf, pageToWire, pagingQuery, toPageRequest } from './paging.ts';

export interface AgentListParts {
  readonly agents: AgentService;
  readonly calls: CallService;
  readonly clock: Clock;
  readonly printer: AgentListPrinter;
}

const group = 'Agent Management';
const defaultPageSize = 20;
/** An unpaginated list ends here. */
const longestList = 10_000;

export function agentListRoutes({ agents, calls, clock, printer }: AgentListParts): readonly Route<KupeCaller>[] {
  return [
    route({
      method: 'GET',
      path: '/api/v1/agents',
      summary: 'List agents: all of them, or a page of them',
      group,
      query: z.object({
        ...pagingQuery,
        scope: z.enum(['mine', 'all'], 'must be mine or all').optional(),
        q: z.string().max(200).optional(),
      }),
      responses: { 200: z.union([z.array(agentItem), pageOf(agentItem)]) },
      answer: ({ caller, query }) => {
        const everywhere = query.scope === 'all' && hasRole(caller.role, 'super_admin');
        const paged = isPaged(query) || everywhere;
        const part = paged ? toPageRequest(query, defaultPageSize) : { limit: longestList, offset: 0 };
        const { text, total } = printer.list(
          {
            organizationId: everywhere ? undefined : caller.organizationId,
            ownerUserId: query.scope === 'mine' ? (caller.userId ?? undefined) : undefined,
            text: query.q,
          },
          part,
        );
        if (!paged) return jsonText(text);
        const { page = 1, page_size = defaultPageSize } = query;
        return jsonText('{"items":', text, `,"total":${total},"page":${page},"page_size":${page_size}}`);
      },
    }),
    route({
      method: 'GET',
      path: '/api/v1/agents/stats',
      summary: 'Count agents and their calls',
      group,
      responses: { 200: anyObject },
      answer: async ({ caller: { organizationId } }) => {
        return {
          kind: 'json',
          status: 200,
          data: await statsOf(agents, calls, { organizationId, nowMs: clock.now() }),
        };
      },
    }),
    route({
      method: 'GET',
      path: '/api/v1/agents/summary',
      summary: 'List agents in a short form',
      group,
      query: z.object({ ...pagingQuery, name_search: z.string().max(200).optional() }),
      responses: { 200: pageOf(anyObject) },
      answer: ({ caller: { organizationId }, query }) => {
        const found: Page<Agent> = agents.search(
          { organizationId, text: query.name_search },
          toPageRequest(query, defaultPageSize),
        );
        return { kind: 'json', status: 200, data: pageToWire(found, query, defaultPageSize, agentSummary) };
      },
    }),
  ];
}

/** The month is the calendar's, in UTC. */
async function statsOf(
  agents: AgentService,
  calls: CallService,
  { organizationId, nowMs }: { readonly organizationId: string; readonly nowMs: number },
): Promise<object> {
  const count = (enabled: boolean) => agents.list({ organizationId, enabled }, { limit: 0, offset: 0 }).total;
  const now = new Date(nowMs);
  const monthBeginMs = Date.UTC(now.getUTCFullYear(), now.getUTCMonth());
  const [ever, month] = await Promise.all([
    calls.totals({ organizationId }),
    calls.totals({ organizationId, fromMs: monthBeginMs }),
  ]);
  const [active, inactive] = [count(true), count(false)];
  return {
    total_agents: active + inactive,
    active_agents: active,
    inactive_agents: inactive,
    total_calls: ever.total,
    total_duration_seconds: Math.round(ever.talkingMs / 1000),
    calls_this_month: month.total,
  };
}
