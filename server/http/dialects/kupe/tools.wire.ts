import { z } from 'zod';
import type { JsonObject } from '../../../domain/json-column.ts';
import {
  type AgentTool,
  type AgentToolDraft,
  type Tool,
  type ToolChange,
  type ToolDraft,
  toolMethods,
  toolTypes,
} from '../../../domain/tools/tool.ts';
import { unknownFields } from '../../wire-fields.ts';
import { extraFields, isoTime, jsonObject, longText, present, shortText, uuid } from './fields.ts';

const fields = {
  name: shortText,
  url: z.string().trim().min(1, 'must not be empty').max(2_000, 'must be at most 2,000 characters'),
  description: longText.nullish(),
  http_method: z
    .string()
    .toUpperCase()
    .pipe(z.enum(toolMethods, `must be one of ${toolMethods.join(', ')}`))
    .optional(),
  tool_schema: jsonObject.nullish(),
  headers_schema: jsonObject.nullish(),
  payload_schema: jsonObject.nullish(),
  output_schema: jsonObject.nullish(),
  provider_name: z.string().max(200).nullish(),
  timeout_seconds: z.number().positive('must be above 0').max(60, 'must be at most 60').optional(),
  is_active: z.boolean().optional(),
};

export const toolBody = z.looseObject(fields);
export const toolPatch = toolBody.partial();

/** Also the fields that only we set, so that a client can send back what it got. */
const known: ReadonlySet<string> = new Set([...Object.keys(fields), 'id', 'user_id', 'created_at', 'updated_at']);

export const toolDefSchema = z.looseObject({
  id: z.string(),
  user_id: z.string().nullable(),
  name: z.string(),
  url: z.string(),
  description: z.string().nullable(),
  http_method: z.enum(toolMethods),
  tool_schema: jsonObject,
  headers_schema: jsonObject,
  payload_schema: jsonObject,
  output_schema: jsonObject,
  provider_name: z.string().nullable(),
  timeout_seconds: z.number(),
  is_active: z.boolean(),
  created_at: z.string(),
  updated_at: z.string(),
});

export function toToolDraft(body: z.infer<typeof toolBody>): ToolDraft {
  return { ...toToolChange(body), name: body.name, url: body.url };
}

export function toToolChange(body: z.infer<typeof toolPatch>): ToolChange {
  const change = present({
    name: body.name,
    url: body.url,
    description: body.description,
    httpMethod: body.http_method,
    toolSchema: orEmpty(body.tool_schema),
    headersSchema: orEmpty(body.headers_schema),
    payloadSchema: orEmpty(body.payload_schema),
    outputSchema: orEmpty(body.output_schema),
    providerName: body.provider_name,
    timeoutMs: body.timeout_seconds === undefined ? undefined : Math.round(body.timeout_seconds * 1_000),
    isActive: body.is_active,
  });
  return { ...change, extras: unknownFields('kupe', body, known) };
}

/** Null takes the value out; undefined leaves it alone. */
function orEmpty(value: JsonObject | null | undefined): JsonObject | undefined {
  return value === null ? {} : value;
}

export function toolToWire(tool: Tool): JsonObject {
  return {
    ...extraFields(tool.extras),
    id: tool.id,
    user_id: tool.userId,
    name: tool.name,
    url: tool.url,
    description: tool.description,
    http_method: tool.httpMethod,
    tool_schema: tool.toolSchema,
    headers_schema: tool.headersSchema,
    payload_schema: tool.payloadSchema,
    output_schema: tool.outputSchema,
    provider_name: tool.providerName,
    timeout_seconds: tool.timeoutMs / 1_000,
    is_active: tool.isActive,
    created_at: isoTime(tool.createdAtMs),
    updated_at: isoTime(tool.updatedAtMs),
  };
}

const mapping = z.object({
  tool_type: z.enum(toolTypes, `must be one of ${toolTypes.join(', ')}`).default('endpoint'),
  tool_id: uuid,
  config_overrides: jsonObject.nullish(),
});
export const mappingsBody = z.array(mapping).max(200, 'must be at most 200 tools');

export const mappingSchema = z.object({
  id: z.string(),
  agent_id: z.string(),
  tool_type: z.enum(toolTypes),
  tool_id: z.string(),
  name: z.string(),
  config_overrides: jsonObject,
});

export function toAgentToolDrafts(body: z.infer<typeof mappingsBody>): readonly AgentToolDraft[] {
  return body.map(({ tool_type, tool_id, config_overrides }) => ({
    toolType: tool_type,
    toolId: tool_id,
    configOverrides: config_overrides ?? {},
  }));
}

export function agentToolToWire(tool: AgentTool): JsonObject {
  return {
    id: tool.id,
    agent_id: tool.agentId,
    tool_type: tool.toolType,
    tool_id: tool.toolId,
    name: tool.name,
    config_overrides: tool.configOverrides,
  };
}
