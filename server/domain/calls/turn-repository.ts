import type { TurnDraft, TurnMarks, TurnRole } from '../../contract/call.ts';
import type { Database, Statement } from '../../db/database.ts';
import type { Turn } from './call.ts';

interface TurnRow {
  readonly call_id: string;
  readonly seq: number;
  readonly role: TurnRole;
  readonly text: string;
  readonly start_ms: number;
  readonly end_ms: number;
  readonly interrupted: number;
  readonly provider: string;
  readonly marks: string;
  readonly created_at_ms: number;
}

export class TurnRepository {
  readonly #insert: Statement<never>;
  readonly #ofCall: Statement<TurnRow>;
  readonly #ofCalls: Statement<TurnRow>;
  readonly #remove: Statement<never>;
  readonly #last: Statement<{ readonly seq: number | null; readonly at_ms: number | null }>;

  constructor(db: Database) {
    this.#insert = db.prepare(
      `INSERT INTO turns (call_id, seq, role, text, start_ms, end_ms, interrupted, provider, marks, created_at_ms)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    );
    this.#ofCall = db.prepare('SELECT * FROM turns WHERE call_id = ? ORDER BY seq');
    this.#ofCalls = db.prepare(
      'SELECT * FROM turns WHERE call_id IN (SELECT value FROM json_each(?)) ORDER BY call_id, seq',
    );
    this.#remove = db.prepare('DELETE FROM turns WHERE call_id = ?');
    this.#last = db.prepare('SELECT max(seq) AS seq, max(created_at_ms) AS at_ms FROM turns WHERE call_id = ?');
  }

  /** Gives the turn the next number of its call. */
  append(callId: string, draft: TurnDraft, nowMs: number): Turn {
    const turn: Turn = { ...draft, callId, seq: (this.#last.get(callId)?.seq ?? 0) + 1, createdAtMs: nowMs };
    const { seq, role, text, startMs, endMs, interrupted, provider, marks } = turn;
    const flag = Number(interrupted);
    this.#insert.run(callId, seq, role, text, startMs, endMs, flag, provider, JSON.stringify(marks), nowMs);
    return turn;
  }

  ofCall(callId: string): readonly Turn[] {
    return this.#ofCall.all(callId).map(toTurn);
  }

  /** By call, in the order they were said. */
  ofCalls(callIds: readonly string[]): ReadonlyMap<string, readonly Turn[]> {
    return Map.groupBy(this.#ofCalls.all(JSON.stringify(callIds)).map(toTurn), ({ callId }) => callId);
  }

  removeOf(callId: string): void {
    this.#remove.run(callId);
  }

  /** When the newest turn was committed; null without turns. */
  lastAtMs(callId: string): number | null {
    return this.#last.get(callId)?.at_ms ?? null;
  }
}

function toTurn(row: TurnRow): Turn {
  return {
    callId: row.call_id,
    seq: row.seq,
    role: row.role,
    text: row.text,
    startMs: row.start_ms,
    endMs: row.end_ms,
    interrupted: row.interrupted === 1,
    provider: row.provider,
    marks: JSON.parse(row.marks) as TurnMarks,
    createdAtMs: row.created_at_ms,
  };
}
