import { randomUUID } from 'node:crypto';
import { LandlineError, messageOf } from '../../contract/errors.ts';
import type { UnitOfWork } from '../../events/unit-of-work.ts';
import type { Principal } from '../credentials/principal.ts';
import { type JsonObject, mergedExtras } from '../json-column.ts';
import type { Page, PageRequest } from '../paging.ts';
import type { AgentToolRepository } from '../tools/agent-tool-repository.ts';
import { maxToolTimeoutMs } from '../tools/tool.ts';
import { fillAndValidate, isHttpUrl, schemaProblem } from '../tools/tool-schema.ts';
import {
  type McpServer,
  type McpServerChange,
  type McpServerDraft,
  type McpTool,
  makeMcpServer,
  usableTools,
} from './mcp-server.ts';
import type { McpServerRepository } from './mcp-server-repository.ts';

/** Where a server is and how it is spoken to. */
export type McpTarget = Pick<McpServer, 'serverUrl' | 'transport' | 'headers' | 'timeoutMs'>;

/** What a called tool answered: its text, and the structured part where there is one. */
export interface McpAnswer {
  readonly text: string;
  readonly structured: JsonObject | null;
  /** The tool said that it failed. */
  readonly isError: boolean;
}

/** Speaks the protocol; rejects with a sentence that says why not. */
export interface McpCaller {
  listTools(target: McpTarget, signal?: AbortSignal): Promise<readonly McpTool[]>;
  callTool(target: McpTarget, name: string, args: JsonObject, signal?: AbortSignal): Promise<McpAnswer>;
}

export interface McpServerServiceParts {
  readonly unitOfWork: UnitOfWork;
  readonly mcpServers: McpServerRepository;
  readonly agentTools: AgentToolRepository;
  readonly caller: McpCaller;
}

/**
 * MCP servers of an organization. Saving asks the server for its tools; a server that doesn't answer is saved all the
 * same, with `lastError`.
 */
export class McpServerService {
  readonly #parts: McpServerServiceParts;

  constructor(parts: McpServerServiceParts) {
    this.#parts = parts;
  }

  /** Throws `mcp-server-invalid` with every problem. */
  async create(principal: Principal, draft: McpServerDraft): Promise<McpServer> {
    const { organizationId, userId } = principal;
    const server = makeMcpServer(draft, {
      id: randomUUID(),
      organizationId,
      userId,
      nowMs: this.#parts.unitOfWork.nowMs(),
    });
    check(server);
    const asked = await this.#ask(server);
    return this.#parts.unitOfWork.run((_record, nowMs) => {
      const saved = { ...server, ...asked, createdAtMs: nowMs, updatedAtMs: nowMs };
      this.#parts.mcpServers.insert(saved);
      return saved;
    });
  }

  /** Throws `mcp-server-not-found` or `mcp-server-invalid`. */
  async update(principal: Principal, id: string, change: McpServerChange): Promise<McpServer> {
    const changed = { ...this.get(principal, id), ...change };
    check(changed);
    const asked = await this.#ask(changed);
    return this.#parts.unitOfWork.run((_record, nowMs) => {
      const before = this.get(principal, id);
      const extras = mergedExtras(before.extras, change.extras);
      const saved: McpServer = { ...before, ...change, ...asked, extras, updatedAtMs: nowMs };
      this.#parts.mcpServers.update(saved);
      return saved;
    });
  }

  /** Asks the server for its tools again. Throws `mcp-server-not-found` or `tool-disabled`. */
  async refresh(principal: Principal, id: string): Promise<McpServer> {
    requireActive(this.get(principal, id));
    return this.update(principal, id, {});
  }

  /** Takes it from every agent, too. Throws `mcp-server-not-found`. */
  delete(principal: Principal, id: string): Promise<void> {
    return this.#parts.unitOfWork.run((_record, nowMs) => {
      this.get(principal, id);
      this.#parts.mcpServers.delete(id, nowMs);
      this.#parts.agentTools.removeTool(id);
    });
  }

  /** Throws `mcp-server-not-found`, also for a server of another organization. */
  get(principal: Principal, id: string): McpServer {
    const server = this.#parts.mcpServers.find(id);
    if (server?.organizationId === principal.organizationId) return server;
    throw new LandlineError('mcp-server-not-found', 'There is no MCP server with this id.', { id });
  }

  list(principal: Principal, page: PageRequest): Page<McpServer> {
    return this.#parts.mcpServers.list(principal.organizationId, page);
  }

  /**
   * Calls one tool of a server. Throws `mcp-server-not-found`, `tool-disabled`, `tool-not-found` (the server doesn't
   * offer it, or it is not allowed), `tool-arguments-invalid` (with every problem) or `tool-failed`.
   */
  async call(
    principal: Principal,
    id: string,
    request: { readonly tool: string; readonly args: JsonObject },
    signal?: AbortSignal,
  ): Promise<McpAnswer> {
    const server = this.get(principal, id);
    requireActive(server);
    const args = validArguments(requireTool(server, request.tool), request.args);
    try {
      return await this.#parts.caller.callTool(server, request.tool, args, signal);
    } catch (thrown) {
      throw new LandlineError('tool-failed', `The MCP server did not answer: ${messageOf(thrown)}`, { id }, thrown);
    }
  }

  async #ask(server: McpServer): Promise<Pick<McpServer, 'tools' | 'lastError'>> {
    if (!server.isActive) return { tools: server.tools, lastError: server.lastError };
    try {
      return { tools: await this.#parts.caller.listTools(server), lastError: null };
    } catch (thrown) {
      return { tools: server.tools, lastError: messageOf(thrown).slice(0, 500) };
    }
  }
}

function requireActive({ id, isActive }: McpServer): void {
  if (!isActive) throw new LandlineError('tool-disabled', 'The MCP server is disabled: enable it first.', { id });
}

function requireTool(server: McpServer, name: string): McpTool {
  const usable = usableTools(server);
  const tool = usable.find((one) => one.name === name);
  if (tool) return tool;
  const names = usable.map((one) => one.name);
  throw new LandlineError('tool-not-found', `The MCP server has no tool "${name}" that may be used.`, { names });
}

/** Defaults filled in. A schema that we can't use is left to its server, which checks as well. */
function validArguments({ inputSchema }: McpTool, args: JsonObject): JsonObject {
  if (schemaProblem(inputSchema) !== undefined) return args;
  const { value, problems } = fillAndValidate(inputSchema, args);
  if (problems.length === 0) return value;
  throw new LandlineError('tool-arguments-invalid', problems.join('; '), { problems });
}

function check(server: McpServer): void {
  const problems: { readonly field: string; readonly message: string }[] = [];
  if (!isHttpUrl(server.serverUrl)) problems.push({ field: 'server_url', message: 'must be an http or https URL' });
  if (!(server.timeoutMs > 0 && server.timeoutMs <= maxToolTimeoutMs)) {
    problems.push({ field: 'timeout', message: `must be above 0 and at most ${maxToolTimeoutMs / 1000} seconds` });
  }
  if (problems.length === 0) return;
  const sentence = problems.map(({ field, message }) => `${field}: ${message}`).join('; ');
  throw new LandlineError('mcp-server-invalid', sentence, { problems });
}
