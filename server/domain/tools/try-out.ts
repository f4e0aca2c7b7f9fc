import { LandlineError } from '../../contract/errors.ts';
import { type Principal, requireRole } from '../credentials/principal.ts';
import type { JsonObject } from '../json-column.ts';
import type { McpServer } from '../mcp-servers/mcp-server.ts';
import type { McpServerService } from '../mcp-servers/mcp-server-service.ts';
import type { ToolRunner } from './tool-runner.ts';

/** What came of trying a tool. */
export interface TryOut {
  readonly ok: boolean;
  /** Null when the endpoint never answered, and for tools of MCP servers. */
  readonly statusCode: number | null;
  /** What an agent would be given; of a failure what the endpoint said, cut, or null. */
  readonly output: unknown;
  /** Of the whole call. */
  readonly latencyMs: number;
  /** A sentence that says why it failed; null for a success. */
  readonly reason: string | null;
}

/**
 * Calls tools as an agent would, for somebody who wants to see what comes back. Nothing is kept of it. That a tool
 * fails is an answer here; every use case throws `forbidden` below the role developer.
 */
export class ToolTryOuts {
  readonly #toolRunner: ToolRunner;
  readonly #mcpServers: McpServerService;

  constructor(toolRunner: ToolRunner, mcpServers: McpServerService) {
    this.#toolRunner = toolRunner;
    this.#mcpServers = mcpServers;
  }

  /** Throws `tool-not-found`, `tool-disabled` or `tool-arguments-invalid` with every problem. */
  tool(principal: Principal, id: string, args: JsonObject, signal?: AbortSignal): Promise<TryOut> {
    requireRole(principal, 'developer');
    return timed(async () => {
      const { statusCode, output } = await this.#toolRunner.call(principal, id, args, signal);
      return { ok: true, statusCode, output, reason: null };
    });
  }

  /** Throws `mcp-server-not-found`, and what `tool` throws. */
  serverTool(
    principal: Principal,
    serverId: string,
    request: { readonly tool: string; readonly args: JsonObject },
    signal?: AbortSignal,
  ): Promise<TryOut> {
    requireRole(principal, 'developer');
    return timed(async () => {
      const { text, structured, isError } = await this.#mcpServers.call(principal, serverId, request, signal);
      const reason = isError ? `The tool "${request.tool}" says that it failed: ${text}` : null;
      return { ok: !isError, statusCode: null, output: structured ?? text, reason };
    });
  }

  /** Asks a server for its tools again. Throws `mcp-server-not-found` or `tool-disabled`. */
  async refresh(principal: Principal, serverId: string): Promise<McpServer> {
    requireRole(principal, 'developer');
    return this.#mcpServers.refresh(principal, serverId);
  }
}

async function timed(call: () => Promise<Omit<TryOut, 'latencyMs'>>): Promise<TryOut> {
  const startedMs = performance.now();
  const latencyMs = () => Math.round(performance.now() - startedMs);
  try {
    const outcome = await call();
    return { ...outcome, latencyMs: latencyMs() };
  } catch (thrown) {
    if (!(thrown instanceof LandlineError) || thrown.code !== 'tool-failed') throw thrown;
    const { statusCode, answer } = thrown.details as { readonly statusCode?: number; readonly answer?: string };
    const failed = { ok: false, statusCode: statusCode ?? null, output: answer ?? null, reason: thrown.message };
    return { ...failed, latencyMs: latencyMs() };
  }
}
