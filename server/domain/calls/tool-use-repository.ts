import type { ToolOutcome, ToolUseDraft } from '../../contract/call.ts';
import type { Database, Statement } from '../../db/database.ts';
import type { JsonObject } from '../json-column.ts';
import type { ToolUse } from './call.ts';

interface ToolUseRow {
  readonly call_id: string;
  readonly seq: number;
  readonly after_turn: number;
  readonly name: string;
  readonly arguments: string;
  readonly outcome: ToolOutcome;
  readonly result: string;
  readonly start_ms: number;
  readonly end_ms: number;
  readonly created_at_ms: number;
}

/** What the agents of calls did with their tools. */
export class ToolUseRepository {
  readonly #insert: Statement<never>;
  readonly #lastNumbers: Statement<{ readonly uses: number; readonly turns: number }>;
  readonly #ofCall: Statement<ToolUseRow>;
  readonly #remove: Statement<never>;

  constructor(db: Database) {
    this.#insert = db.prepare(
      `INSERT INTO tool_uses (call_id, seq, after_turn, name, arguments, outcome, result, start_ms, end_ms, created_at_ms)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    );
    this.#lastNumbers = db.prepare(
      `SELECT (SELECT coalesce(max(seq), 0) FROM tool_uses WHERE call_id = :callId) AS uses,
              (SELECT coalesce(max(seq), 0) FROM turns WHERE call_id = :callId) AS turns`,
    );
    this.#ofCall = db.prepare('SELECT * FROM tool_uses WHERE call_id = ? ORDER BY seq');
    this.#remove = db.prepare('DELETE FROM tool_uses WHERE call_id = ?');
  }

  /** Gives the use the next number of its call, behind the turns written so far. */
  append(callId: string, draft: ToolUseDraft, nowMs: number): ToolUse {
    const last = this.#lastNumbers.get({ callId }) ?? { uses: 0, turns: 0 };
    const use: ToolUse = { ...draft, callId, seq: last.uses + 1, afterTurn: last.turns, createdAtMs: nowMs };
    const { seq, afterTurn, name, args, outcome, result, startMs, endMs } = use;
    const json = JSON.stringify(args);
    this.#insert.run(callId, seq, afterTurn, name, json, outcome, result, startMs, endMs, nowMs);
    return use;
  }

  ofCall(callId: string): readonly ToolUse[] {
    return this.#ofCall.all(callId).map(toToolUse);
  }

  removeOf(callId: string): void {
    this.#remove.run(callId);
  }
}

function toToolUse(row: ToolUseRow): ToolUse {
  return {
    callId: row.call_id,
    seq: row.seq,
    afterTurn: row.after_turn,
    name: row.name,
    args: JSON.parse(row.arguments) as JsonObject,
    outcome: row.outcome,
    result: row.result,
    startMs: row.start_ms,
    endMs: row.end_ms,
    createdAtMs: row.created_at_ms,
  };
}
