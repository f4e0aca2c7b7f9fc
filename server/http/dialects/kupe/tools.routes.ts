import { z } from 'zod';
import type { ToolService } from '../../../domain/tools/tool-service.ts';
import { type Route, route } from '../../route.ts';
import { json, messageSchema, wholeList } from './answers.ts';
import type { KupeCaller } from './auth.ts';
import { queryBoolean } from './fields.ts';
import {
  agentToolToWire,
  mappingSchema,
  mappingsBody,
  toAgentToolDrafts,
  toolBody,
  toolDefSchema,
  toolPatch,
  toolToWire,
  toToolChange,
  toToolDraft,
} from './tools.wire.ts';

const group = 'Tools and MCP';
const base = '/api/v1/tool-endpoint-defs';

export function toolRoutes({ tools }: { readonly tools: ToolService }): readonly Route<KupeCaller>[] {
  return [...definitionRoutes(tools), ...agentToolRoutes(tools)];
}

function definitionRoutes(tools: ToolService): readonly Route<KupeCaller>[] {
  return [
    route({
      method: 'GET',
      path: base,
      summary: 'List HTTP tools',
      group,
      responses: { 200: z.object({ tools: z.array(toolDefSchema), total: z.int() }) },
      answer: ({ caller }) => {
        const { items, total } = tools.list(caller, wholeList);
        return json({ tools: items.map(toolToWire), total });
      },
    }),
    route({
      method: 'POST',
      path: base,
      summary: 'Create an HTTP tool',
      group,
      body: toolBody,
      responses: { 201: toolDefSchema },
      answer: async ({ caller, body }) => json(toolToWire(await tools.create(caller, toToolDraft(body))), 201),
    }),
    route({
      method: 'GET',
      path: `${base}/{tool_id}`,
      summary: 'Get an HTTP tool',
      group,
      responses: { 200: toolDefSchema },
      answer: ({ caller, params }) => json(toolToWire(tools.get(caller, params.tool_id))),
    }),
    route({
      method: 'PUT',
      path: `${base}/{tool_id}`,
      summary: 'Change an HTTP tool; fields that are absent stay',
      group,
      body: toolPatch,
      responses: { 200: toolDefSchema },
      answer: async ({ caller, params, body }) =>
        json(toolToWire(await tools.update(caller, params.tool_id, toToolChange(body)))),
    }),
    route({
      method: 'DELETE',
      path: `${base}/{tool_id}`,
      summary: 'Delete an HTTP tool and take it from every agent',
      group,
      responses: { 200: messageSchema },
      answer: async ({ caller, params }) => {
        await tools.delete(caller, params.tool_id);
        return json({ message: 'Tool deleted' });
      },
    }),
  ];
}

function agentToolRoutes(tools: ToolService): readonly Route<KupeCaller>[] {
  const path = '/api/v1/agents/{agent_id}/tools';
  const changed = z.object({ message: z.string(), tools: z.array(mappingSchema) });
  return [
    route({
      method: 'GET',
      path,
      summary: 'List the tools of an agent',
      group,
      responses: { 200: z.array(mappingSchema) },
      answer: ({ caller, params }) => json(tools.ofAgent(caller, params.agent_id).map(agentToolToWire)),
    }),
    route({
      method: 'POST',
      path,
      summary: 'Give tools to an agent',
      group,
      body: mappingsBody,
      responses: { 200: changed },
      answer: async ({ caller, params, body }) => {
        const all = await tools.addToAgent(caller, params.agent_id, toAgentToolDrafts(body));
        return json({ message: 'Tools added', tools: all.map(agentToolToWire) });
      },
    }),
    route({
      method: 'PATCH',
      path,
      summary: 'Make the tools of an agent exactly these',
      group,
      query: z.object({ force_update: queryBoolean.optional() }),
      body: mappingsBody,
      responses: { 200: changed },
      answer: async ({ caller, params, body }) => {
        const all = await tools.replaceOfAgent(caller, params.agent_id, toAgentToolDrafts(body));
        return json({ message: 'Tools updated', tools: all.map(agentToolToWire) });
      },
    }),
    route({
      method: 'DELETE',
      path: `${path}/{tool_id}`,
      summary: 'Take a tool from an agent',
      group,
      responses: { 200: messageSchema },
      answer: async ({ caller, params: { agent_id, tool_id } }) => {
        await tools.removeFromAgent(caller, agent_id, tool_id);
        return json({ message: 'Tool removed' });
      },
    }),
  ];
}
