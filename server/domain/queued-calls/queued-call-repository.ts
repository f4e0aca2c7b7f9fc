import type { Database, Statement } from '../../db/database.ts';
import type { QueuedCall } from './queued-call.ts';

interface QueuedRow {
  readonly id: string;
  readonly organization_id: string;
  readonly request_id: string;
  readonly wanted: string;
  readonly created_at_ms: number;
}

export class QueuedCallRepository {
  readonly #insert: Statement<never>;
  readonly #remove: Statement<never>;
  readonly #firsts: Statement<QueuedRow>;
  readonly #count: Statement<{ readonly total: number }>;

  constructor(db: Database) {
    this.#insert = db.prepare(
      'INSERT INTO queued_calls (id, organization_id, request_id, wanted, created_at_ms) VALUES (?, ?, ?, ?, ?)',
    );
    this.#remove = db.prepare('DELETE FROM queued_calls WHERE id = ?');
    this.#firsts = db.prepare(
      `SELECT * FROM queued_calls
       WHERE rowid IN (SELECT min(rowid) FROM queued_calls GROUP BY organization_id) ORDER BY rowid`,
    );
    this.#count = db.prepare('SELECT count(*) AS total FROM queued_calls WHERE organization_id = ?');
  }

  insert({ createdAtMs, id, order }: QueuedCall): void {
    this.#insert.run(id, order.organizationId, order.requestId, JSON.stringify(order), createdAtMs);
  }

  remove(id: string): void {
    this.#remove.run(id);
  }

  /** The one of each organization that has waited longest. */
  firsts(): readonly QueuedCall[] {
    return this.#firsts.all().map(toQueued);
  }

  count(organizationId: string): number {
    return this.#count.get(organizationId)?.total ?? 0;
  }
}

function toQueued(row: QueuedRow): QueuedCall {
  return { id: row.id, order: JSON.parse(row.wanted) as QueuedCall['order'], createdAtMs: row.created_at_ms };
}
