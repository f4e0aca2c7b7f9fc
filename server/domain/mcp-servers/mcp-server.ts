import type { Extras, JsonObject } from '../json-column.ts';

export const mcpTransports = ['streamable_http', 'sse'] as const;
export type McpTransport = (typeof mcpTransports)[number];

/** A tool as its server describes it. */
export interface McpTool {
  readonly name: string;
  readonly description: string | null;
  readonly inputSchema: JsonObject;
}

/** A server of the Model Context Protocol whose tools an agent may call. */
export interface McpServer {
  readonly id: string;
  readonly organizationId: string;
  readonly userId: string | null;
  readonly name: string;
  readonly serverUrl: string;
  readonly transport: McpTransport;
  /** Sealed at rest. */
  readonly headers: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
  /** What the server offered when it was last asked: at each save, and by `refresh`. */
  readonly tools: readonly McpTool[];
  /** Names of the tools that may be used; empty allows all. */
  readonly allowedTools: readonly string[];
  readonly isActive: boolean;
  /** Why the server could not be asked the last time; null when it could. */
  readonly lastError: string | null;
  readonly extras: Extras;
  readonly createdAtMs: number;
  readonly updatedAtMs: number;
}

type McpServerFields = Omit<
  McpServer,
  'id' | 'organizationId' | 'userId' | 'tools' | 'lastError' | 'createdAtMs' | 'updatedAtMs'
>;
export type McpServerDraft = Pick<McpServer, 'name' | 'serverUrl'> & Partial<McpServerFields>;
export type McpServerChange = Partial<McpServerFields>;

export function makeMcpServer(
  draft: McpServerDraft,
  fixed: Pick<McpServer, 'id' | 'organizationId' | 'userId'> & { readonly nowMs: number },
): McpServer {
  return {
    transport: 'streamable_http',
    headers: {},
    timeoutMs: 10_000,
    allowedTools: [],
    isActive: true,
    extras: {},
    ...draft,
    tools: [],
    lastError: null,
    id: fixed.id,
    organizationId: fixed.organizationId,
    userId: fixed.userId,
    createdAtMs: fixed.nowMs,
    updatedAtMs: fixed.nowMs,
  };
}

/** The tools of a server that may be used. */
export function usableTools(server: McpServer): readonly McpTool[] {
  if (server.allowedTools.length === 0) return server.tools;
  return server.tools.filter(({ name }) => server.allowedTools.includes(name));
}
