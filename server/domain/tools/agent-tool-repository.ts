import type { Database, Statement } from '../../db/database.ts';
import type { JsonObject } from '../json-column.ts';
import type { AgentTool, ToolType } from './tool.ts';

interface AgentToolRow {
  readonly id: string;
  readonly organization_id: string;
  readonly agent_id: string;
  readonly tool_type: ToolType;
  readonly tool_id: string;
  readonly name: string;
  readonly config_overrides: string;
  readonly created_at_ms: number;
}

/** Which tools and MCP servers each agent may use, in order; those that were deleted are not listed. */
export class AgentToolRepository {
  readonly #upsert: Statement<never>;
  readonly #ofAgent: Statement<AgentToolRow>;
  readonly #remove: Statement<never>;
  readonly #clear: Statement<never>;
  readonly #removeTool: Statement<never>;
  readonly #last: Statement<{ readonly position: number | null }>;

  constructor(db: Database) {
    this.#upsert = db.prepare(
      `INSERT INTO agent_tools (id, organization_id, agent_id, tool_type, tool_id, config_overrides, position, created_at_ms)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?)
       ON CONFLICT (agent_id, tool_id) DO UPDATE SET config_overrides = excluded.config_overrides`,
    );
    this.#ofAgent = db.prepare(
      `SELECT m.*, coalesce(t.name, s.name) AS name FROM agent_tools m
       LEFT JOIN tools t ON m.tool_type = 'endpoint' AND t.id = m.tool_id
       LEFT JOIN mcp_servers s ON m.tool_type = 'mcp_server' AND s.id = m.tool_id
       WHERE m.agent_id = ? ORDER BY m.position`,
    );
    this.#remove = db.prepare('DELETE FROM agent_tools WHERE agent_id = ? AND tool_id = ?');
    this.#clear = db.prepare('DELETE FROM agent_tools WHERE agent_id = ?');
    this.#removeTool = db.prepare('DELETE FROM agent_tools WHERE tool_id = ?');
    this.#last = db.prepare('SELECT max(position) AS position FROM agent_tools WHERE agent_id = ?');
  }

  /** Adds at the end; a tool that the agent has already keeps its place and gets the new overrides. */
  add(tool: Omit<AgentTool, 'name'>): void {
    const position = (this.#last.get(tool.agentId)?.position ?? 0) + 1;
    const { id, organizationId, agentId, toolType, toolId, configOverrides, createdAtMs } = tool;
    const overrides = JSON.stringify(configOverrides);
    this.#upsert.run(id, organizationId, agentId, toolType, toolId, overrides, position, createdAtMs);
  }

  ofAgent(agentId: string): readonly AgentTool[] {
    return this.#ofAgent.all(agentId).map((row) => ({
      id: row.id,
      organizationId: row.organization_id,
      agentId: row.agent_id,
      toolType: row.tool_type,
      toolId: row.tool_id,
      name: row.name,
      configOverrides: JSON.parse(row.config_overrides) as JsonObject,
      createdAtMs: row.created_at_ms,
    }));
  }

  /** Says whether there was one. */
  remove(agentId: string, toolId: string): boolean {
    return this.#remove.run(agentId, toolId).changes > 0;
  }

  clear(agentId: string): void {
    this.#clear.run(agentId);
  }

  /** The tool was deleted: no agent has it any more. */
  removeTool(toolId: string): void {
    this.#removeTool.run(toolId);
  }
}
