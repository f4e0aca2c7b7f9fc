import { randomUUID } from 'node:crypto';
import { LandlineError } from '../../contract/errors.ts';
import type { UnitOfWork } from '../../events/unit-of-work.ts';
import type { AgentRepository } from '../agents/agent-repository.ts';
import type { Principal } from '../credentials/principal.ts';
import { mergedExtras } from '../json-column.ts';
import type { McpServerRepository } from '../mcp-servers/mcp-server-repository.ts';
import type { Page, PageRequest } from '../paging.ts';
import type { AgentToolRepository } from './agent-tool-repository.ts';
import {
  type AgentTool,
  type AgentToolDraft,
  makeTool,
  maxToolTimeoutMs,
  type Tool,
  type ToolChange,
  type ToolDraft,
} from './tool.ts';
import type { ToolRepository } from './tool-repository.ts';
import { toolProblems } from './tool-schema.ts';

interface ToolProblem {
  readonly field: string;
  readonly message: string;
}

export interface ToolServiceParts {
  readonly unitOfWork: UnitOfWork;
  readonly tools: ToolRepository;
  readonly agentTools: AgentToolRepository;
  readonly mcpServers: McpServerRepository;
  readonly agents: AgentRepository;
}

/** HTTP tools of an organization, and which tools and MCP servers each agent may use. */
export class ToolService {
  readonly #parts: ToolServiceParts;

  constructor(parts: ToolServiceParts) {
    this.#parts = parts;
  }

  /** Throws `tool-invalid` with every problem. */
  create(principal: Principal, draft: ToolDraft): Promise<Tool> {
    const { organizationId, userId } = principal;
    return this.#parts.unitOfWork.run((_record, nowMs) => {
      const tool = makeTool(draft, { id: randomUUID(), organizationId, userId, nowMs });
      check(tool);
      this.#parts.tools.insert(tool);
      return tool;
    });
  }

  /** Throws `tool-not-found` or `tool-invalid`. */
  update(principal: Principal, id: string, change: ToolChange): Promise<Tool> {
    return this.#parts.unitOfWork.run((_record, nowMs) => {
      const before = this.get(principal, id);
      const extras = mergedExtras(before.extras, change.extras);
      const tool: Tool = { ...before, ...change, extras, updatedAtMs: nowMs };
      check(tool);
      this.#parts.tools.update(tool);
      return tool;
    });
  }

  /** Takes it from every agent, too. Throws `tool-not-found`. */
  delete(principal: Principal, id: string): Promise<void> {
    return this.#parts.unitOfWork.run((_record, nowMs) => {
      this.get(principal, id);
      this.#parts.tools.delete(id, nowMs);
      this.#parts.agentTools.removeTool(id);
    });
  }

  /** Throws `tool-not-found`, also for a tool of another organization. */
  get(principal: Principal, id: string): Tool {
    const tool = this.#parts.tools.find(id);
    if (tool?.organizationId === principal.organizationId) return tool;
    throw new LandlineError('tool-not-found', 'There is no tool with this id.', { id });
  }

  list(principal: Principal, page: PageRequest): Page<Tool> {
    return this.#parts.tools.list(principal.organizationId, page);
  }

  /** What an agent may use, in order. Throws `agent-not-found`. */
  ofAgent(principal: Principal, agentId: string): readonly AgentTool[] {
    this.#requireAgent(principal, agentId);
    return this.#parts.agentTools.ofAgent(agentId);
  }

  /** Throws `agent-not-found`, or `tool-unknown` that names every unknown id; then nothing is added. */
  addToAgent(principal: Principal, agentId: string, drafts: readonly AgentToolDraft[]): Promise<readonly AgentTool[]> {
    return this.#assign(principal, agentId, drafts, false);
  }

  /** Makes the agent's tools exactly these. Throws as `addToAgent`. */
  replaceOfAgent(
    principal: Principal,
    agentId: string,
    drafts: readonly AgentToolDraft[],
  ): Promise<readonly AgentTool[]> {
    return this.#assign(principal, agentId, drafts, true);
  }

  /** Throws `tool-unknown` that names every unknown id. */
  requireKnown({ organizationId }: Principal, drafts: readonly AgentToolDraft[]): void {
    this.#requireTools(organizationId, drafts);
  }

  /** Everything that keeps a tool from being of use, by its field. */
  problemsOf(draft: ToolDraft): readonly ToolProblem[] {
    return problemsOf(makeTool(draft, { id: '', organizationId: '', userId: null, nowMs: 0 }));
  }

  /** The row alone, for a unit of work that makes more than it; the tool must have no problems. */
  insert(tool: Tool): void {
    this.#parts.tools.insert(tool);
  }

  /** Whether the organization has this tool or MCP server. */
  has(organizationId: string, { toolType, toolId }: AgentToolDraft): boolean {
    const { tools, mcpServers } = this.#parts;
    const found = toolType === 'endpoint' ? tools.find(toolId) : mcpServers.find(toolId);
    return found?.organizationId === organizationId;
  }

  /** The rows alone, for a unit of work that makes more than them; the tools must be known. */
  give(
    agent: { readonly organizationId: string; readonly agentId: string },
    drafts: readonly AgentToolDraft[],
    nowMs: number,
  ): void {
    for (const { toolType, toolId, configOverrides = {} } of drafts) {
      this.#parts.agentTools.add({
        ...agent,
        id: randomUUID(),
        toolType,
        toolId,
        configOverrides,
        createdAtMs: nowMs,
      });
    }
  }

  /** Throws `agent-not-found`, or `tool-not-found` when the agent doesn't have it. */
  removeFromAgent(principal: Principal, agentId: string, toolId: string): Promise<void> {
    return this.#parts.unitOfWork.run(() => {
      this.#requireAgent(principal, agentId);
      if (this.#parts.agentTools.remove(agentId, toolId)) return;
      throw new LandlineError('tool-not-found', 'The agent has no tool with this id.', { id: toolId });
    });
  }

  #assign(
    principal: Principal,
    agentId: string,
    drafts: readonly AgentToolDraft[],
    replaces: boolean,
  ): Promise<readonly AgentTool[]> {
    const { unitOfWork, agentTools } = this.#parts;
    const { organizationId } = principal;
    return unitOfWork.run((_record, nowMs) => {
      this.#requireAgent(principal, agentId);
      this.#requireTools(organizationId, drafts);
      if (replaces) agentTools.clear(agentId);
      this.give({ organizationId, agentId }, drafts, nowMs);
      return agentTools.ofAgent(agentId);
    });
  }

  #requireTools(organizationId: string, drafts: readonly AgentToolDraft[]): void {
    const unknown = drafts.filter((draft) => !this.has(organizationId, draft));
    if (unknown.length === 0) return;
    const ids = unknown.map(({ toolId }) => toolId);
    throw new LandlineError('tool-unknown', `There is no tool with the id ${ids.join(', ')}.`, { ids });
  }

  #requireAgent({ organizationId }: Principal, agentId: string): void {
    if (this.#parts.agents.find(agentId)?.organizationId === organizationId) return;
    throw new LandlineError('agent-not-found', 'There is no agent with this id.', { id: agentId });
  }
}

function check(tool: Tool): void {
  const problems = problemsOf(tool);
  if (problems.length === 0) return;
  const sentence = problems.map(({ field, message }) => `${field}: ${message}`).join('; ');
  throw new LandlineError('tool-invalid', sentence, { problems });
}

function problemsOf(tool: Tool): readonly ToolProblem[] {
  const problems = toolProblems(tool);
  if (tool.timeoutMs > 0 && tool.timeoutMs <= maxToolTimeoutMs) return problems;
  const message = `must be above 0 and at most ${maxToolTimeoutMs / 1000} seconds`;
  return [...problems, { field: 'timeout', message }];
}
