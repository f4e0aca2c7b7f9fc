import { z } from 'zod';
import type { McpServer } from '../../../domain/mcp-servers/mcp-server.ts';
import type { ToolTryOuts, TryOut } from '../../../domain/tools/try-out.ts';
import { type Route, route } from '../../route.ts';
import { jsonObject, shortText } from '../../wire-fields.ts';
import type { AppCaller } from './auth.ts';

const group = 'Tools';
const args = jsonObject.default({});
const tryOutWire = z.object({
  ok: z.boolean(),
  status_code: z.int().nullable(),
  output: z.unknown(),
  latency_ms: z.int(),
  reason: z.string().nullable(),
});
const serverWire = z.object({
  id: z.string(),
  name: z.string(),
  tools: z.array(z.object({ name: z.string(), description: z.string().nullable(), input_schema: jsonObject })),
  allowed_tools: z.array(z.string()),
  last_error: z.string().nullable(),
});

/** Trying tools before an agent uses them; for developers and administrators. */
export function toolRoutes(tryOuts: ToolTryOuts): readonly Route<AppCaller>[] {
  return [
    route({
      method: 'POST',
      path: '/app/api/tools/{id}/call',
      summary: 'Try an HTTP tool: really calls it, and says what an agent would be given or why it failed',
      group,
      body: z.object({ arguments: args }),
      responses: { 200: tryOutWire },
      answer: async ({ caller, params, body }) => shown(await tryOuts.tool(caller, params.id, body.arguments)),
    }),
    route({
      method: 'POST',
      path: '/app/api/mcp-servers/{id}/call',
      summary: 'Try a tool of an MCP server: really calls it, and says what an agent would be given or why it failed',
      group,
      body: z.object({ tool: shortText, arguments: args }),
      responses: { 200: tryOutWire },
      answer: async ({ caller, params, body }) =>
        shown(await tryOuts.serverTool(caller, params.id, { tool: body.tool, args: body.arguments })),
    }),
    route({
      method: 'POST',
      path: '/app/api/mcp-servers/{id}/refresh',
      summary: 'Ask an MCP server for its tools again; last_error says why it could not be asked',
      group,
      responses: { 200: serverWire },
      answer: async ({ caller, params }) => {
        return { kind: 'json', status: 200, data: serverToWire(await tryOuts.refresh(caller, params.id)) };
      },
    }),
  ];
}

function shown({ ok, statusCode, output, latencyMs, reason }: TryOut) {
  const data: z.infer<typeof tryOutWire> = { ok, status_code: statusCode, output, latency_ms: latencyMs, reason };
  return { kind: 'json', status: 200, data } as const;
}

function serverToWire(server: McpServer): z.infer<typeof serverWire> {
  return {
    id: server.id,
    name: server.name,
    tools: server.tools.map(({ name, description, inputSchema }) => ({ name, description, input_schema: inputSchema })),
    allowed_tools: [...server.allowedTools],
    last_error: server.lastError,
  };
}
