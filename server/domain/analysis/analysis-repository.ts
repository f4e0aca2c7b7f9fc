import type { Database, Statement } from '../../db/database.ts';
import { FilteredList } from '../../db/filtered-list.ts';
import { upsertSql } from '../../db/row-sql.ts';
import { type Extras, fromJsonOrNull, type JsonObject, toJsonOrNull } from '../json-column.ts';
import type { AgentAnalysis, AnalysisRule, AnalysisType } from './analysis.ts';

interface RuleRow {
  readonly id: string;
  readonly organization_id: string;
  readonly user_id: string | null;
  readonly name: string;
  readonly description: string | null;
  readonly analysis_type: AnalysisType;
  readonly prompt: string | null;
  readonly output_schema: string | null;
  readonly tool_id: string | null;
  readonly sort_order: number;
  readonly is_active: number;
  readonly extras: string;
  readonly created_at_ms: number;
  readonly updated_at_ms: number;
}

interface AgentAnalysisRow extends Omit<RuleRow, 'user_id' | 'name' | 'description' | 'sort_order'> {
  readonly agent_id: string;
}

const ruleColumns = [
  'id',
  'organization_id',
  'user_id',
  'name',
  'description',
  'analysis_type',
  'prompt',
  'output_schema',
  'tool_id',
  'sort_order',
  'is_active',
  'extras',
  'created_at_ms',
  'updated_at_ms',
] as const satisfies readonly (keyof RuleRow)[];

const analysisColumns = [
  'id',
  'organization_id',
  'agent_id',
  'analysis_type',
  'prompt',
  'output_schema',
  'tool_id',
  'is_active',
  'extras',
  'created_at_ms',
  'updated_at_ms',
] as const satisfies readonly (keyof AgentAnalysisRow)[];

/** What is to be found out: rules of organizations, which agents they are attached to, and analyses of one agent. */
export class AnalysisRuleRepository {
  readonly #putRule: Statement<never>;
  readonly #deleteRule: Statement<never>;
  readonly #rule: Statement<RuleRow>;
  readonly #rules: FilteredList<RuleRow>;
  readonly #putAnalysis: Statement<never>;
  readonly #analysesOfAgent: Statement<AgentAnalysisRow>;
  readonly #attach: Statement<never>;
  readonly #detachAll: Statement<never>;
  readonly #attached: Statement<RuleRow>;

  constructor(db: Database) {
    this.#putRule = db.prepare(upsertSql('analysis_rules', ruleColumns));
    this.#deleteRule = db.prepare('DELETE FROM analysis_rules WHERE id = ?');
    this.#rule = db.prepare('SELECT * FROM analysis_rules WHERE id = ?');
    this.#rules = new FilteredList(db, 'analysis_rules');
    this.#putAnalysis = db.prepare(upsertSql('agent_analyses', analysisColumns));
    this.#analysesOfAgent = db.prepare('SELECT * FROM agent_analyses WHERE agent_id = ? ORDER BY rowid');
    this.#attach = db.prepare('INSERT INTO agent_analysis_rules (agent_id, rule_id, position) VALUES (?, ?, ?)');
    this.#detachAll = db.prepare('DELETE FROM agent_analysis_rules WHERE agent_id = ?');
    this.#attached = db.prepare(
      `SELECT r.* FROM agent_analysis_rules a JOIN analysis_rules r ON r.id = a.rule_id
       WHERE a.agent_id = ? ORDER BY a.position`,
    );
  }

  putRule(rule: AnalysisRule): void {
    this.#putRule.run({
      ...commonRow(rule),
      user_id: rule.userId,
      name: rule.name,
      description: rule.description,
      sort_order: rule.sortOrder,
    });
  }

  deleteRule(id: string): void {
    this.#deleteRule.run(id);
  }

  rule(id: string): AnalysisRule | undefined {
    const row = this.#rule.get(id);
    return row && toRule(row);
  }

  /** In the order they were made, at most `limit`. */
  rules(organizationId: string, limit: number): readonly AnalysisRule[] {
    return this.#rules.page({ organization_id: organizationId }, limit, 0).items.map(toRule).reverse();
  }

  putAnalysis(analysis: AgentAnalysis): void {
    this.#putAnalysis.run({ ...commonRow(analysis), agent_id: analysis.agentId });
  }

  analysesOfAgent(agentId: string): readonly AgentAnalysis[] {
    return this.#analysesOfAgent.all(agentId).map((row) => ({ ...fromCommon(row), agentId: row.agent_id }));
  }

  /** Makes the agent's rules exactly these, in this order. */
  replaceAttached(agentId: string, ruleIds: readonly string[]): void {
    this.#detachAll.run(agentId);
    for (const [position, ruleId] of ruleIds.entries()) this.#attach.run(agentId, ruleId, position);
  }

  attached(agentId: string): readonly AnalysisRule[] {
    return this.#attached.all(agentId).map(toRule);
  }
}

function commonRow(definition: Omit<AgentAnalysis, 'agentId'>) {
  return {
    id: definition.id,
    organization_id: definition.organizationId,
    analysis_type: definition.analysisType,
    prompt: definition.prompt,
    output_schema: toJsonOrNull(definition.outputSchema),
    tool_id: definition.toolId,
    is_active: Number(definition.isActive),
    extras: JSON.stringify(definition.extras),
    created_at_ms: definition.createdAtMs,
    updated_at_ms: definition.updatedAtMs,
  };
}

function fromCommon(row: Omit<AgentAnalysisRow, 'agent_id'>): Omit<AgentAnalysis, 'agentId'> {
  return {
    id: row.id,
    organizationId: row.organization_id,
    analysisType: row.analysis_type,
    prompt: row.prompt,
    outputSchema: fromJsonOrNull(row.output_schema) as JsonObject | null,
    toolId: row.tool_id,
    isActive: row.is_active === 1,
    extras: JSON.parse(row.extras) as Extras,
    createdAtMs: row.created_at_ms,
    updatedAtMs: row.updated_at_ms,
  };
}

function toRule(row: RuleRow): AnalysisRule {
  return {
    ...fromCommon(row),
    userId: row.user_id,
    name: row.name,
    description: row.description,
    sortOrder: row.sort_order,
  };
}
