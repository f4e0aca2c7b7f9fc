import type { Database, Statement } from '../db/database.ts';
import type { Fact, StoredFact } from './fact.ts';

interface EventRow {
  readonly seq: number;
  readonly organization_id: string;
  readonly fact: string;
  readonly at_ms: number;
}

/** The numbered facts. `append` only inside a write. */
export class EventLog {
  readonly #insert: Statement<never>;
  readonly #after: Statement<EventRow>;
  readonly #last: Statement<{ readonly seq: number | null }>;

  constructor(db: Database) {
    this.#insert = db.prepare('INSERT INTO event_log (organization_id, kind, fact, at_ms) VALUES (?, ?, ?, ?)');
    this.#after = db.prepare('SELECT * FROM event_log WHERE seq > ? ORDER BY seq LIMIT ?');
    this.#last = db.prepare('SELECT max(seq) AS seq FROM event_log');
  }

  append(organizationId: string, fact: Fact, atMs: number): StoredFact {
    const { lastInsertRowid } = this.#insert.run(organizationId, fact.kind, JSON.stringify(fact), atMs);
    return { seq: Number(lastInsertRowid), organizationId, atMs, fact };
  }

  /** Facts numbered above `seq`, oldest first. */
  after(seq: number, limit: number): readonly StoredFact[] {
    return this.#after.all(seq, limit).map((row) => ({
      seq: row.seq,
      organizationId: row.organization_id,
      atMs: row.at_ms,
      fact: JSON.parse(row.fact) as Fact,
    }));
  }

  /** Number of the newest fact; 0 when there is none. */
  lastSeq(): number {
    return this.#last.get()?.seq ?? 0;
  }
}
