import type { Extras, JsonObject } from '../json-column.ts';

export const toolMethods = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const;
export type ToolMethod = (typeof toolMethods)[number];

/** An HTTP endpoint that an agent may call. */
export interface Tool {
  readonly id: string;
  readonly organizationId: string;
  /** Who made it; null for a key of no person. */
  readonly userId: string | null;
  readonly name: string;
  readonly description: string | null;
  /** `{name}` and `{{name}}` in its path and query are filled from the arguments. */
  readonly url: string;
  readonly httpMethod: ToolMethod;
  /** The function as the model sees it: `{name, description, parameters}` or `{type: 'function', function: {…}}`. */
  readonly toolSchema: JsonObject;
  /** Header values by name, or a JSON Schema whose properties carry `const`, `default` or `value`. Sealed at rest. */
  readonly headersSchema: JsonObject;
  /** A JSON Schema of the body, or constant values by name that go with the arguments. */
  readonly payloadSchema: JsonObject;
  /** Only these fields of the answer are kept; empty keeps all. */
  readonly outputSchema: JsonObject;
  readonly providerName: string | null;
  readonly timeoutMs: number;
  readonly isActive: boolean;
  readonly extras: Extras;
  readonly createdAtMs: number;
  readonly updatedAtMs: number;
}

type ToolFields = Omit<Tool, 'id' | 'organizationId' | 'userId' | 'createdAtMs' | 'updatedAtMs'>;
export type ToolDraft = Pick<Tool, 'name' | 'url'> & Partial<ToolFields>;
export type ToolChange = Partial<ToolFields>;

/** Longest time that one tool call may take. */
export const maxToolTimeoutMs = 60_000;

export function makeTool(
  draft: ToolDraft,
  fixed: Pick<Tool, 'id' | 'organizationId' | 'userId'> & { readonly nowMs: number },
): Tool {
  return {
    description: null,
    httpMethod: 'POST',
    toolSchema: {},
    headersSchema: {},
    payloadSchema: {},
    outputSchema: {},
    providerName: null,
    timeoutMs: 10_000,
    isActive: true,
    extras: {},
    ...draft,
    id: fixed.id,
    organizationId: fixed.organizationId,
    userId: fixed.userId,
    createdAtMs: fixed.nowMs,
    updatedAtMs: fixed.nowMs,
  };
}

export const toolTypes = ['endpoint', 'mcp_server'] as const;
export type ToolType = (typeof toolTypes)[number];

/** A tool or MCP server that an agent may use. */
export interface AgentTool {
  readonly id: string;
  readonly organizationId: string;
  readonly agentId: string;
  readonly toolType: ToolType;
  readonly toolId: string;
  /** Name of the tool or server. */
  readonly name: string;
  readonly configOverrides: JsonObject;
  readonly createdAtMs: number;
}

export interface AgentToolDraft {
  readonly toolType: ToolType;
  readonly toolId: string;
  readonly configOverrides?: JsonObject;
}
