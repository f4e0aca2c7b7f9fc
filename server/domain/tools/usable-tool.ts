import type { JsonObject } from '../json-column.ts';
import type { McpServer, McpTool } from '../mcp-servers/mcp-server.ts';
import { usableTools } from '../mcp-servers/mcp-server.ts';
import type { AgentTool, Tool } from './tool.ts';
import { asObject, isJsonSchema, parametersOf } from './tool-schema.ts';

/** Something that an agent can use in a call, as a brain is told of it. */
export interface UsableTool {
  /** Unique among the agent's tools; letters, digits and underscores. */
  readonly name: string;
  readonly description: string;
  /** JSON Schema of an object. */
  readonly parameters: JsonObject;
  /** Arguments where the brain gives none. */
  readonly defaults: JsonObject;
  readonly place:
    | { readonly kind: 'endpoint'; readonly toolId: string }
    | { readonly kind: 'mcp'; readonly serverId: string; readonly tool: string };
}

/** What the brains' own functions are called. */
const takenNames = ['end_call', 'transfer', 'take_message'];
const longestName = 60;
const longestDescription = 1_000;

/** An agent's tools with names of their own, in the agent's order. */
export function namedApart(tools: readonly UsableTool[]): readonly UsableTool[] {
  const taken = new Set(takenNames);
  return tools.map((tool) => {
    const base =
      tool.name
        .replaceAll(/[^a-zA-Z0-9]+/g, '_')
        .replaceAll(/^_+|_+$/g, '')
        .slice(0, longestName) || 'tool';
    let name = base;
    for (let number = 2; taken.has(name); number++) name = `${base}_${number}`;
    taken.add(name);
    return { ...tool, name };
  });
}

export function endpointTool(tool: Tool, { configOverrides }: Pick<AgentTool, 'configOverrides'>): UsableTool {
  const schema = asObject(tool.toolSchema['function']) ?? tool.toolSchema;
  const parameters = parametersOf(tool.toolSchema) ?? impliedParameters(tool);
  return {
    name: textOr(schema['name'], tool.name),
    description: (tool.description ?? textOr(schema['description'], tool.name)).slice(0, longestDescription),
    ...withDefaults(parameters, configOverrides),
    place: { kind: 'endpoint', toolId: tool.id },
  };
}

/** The server's tools as `server_tool`. */
export function serverTools(server: McpServer, { configOverrides }: Pick<AgentTool, 'configOverrides'>): UsableTool[] {
  return usableTools(server).map((tool: McpTool) => ({
    name: `${server.name}_${tool.name}`,
    description: (tool.description ?? tool.name).slice(0, longestDescription),
    ...withDefaults(tool.inputSchema, asObject(configOverrides[tool.name]) ?? configOverrides),
    place: { kind: 'mcp', serverId: server.id, tool: tool.name },
  }));
}

/** Without parameters of its own a tool takes what its URL, headers and body have places for. */
function impliedParameters({ url, headersSchema, payloadSchema }: Tool): JsonObject {
  if (isJsonSchema(payloadSchema)) return payloadSchema;
  const places = `${url} ${JSON.stringify(headersSchema)} ${JSON.stringify(payloadSchema)}`;
  const inUrl = [...url.matchAll(/(?<!\{)\{([\w.-]+)\}(?!\})/g)];
  const names = [...inUrl, ...places.matchAll(/\{\{\s*([\w.-]+)\s*\}\}/g)].map(([, name = '']) => name);
  const properties = Object.fromEntries(names.map((name) => [name, { type: 'string' }]));
  return { type: 'object', properties, required: Object.keys(properties) };
}

/**
 * `config_overrides` carry defaults as `arguments`, or bare, by the name of a parameter. What has one need not be given
 * any more.
 */
function withDefaults(schema: JsonObject, overrides: JsonObject): Pick<UsableTool, 'parameters' | 'defaults'> {
  const properties = asObject(schema['properties']) ?? {};
  const given = asObject(overrides['arguments']) ?? overrides;
  const defaults = Object.fromEntries(Object.entries(given).filter(([name]) => Object.hasOwn(properties, name)));
  const required = Array.isArray(schema['required']) ? schema['required'] : [];
  const open: unknown[] = required.filter((name) => typeof name !== 'string' || !Object.hasOwn(defaults, name));
  const { required: _required, ...rest } = schema;
  return {
    parameters: { ...rest, type: 'object', properties, ...(open.length > 0 && { required: open }) },
    defaults,
  };
}

function textOr(value: unknown, otherwise: string): string {
  return typeof value === 'string' && value.trim() !== '' ? value : otherwise;
}
