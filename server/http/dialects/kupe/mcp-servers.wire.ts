import { z } from 'zod';
import type { JsonObject } from '../../../domain/json-column.ts';
import {
  type McpServer,
  type McpServerChange,
  type McpServerDraft,
  mcpTransports,
} from '../../../domain/mcp-servers/mcp-server.ts';
import { unknownFields } from '../../wire-fields.ts';
import { extraFields, isoTime, jsonObject, present, shortText } from './fields.ts';

const headers = z.record(z.string(), z.string('must be a text'));

const fields = {
  name: shortText,
  server_url: z.string().trim().min(1, 'must not be empty').max(2_000, 'must be at most 2,000 characters'),
  headers: headers.nullish(),
  timeout_seconds: z.number().positive('must be above 0').max(60, 'must be at most 60').optional(),
  transport: z.enum(mcpTransports, `must be one of ${mcpTransports.join(', ')}`).optional(),
  allowed_tools: z.array(z.string()).max(1_000).nullish(),
  is_active: z.boolean().optional(),
};

export const mcpBody = z.looseObject(fields);
export const mcpPatch = mcpBody.partial();

const own = ['id', 'user_id', 'tools', 'last_error', 'created_at', 'updated_at'];
const known: ReadonlySet<string> = new Set([...Object.keys(fields), ...own]);

export const mcpDefSchema = z.looseObject({
  id: z.string(),
  user_id: z.string().nullable(),
  name: z.string(),
  server_url: z.string(),
  headers,
  timeout_seconds: z.number(),
  transport: z.enum(mcpTransports),
  tools: z.array(z.object({ name: z.string(), description: z.string().nullable(), input_schema: jsonObject })),
  allowed_tools: z.array(z.string()),
  is_active: z.boolean(),
  last_error: z.string().nullable(),
  created_at: z.string(),
  updated_at: z.string(),
});

export function toMcpDraft(body: z.infer<typeof mcpBody>): McpServerDraft {
  return { ...toMcpChange(body), name: body.name, serverUrl: body.server_url };
}

export function toMcpChange(body: z.infer<typeof mcpPatch>): McpServerChange {
  const change = present({
    name: body.name,
    serverUrl: body.server_url,
    headers: body.headers === null ? {} : body.headers,
    timeoutMs: body.timeout_seconds === undefined ? undefined : Math.round(body.timeout_seconds * 1_000),
    transport: body.transport,
    allowedTools: body.allowed_tools === null ? [] : body.allowed_tools,
    isActive: body.is_active,
  });
  return { ...change, extras: unknownFields('kupe', body, known) };
}

export function mcpToWire(server: McpServer): JsonObject {
  return {
    ...extraFields(server.extras),
    id: server.id,
    user_id: server.userId,
    name: server.name,
    server_url: server.serverUrl,
    headers: server.headers,
    timeout_seconds: server.timeoutMs / 1_000,
    transport: server.transport,
    tools: server.tools.map(({ name, description, inputSchema }) => ({ name, description, input_schema: inputSchema })),
    allowed_tools: server.allowedTools,
    is_active: server.isActive,
    last_error: server.lastError,
    created_at: isoTime(server.createdAtMs),
    updated_at: isoTime(server.updatedAtMs),
  };
}
