import type { Database, Statement } from '../../db/database.ts';
import type { Page, PageRequest } from '../paging.ts';
import type { DoNotCallEntry } from './do-not-call.ts';

interface EntryRow {
  readonly number: string;
  readonly reason: string | null;
  readonly created_at_ms: number;
}

export class DoNotCallRepository {
  readonly #add: Statement<never>;
  readonly #remove: Statement<never>;
  readonly #one: Statement<EntryRow>;
  readonly #page: Statement<EntryRow>;
  readonly #count: Statement<{ readonly total: number }>;

  constructor(db: Database) {
    this.#add = db.prepare(
      `INSERT INTO do_not_call (organization_id, number, reason, created_at_ms) VALUES (?, ?, ?, ?)
       ON CONFLICT DO UPDATE SET reason = coalesce(excluded.reason, reason)`,
    );
    this.#remove = db.prepare('DELETE FROM do_not_call WHERE organization_id = ? AND number = ?');
    this.#one = db.prepare('SELECT * FROM do_not_call WHERE organization_id = ? AND number = ?');
    this.#page = db.prepare(
      'SELECT * FROM do_not_call WHERE organization_id = ? ORDER BY created_at_ms DESC, number LIMIT ? OFFSET ?',
    );
    this.#count = db.prepare('SELECT count(*) AS total FROM do_not_call WHERE organization_id = ?');
  }

  add(organizationId: string, entry: DoNotCallEntry): void {
    this.#add.run(organizationId, entry.number, entry.reason, entry.createdAtMs);
  }

  /** Whether it was there. */
  remove(organizationId: string, number: string): boolean {
    return this.#remove.run(organizationId, number).changes > 0;
  }

  find(organizationId: string, number: string): DoNotCallEntry | undefined {
    const row = this.#one.get(organizationId, number);
    return row && toEntry(row);
  }

  list(organizationId: string, { limit, offset }: PageRequest): Page<DoNotCallEntry> {
    const items = this.#page.all(organizationId, limit, offset).map(toEntry);
    return { items, total: this.#count.get(organizationId)?.total ?? 0 };
  }
}

function toEntry(row: EntryRow): DoNotCallEntry {
  return { number: row.number, reason: row.reason, createdAtMs: row.created_at_ms };
}
