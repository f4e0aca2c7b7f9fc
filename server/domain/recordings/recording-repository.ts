import type { Database, Statement } from '../../db/database.ts';
import type { Recording, RecordingState } from './recording.ts';

interface RecordingRow {
  readonly call_id: string;
  readonly state: RecordingState;
  readonly path: string;
  readonly size_bytes: number | null;
  readonly sha256: string | null;
  readonly duration_ms: number | null;
  readonly error_message: string | null;
  readonly created_at_ms: number;
  readonly updated_at_ms: number;
}

export class RecordingRepository {
  readonly #insert: Statement<never>;
  readonly #update: Statement<never>;
  readonly #byCall: Statement<RecordingRow>;
  readonly #byCalls: Statement<RecordingRow>;
  readonly #byState: Statement<RecordingRow>;
  readonly #paths: Statement<{ readonly call_id: string; readonly path: string; readonly state: RecordingState }>;

  constructor(db: Database) {
    this.#insert = db.prepare(
      'INSERT INTO recordings (call_id, state, path, created_at_ms, updated_at_ms) VALUES (?, ?, ?, ?, ?)',
    );
    this.#update = db.prepare(
      `UPDATE recordings SET state = ?, size_bytes = ?, sha256 = ?, duration_ms = ?, error_message = ?, updated_at_ms = ?
       WHERE call_id = ?`,
    );
    this.#byCall = db.prepare('SELECT * FROM recordings WHERE call_id = ?');
    this.#byCalls = db.prepare('SELECT * FROM recordings WHERE call_id IN (SELECT value FROM json_each(?))');
    this.#byState = db.prepare('SELECT * FROM recordings WHERE state = ? ORDER BY rowid');
    this.#paths = db.prepare('SELECT call_id, path, state FROM recordings');
  }

  insert(recording: Recording): void {
    const { callId, state, path, createdAtMs, updatedAtMs } = recording;
    this.#insert.run(callId, state, path, createdAtMs, updatedAtMs);
  }

  update(recording: Recording): void {
    const { callId, state, sizeBytes, sha256, durationMs, errorMessage, updatedAtMs } = recording;
    this.#update.run(state, sizeBytes, sha256, durationMs, errorMessage, updatedAtMs, callId);
  }

  find(callId: string): Recording | undefined {
    const row = this.#byCall.get(callId);
    return row && toRecording(row);
  }

  /** By call. */
  ofCalls(callIds: readonly string[]): ReadonlyMap<string, Recording> {
    const rows = this.#byCalls.all(JSON.stringify(callIds));
    return new Map(rows.map((row) => [row.call_id, toRecording(row)]));
  }

  withState(state: RecordingState): readonly Recording[] {
    return this.#byState.all(state).map(toRecording);
  }

  /** Path and state of every recording, by call. */
  paths(): readonly { readonly callId: string; readonly path: string; readonly state: RecordingState }[] {
    return this.#paths.all().map(({ call_id, path, state }) => ({ callId: call_id, path, state }));
  }
}

function toRecording(row: RecordingRow): Recording {
  return {
    callId: row.call_id,
    state: row.state,
    path: row.path,
    sizeBytes: row.size_bytes,
    sha256: row.sha256,
    durationMs: row.duration_ms,
    errorMessage: row.error_message,
    createdAtMs: row.created_at_ms,
    updatedAtMs: row.updated_at_ms,
  };
}
