import { LandlineError, messageOf } from '../../contract/errors.ts';
import type { JsonObject } from '../json-column.ts';
import type { McpServerRepository } from '../mcp-servers/mcp-server-repository.ts';
import type { McpCaller } from '../mcp-servers/mcp-server-service.ts';
import type { AgentToolRepository } from './agent-tool-repository.ts';
import type { ToolRepository } from './tool-repository.ts';
import type { ToolRunner } from './tool-runner.ts';
import { withoutSecrets } from './tool-secrets.ts';
import { endpointTool, namedApart, serverTools, type UsableTool } from './usable-tool.ts';

export interface AgentToolsetParts {
  readonly tools: ToolRepository;
  readonly mcpServers: McpServerRepository;
  readonly agentTools: AgentToolRepository;
  readonly toolRunner: ToolRunner;
  readonly mcpCaller: McpCaller;
}

/** What a tool gave an agent to read: its answer, or why there is none. */
export interface ToolReading {
  readonly outcome: 'ok' | 'failed' | 'timed-out';
  readonly text: string;
}

/** The tools of agents as their calls use them. */
export class AgentToolset {
  readonly #parts: AgentToolsetParts;

  constructor(parts: AgentToolsetParts) {
    this.#parts = parts;
  }

  /** What may be used now, in the agent's order: active endpoints, and what active servers offer and may be used. */
  ofAgent(organizationId: string, agentId: string): readonly UsableTool[] {
    const { agentTools, mcpServers, tools } = this.#parts;
    const usable = agentTools.ofAgent(agentId).flatMap((given): readonly UsableTool[] => {
      if (given.toolType === 'endpoint') {
        const tool = tools.find(given.toolId);
        return tool?.organizationId === organizationId && tool.isActive ? [endpointTool(tool, given)] : [];
      }
      const server = mcpServers.find(given.toolId);
      return server?.organizationId === organizationId && server.isActive ? serverTools(server, given) : [];
    });
    return namedApart(usable);
  }

  /** A tool that can't be used, fails or is too slow is a reading, too. The headers that open the tool are in none. */
  async use(
    organizationId: string,
    place: UsableTool['place'],
    args: JsonObject,
    signal: AbortSignal,
  ): Promise<ToolReading> {
    const secrets = this.#secretsOf(place);
    try {
      const { outcome, text } = await this.#use(organizationId, place, args, signal);
      return { outcome, text: withoutSecrets(text === '' ? nothing : text, secrets) };
    } catch (failure) {
      const { answer, cause } = failure instanceof LandlineError ? failure.details : {};
      const text = typeof answer === 'string' ? `${messageOf(failure)} ${answer}` : messageOf(failure);
      const isLate = cause === 'egress-timeout' || /\btimed out\b/i.test(messageOf(failure));
      return { outcome: isLate ? 'timed-out' : 'failed', text: withoutSecrets(text, secrets) };
    }
  }

  async #use(
    organizationId: string,
    place: UsableTool['place'],
    args: JsonObject,
    signal: AbortSignal,
  ): Promise<ToolReading> {
    const { mcpCaller, mcpServers, toolRunner } = this.#parts;
    if (place.kind === 'endpoint') {
      const { output } = await toolRunner.callFor(organizationId, place.toolId, args, signal);
      return { outcome: 'ok', text: textOf(output) };
    }
    const server = mcpServers.find(place.serverId);
    if (server?.organizationId !== organizationId || !server.isActive)
      throw new LandlineError('tool-disabled', 'The MCP server is disabled or gone.', { id: place.serverId });
    const { isError, structured, text } = await mcpCaller.callTool(server, place.tool, args, signal);
    return { outcome: isError ? 'failed' : 'ok', text: text === '' ? textOf(structured) : text };
  }

  #secretsOf(place: UsableTool['place']): JsonObject {
    const { mcpServers, tools } = this.#parts;
    if (place.kind === 'endpoint') return tools.find(place.toolId)?.headersSchema ?? {};
    return mcpServers.find(place.serverId)?.headers ?? {};
  }
}

const nothing = 'Done; the answer was empty.';

function textOf(output: unknown): string {
  if (output === null || output === undefined) return '';
  return typeof output === 'string' ? output : JSON.stringify(output);
}
