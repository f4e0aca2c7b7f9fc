import { z } from 'zod';
import type { McpServerService } from '../../../domain/mcp-servers/mcp-server-service.ts';
import { type Route, route } from '../../route.ts';
import { json, messageSchema, wholeList } from './answers.ts';
import type { KupeCaller } from './auth.ts';
import { mcpBody, mcpDefSchema, mcpPatch, mcpToWire, toMcpChange, toMcpDraft } from './mcp-servers.wire.ts';

const group = 'Tools and MCP';
const base = '/api/v1/tools-mcp-server-defs';

export function mcpServerRoutes({
  mcpServers,
}: {
  readonly mcpServers: McpServerService;
}): readonly Route<KupeCaller>[] {
  return [
    route({
      method: 'GET',
      path: base,
      summary: 'List MCP servers',
      group,
      responses: { 200: z.object({ tools: z.array(mcpDefSchema), total: z.int() }) },
      answer: ({ caller }) => {
        const { items, total } = mcpServers.list(caller, wholeList);
        return json({ tools: items.map(mcpToWire), total });
      },
    }),
    route({
      method: 'POST',
      path: base,
      summary: 'Add an MCP server; it is asked for its tools',
      group,
      body: mcpBody,
      responses: { 201: mcpDefSchema },
      answer: async ({ caller, body }) => json(mcpToWire(await mcpServers.create(caller, toMcpDraft(body))), 201),
    }),
    route({
      method: 'GET',
      path: `${base}/{tool_id}`,
      summary: 'Get an MCP server',
      group,
      responses: { 200: mcpDefSchema },
      answer: ({ caller, params }) => json(mcpToWire(mcpServers.get(caller, params.tool_id))),
    }),
    route({
      method: 'PUT',
      path: `${base}/{tool_id}`,
      summary: 'Change an MCP server; it is asked for its tools again',
      group,
      body: mcpPatch,
      responses: { 200: mcpDefSchema },
      answer: async ({ caller, params, body }) =>
        json(mcpToWire(await mcpServers.update(caller, params.tool_id, toMcpChange(body)))),
    }),
    route({
      method: 'DELETE',
      path: `${base}/{tool_id}`,
      summary: 'Remove an MCP server and take it from every agent',
      group,
      responses: { 200: messageSchema },
      answer: async ({ caller, params }) => {
        await mcpServers.delete(caller, params.tool_id);
        return json({ message: 'MCP server deleted' });
      },
    }),
  ];
}
