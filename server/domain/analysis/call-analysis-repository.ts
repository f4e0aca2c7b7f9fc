import type { Database, Statement } from '../../db/database.ts';
import { upsertSql } from '../../db/row-sql.ts';
import { fromJsonOrNull, type JsonObject, toJsonOrNull } from '../json-column.ts';
import type { AnalysisOutcome, AnalysisType, CallAnalysis, Lead, RuleResult, Sentiment } from './analysis.ts';

interface AnalysisRow {
  readonly call_id: string;
  readonly organization_id: string;
  readonly agent_id: string;
  readonly engine: string;
  readonly summary: string;
  readonly outcome: AnalysisOutcome;
  readonly sentiment: Sentiment;
  readonly sentiment_score: number;
  readonly emotions: string;
  readonly key_phrases: string;
  readonly key_points: string;
  readonly action_items: string;
  readonly extracted: string;
  readonly lead: string;
  readonly call_started_at_ms: number;
  readonly created_at_ms: number;
  readonly updated_at_ms: number;
}

interface ResultRow {
  readonly id: string;
  readonly organization_id: string;
  readonly call_id: string;
  readonly source: RuleResult['source'];
  readonly rule_id: string | null;
  readonly rule_name: string;
  readonly analysis_type: AnalysisType;
  readonly sort_order: number;
  readonly engine: string;
  readonly body_text: string | null;
  readonly structured: string | null;
  readonly tool_id: string | null;
  readonly tool_state: RuleResult['toolState'];
  readonly tool_invocation: string | null;
  readonly raw_response: string | null;
  readonly created_at_ms: number;
  readonly updated_at_ms: number;
}

const analysisColumns = [
  'call_id',
  'organization_id',
  'agent_id',
  'engine',
  'summary',
  'outcome',
  'sentiment',
  'sentiment_score',
  'emotions',
  'key_phrases',
  'key_points',
  'action_items',
  'extracted',
  'lead',
  'call_started_at_ms',
  'created_at_ms',
  'updated_at_ms',
] as const satisfies readonly (keyof AnalysisRow)[];

const resultColumns = [
  'id',
  'organization_id',
  'call_id',
  'source',
  'rule_id',
  'rule_name',
  'analysis_type',
  'sort_order',
  'engine',
  'body_text',
  'structured',
  'tool_id',
  'tool_state',
  'tool_invocation',
  'raw_response',
  'created_at_ms',
  'updated_at_ms',
] as const satisfies readonly (keyof ResultRow)[];

/** What calls came to, and what each rule made of them. */
export class CallAnalysisRepository {
  readonly #put: Statement<never>;
  readonly #byCall: Statement<AnalysisRow>;
  readonly #delete: Statement<never>;
  readonly #putResult: Statement<never>;
  readonly #results: Statement<ResultRow>;
  readonly #resultsOf: Statement<ResultRow>;
  readonly #result: Statement<ResultRow>;
  readonly #deleteResults: Statement<never>;
  readonly #withToolState: Statement<ResultRow>;
  readonly #countOpen: Statement<{ readonly total: number }>;

  constructor(db: Database) {
    // An upsert, never a replacement: that would pass by the triggers that count.
    this.#put = db.prepare(upsertSql('call_analyses', analysisColumns, 'call_id'));
    this.#byCall = db.prepare('SELECT * FROM call_analyses WHERE call_id = ?');
    this.#delete = db.prepare('DELETE FROM call_analyses WHERE call_id = ?');
    this.#putResult = db.prepare(upsertSql('call_rule_results', resultColumns));
    this.#results = db.prepare('SELECT * FROM call_rule_results WHERE call_id = ? ORDER BY sort_order, rowid');
    this.#resultsOf = db.prepare(
      `SELECT * FROM call_rule_results WHERE call_id IN (SELECT value FROM json_each(?))
       ORDER BY call_id, sort_order, rowid`,
    );
    this.#result = db.prepare('SELECT * FROM call_rule_results WHERE id = ?');
    this.#deleteResults = db.prepare('DELETE FROM call_rule_results WHERE call_id = ?');
    this.#withToolState = db.prepare('SELECT * FROM call_rule_results WHERE tool_state = ? ORDER BY rowid LIMIT ?');
    this.#countOpen = db.prepare(
      `SELECT count(*) AS total FROM call_rule_results
       WHERE call_id = ? AND tool_state IN ('pending', 'running')`,
    );
  }

  put(analysis: CallAnalysis): void {
    this.#put.run(toRow(analysis));
  }

  find(callId: string): CallAnalysis | undefined {
    const row = this.#byCall.get(callId);
    return row && toAnalysis(row);
  }

  /** With what the rules made of it. */
  delete(callId: string): void {
    this.#delete.run(callId);
    this.#deleteResults.run(callId);
  }

  putResult(result: RuleResult): void {
    this.#putResult.run(toResultRow(result));
  }

  results(callId: string): readonly RuleResult[] {
    return this.#results.all(callId).map(toResult);
  }

  /** Of many calls at once, by call. */
  resultsOf(callIds: readonly string[]): ReadonlyMap<string, readonly RuleResult[]> {
    return Map.groupBy(this.#resultsOf.all(JSON.stringify(callIds)).map(toResult), ({ callId }) => callId);
  }

  result(id: string): RuleResult | undefined {
    const row = this.#result.get(id);
    return row && toResult(row);
  }

  deleteResults(callId: string): void {
    this.#deleteResults.run(callId);
  }

  withToolState(state: NonNullable<RuleResult['toolState']>, limit: number): readonly RuleResult[] {
    return this.#withToolState.all(state, limit).map(toResult);
  }

  /** Results of the call whose tool has still to be called. */
  countOpen(callId: string): number {
    return this.#countOpen.get(callId)?.total ?? 0;
  }
}

function toAnalysis(row: AnalysisRow): CallAnalysis {
  return {
    callId: row.call_id,
    organizationId: row.organization_id,
    agentId: row.agent_id,
    engine: row.engine,
    summary: row.summary,
    outcome: row.outcome,
    sentiment: row.sentiment,
    sentimentScore: row.sentiment_score,
    emotions: JSON.parse(row.emotions) as string[],
    keyPhrases: JSON.parse(row.key_phrases) as string[],
    keyPoints: JSON.parse(row.key_points) as string[],
    actionItems: JSON.parse(row.action_items) as string[],
    extracted: JSON.parse(row.extracted) as JsonObject,
    lead: JSON.parse(row.lead) as Lead,
    callStartedAtMs: row.call_started_at_ms,
    createdAtMs: row.created_at_ms,
    updatedAtMs: row.updated_at_ms,
  };
}

function toRow(analysis: CallAnalysis): AnalysisRow {
  return {
    call_id: analysis.callId,
    organization_id: analysis.organizationId,
    agent_id: analysis.agentId,
    engine: analysis.engine,
    summary: analysis.summary,
    outcome: analysis.outcome,
    sentiment: analysis.sentiment,
    sentiment_score: analysis.sentimentScore,
    emotions: JSON.stringify(analysis.emotions),
    key_phrases: JSON.stringify(analysis.keyPhrases),
    key_points: JSON.stringify(analysis.keyPoints),
    action_items: JSON.stringify(analysis.actionItems),
    extracted: JSON.stringify(analysis.extracted),
    lead: JSON.stringify(analysis.lead),
    call_started_at_ms: analysis.callStartedAtMs,
    created_at_ms: analysis.createdAtMs,
    updated_at_ms: analysis.updatedAtMs,
  };
}

function toResult(row: ResultRow): RuleResult {
  return {
    id: row.id,
    organizationId: row.organization_id,
    callId: row.call_id,
    source: row.source,
    ruleId: row.rule_id,
    ruleName: row.rule_name,
    analysisType: row.analysis_type,
    sortOrder: row.sort_order,
    engine: row.engine,
    bodyText: row.body_text,
    structured: fromJsonOrNull(row.structured) as JsonObject | null,
    toolId: row.tool_id,
    toolState: row.tool_state,
    toolInvocation: fromJsonOrNull(row.tool_invocation) as JsonObject | null,
    rawResponse: row.raw_response,
    createdAtMs: row.created_at_ms,
    updatedAtMs: row.updated_at_ms,
  };
}

function toResultRow(result: RuleResult): ResultRow {
  return {
    id: result.id,
    organization_id: result.organizationId,
    call_id: result.callId,
    source: result.source,
    rule_id: result.ruleId,
    rule_name: result.ruleName,
    analysis_type: result.analysisType,
    sort_order: result.sortOrder,
    engine: result.engine,
    body_text: result.bodyText,
    structured: toJsonOrNull(result.structured),
    tool_id: result.toolId,
    tool_state: result.toolState,
    tool_invocation: toJsonOrNull(result.toolInvocation),
    raw_response: result.rawResponse,
    created_at_ms: result.createdAtMs,
    updated_at_ms: result.updatedAtMs,
  };
}
