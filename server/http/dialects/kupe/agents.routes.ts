import { z } from 'zod';
import { LandlineError } from '../../../contract/errors.ts';
import type { Agent } from '../../../domain/agents/agent.ts';
import type { AgentService } from '../../../domain/agents/agent-service.ts';
import type { CallService } from '../../../domain/calls/call-service.ts';
import type { CatalogService } from '../../../domain/catalog/catalog-service.ts';
import { hasRole } from '../../../domain/credentials/principal.ts';
import type { Page } from '../../../domain/paging.ts';
import type { Clock } from '../../../lifetime/clock.ts';
import { type Answer, type Route, route } from '../../route.ts';
import { substitutions, toAgentChange, toAgentDraft } from './agent-change.ts';
import {
  type AgentSections,
  agentAnswer,
  agentBody,
  agentItem,
  agentUpdate,
  modelSection,
  simpleAgentBody,
  transcriberSection,
  ttsSection,
  vadSection,
} from './agents.schema.ts';
import { AgentPrinter, agentSummary } from './agents.wire.ts';
import type { KupeCaller } from './auth.ts';
import { anyObject, queryBoolean } from './fields.ts';
import { isPaged, pageOf, pageToWire, pagingQuery, toPageRequest } from './paging.ts';

export interface AgentRouteParts {
  readonly agents: AgentService;
  readonly calls: CallService;
  readonly catalog: CatalogService;
  readonly clock: Clock;
}

const group = 'Agent Management';
const defaultPageSize = 20;
/** An unpaginated list ends here. */
const longestList = 10_000;

export function agentRoutes(parts: AgentRouteParts): readonly Route<KupeCaller>[] {
  return [...listRoutes(parts), ...createRoutes(parts), ...oneAgentRoutes(parts), ...configRoutes(parts)];
}

function listRoutes({ agents, calls, catalog, clock }: AgentRouteParts): readonly Route<KupeCaller>[] {
  const printer = new AgentPrinter(catalog);
  const toItem = (agent: Agent) => printer.item(agent);
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
        const found = agents.search(
          {
            organizationId: everywhere ? undefined : caller.organizationId,
            ownerUserId: query.scope === 'mine' ? (caller.userId ?? undefined) : undefined,
            text: query.q,
          },
          part,
        );
        const data = paged ? pageToWire(found, query, defaultPageSize, toItem) : found.items.map(toItem);
        return { kind: 'json', status: 200, data };
      },
    }),
    route({
      method: 'GET',
      path: '/api/v1/agents/stats',
      summary: 'Count agents and their calls',
      group,
      responses: { 200: anyObject },
      answer: ({ caller: { organizationId } }) => {
        return { kind: 'json', status: 200, data: statsOf(agents, calls, { organizationId, nowMs: clock.now() }) };
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
function statsOf(
  agents: AgentService,
  calls: CallService,
  { organizationId, nowMs }: { readonly organizationId: string; readonly nowMs: number },
): object {
  const count = (enabled: boolean) => agents.list({ organizationId, enabled }, { limit: 0, offset: 0 }).total;
  const now = new Date(nowMs);
  const monthBeginMs = Date.UTC(now.getUTCFullYear(), now.getUTCMonth());
  const ever = calls.totals({ organizationId });
  const [active, inactive] = [count(true), count(false)];
  return {
    total_agents: active + inactive,
    active_agents: active,
    inactive_agents: inactive,
    total_calls: ever.total,
    total_duration_seconds: Math.round(ever.talkingMs / 1000),
    calls_this_month: calls.totals({ organizationId, fromMs: monthBeginMs }).total,
  };
}

function createRoutes({ agents, catalog }: AgentRouteParts): readonly Route<KupeCaller>[] {
  const printer = new AgentPrinter(catalog);
  const create = async (caller: KupeCaller, body: AgentSections & { agent: { name: string } }): Promise<Answer> => {
    const agent = await agents.create(caller.organizationId, toAgentDraft(body, caller, catalog));
    return answered(201, printer.whole(agent), substitutions(body, caller.organizationId, catalog));
  };
  return [
    route({
      method: 'POST',
      path: '/api/v1/agents',
      summary: 'Create an agent with its configurations',
      group,
      body: agentBody,
      responses: { 201: agentAnswer },
      answer: ({ caller, body }) => create(caller, body),
    }),
    route({
      method: 'POST',
      path: '/api/v1/agents/simple',
      summary: 'Create an agent with platform defaults',
      group,
      body: simpleAgentBody,
      responses: { 201: agentAnswer },
      answer: ({ caller, body: { name, description, system_prompt, temperature } }) =>
        create(caller, { agent: { name, description }, agent_model_config: { system_prompt, temperature } }),
    }),
  ];
}

function oneAgentRoutes({ agents, catalog }: AgentRouteParts): readonly Route<KupeCaller>[] {
  const printer = new AgentPrinter(catalog);
  return [
    route({
      method: 'GET',
      path: '/api/v1/agents/{agent_id}',
      summary: 'One agent with its configurations',
      group,
      responses: { 200: agentAnswer },
      answer: ({ caller, params: { agent_id: id } }) => {
        return { kind: 'json', status: 200, data: printer.whole(agents.get(caller.organizationId, id)) };
      },
    }),
    route({
      method: 'PUT',
      path: '/api/v1/agents/{agent_id}',
      summary: 'Update an agent; sections that are absent stay as they are',
      group,
      query: z.object({ force_update: queryBoolean.default(false) }),
      body: agentUpdate,
      responses: { 200: agentAnswer },
      answer: ({ caller, params, query, body }) =>
        update({ agents, catalog }, { caller, id: params.agent_id, body, forced: query.force_update }),
    }),
    route({
      method: 'DELETE',
      path: '/api/v1/agents/{agent_id}',
      summary: 'Delete an agent; an active one only with force_delete',
      group,
      query: z.object({ force_delete: queryBoolean.default(false) }),
      responses: { 200: z.object({ message: z.string(), data: z.object({ id: z.guid() }) }) },
      answer: async ({ caller, params: { agent_id: id }, query }) => {
        requireInactive(agents.get(caller.organizationId, id), query.force_delete);
        await agents.delete(caller.organizationId, id);
        return { kind: 'json', status: 200, data: { message: 'Agent deleted successfully', data: { id } } };
      },
    }),
  ];
}

/** One PATCH for each configuration that can be changed by itself. */
function configRoutes(parts: AgentRouteParts): readonly Route<KupeCaller>[] {
  const patch = <T>(name: string, section: keyof AgentSections, schema: z.ZodType<T>): Route<KupeCaller> =>
    route({
      method: 'PATCH',
      path: `/api/v1/agents/{agent_id}/${name}`,
      summary: `Change the agent's ${name.replace('-', ' ')}`,
      group,
      query: z.object({ force_update: queryBoolean.default(false) }),
      body: schema,
      responses: { 200: agentAnswer },
      answer: ({ caller, params, query, body }) =>
        update(parts, {
          caller,
          id: String(params['agent_id']),
          body: { [section]: body },
          forced: query.force_update,
        }),
    });
  return [
    patch('model-config', 'agent_model_config', modelSection),
    patch('tts-config', 'tts_config', ttsSection),
    patch('transcriber-config', 'transcriber_config', transcriberSection),
    patch('vad-config', 'vad_config', vadSection),
  ];
}

type UpdateParts = Pick<AgentRouteParts, 'agents' | 'catalog'>;

interface AgentUpdate {
  readonly caller: KupeCaller;
  readonly id: string;
  readonly body: AgentSections;
  readonly forced: boolean;
}

async function update({ agents, catalog }: UpdateParts, request: AgentUpdate): Promise<Answer> {
  const { caller, id, body, forced } = request;
  const { organizationId } = caller;
  if (!forced) requireIdle(agents, agents.get(organizationId, id), body);
  const agent = await agents.update(organizationId, id, (before) =>
    toAgentChange(body, before, organizationId, catalog),
  );
  return answered(200, new AgentPrinter(catalog).whole(agent), substitutions(body, organizationId, catalog));
}

/** The engines of a call that is on are not changed under it, unless the client insists. */
function requireIdle(agents: AgentService, agent: Agent, body: AgentSections): void {
  const touchesEngines = [body.agent_model_config, body.tts_config, body.transcriber_config, body.vad_config].some(
    Boolean,
  );
  if (!touchesEngines || agents.openCalls(agent.id) === 0) return;
  throw new LandlineError(
    'agent-in-use',
    'The agent is in a call: wait for its end, or send force_update=true to change its engines now.',
  );
}

function requireInactive(agent: Agent, forced: boolean): void {
  if (forced || !agent.enabled) return;
  throw new LandlineError('agent-active', 'The agent is active: deactivate it first, or send force_delete=true.');
}

/** Names in a header what another model stands in for. */
function answered(status: 200 | 201, data: unknown, substituted: readonly string[]): Answer {
  if (substituted.length === 0) return { kind: 'json', status, data };
  const text = substituted.join(', ').replaceAll(/[^\x20-\x7e]/g, '?');
  return { kind: 'json', status, data, headers: { 'X-Model-Substituted': text } };
}
