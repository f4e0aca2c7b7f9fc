import { z } from 'zod';
import { LandlineError } from '../../../contract/errors.ts';
import type { Agent } from '../../../domain/agents/agent.ts';
import type { AgentService } from '../../../domain/agents/agent-service.ts';
import type { CatalogService } from '../../../domain/catalog/catalog-service.ts';
import type { ToolService } from '../../../domain/tools/tool-service.ts';
import { type Answer, type Route, route } from '../../route.ts';
import { substitutions, toAgentChange, toAgentDraft } from './agent-change.ts';
import {
  type AgentSections,
  agentAnswer,
  agentBody,
  agentUpdate,
  modelSection,
  simpleAgentBody,
  transcriberSection,
  ttsSection,
  vadSection,
} from './agents.schema.ts';
import { AgentPrinter } from './agents.wire.ts';
import type { KupeCaller } from './auth.ts';
import { queryBoolean } from './fields.ts';
import { toAgentToolDrafts } from './tools.wire.ts';

export interface AgentRouteParts {
  readonly agents: AgentService;
  readonly catalog: CatalogService;
  readonly tools: ToolService;
}

const group = 'Agent Management';

export function agentRoutes(parts: AgentRouteParts): readonly Route<KupeCaller>[] {
  return [...createRoutes(parts), ...oneAgentRoutes(parts), ...configRoutes(parts)];
}

function createRoutes({ agents, catalog, tools }: AgentRouteParts): readonly Route<KupeCaller>[] {
  const printer = new AgentPrinter(catalog);
  const create = async (caller: KupeCaller, body: AgentSections & { agent: { name: string } }): Promise<Answer> => {
    const wanted = toAgentToolDrafts(body.tools ?? []);
    tools.requireKnown(caller, wanted);
    const agent = await agents.create(caller.organizationId, toAgentDraft(body, caller, catalog));
    const given = wanted.length === 0 ? [] : await tools.addToAgent(caller, agent.id, wanted);
    return answered(201, printer.whole(agent, given), substitutions(body, caller.organizationId, catalog));
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

function oneAgentRoutes({ agents, catalog, tools }: AgentRouteParts): readonly Route<KupeCaller>[] {
  const printer = new AgentPrinter(catalog);
  return [
    route({
      method: 'GET',
      path: '/api/v1/agents/{agent_id}',
      summary: 'One agent with its configurations',
      group,
      responses: { 200: agentAnswer },
      answer: ({ caller, params: { agent_id: id } }) => {
        const agent = agents.get(caller.organizationId, id);
        return { kind: 'json', status: 200, data: printer.whole(agent, tools.ofAgent(caller, id)) };
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
        update({ agents, catalog, tools }, { caller, id: params.agent_id, body, forced: query.force_update }),
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
          id: params.agent_id,
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

interface AgentUpdate {
  readonly caller: KupeCaller;
  readonly id: string;
  readonly body: AgentSections;
  readonly forced: boolean;
}

async function update({ agents, catalog, tools }: AgentRouteParts, request: AgentUpdate): Promise<Answer> {
  const { caller, id, body, forced } = request;
  const { organizationId } = caller;
  const before = agents.get(organizationId, id);
  const wanted = body.tools ? toAgentToolDrafts(body.tools) : undefined;
  if (!forced) requireIdle(agents, before, body);
  tools.requireKnown(caller, wanted ?? []);
  const agent = await agents.update(organizationId, id, (current) =>
    toAgentChange(body, current, organizationId, catalog),
  );
  const given = wanted ? await tools.replaceOfAgent(caller, id, wanted) : tools.ofAgent(caller, id);
  return answered(200, new AgentPrinter(catalog).whole(agent, given), substitutions(body, organizationId, catalog));
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
