import type { Database, Statement } from '../db/database.ts';
import type { Fact, FactKind, StoredFact } from './fact.ts';

interface EventRow {
  readonly seq: number;
  readonly organization_id: string;
  readonly fact: string;
  readonly at_ms: number;
}

/** The numbered facts. `append` only inside a write. */
export class EventLog {
  readonly #insert: Statement<never>;
  readonly #db: Database;
  /** By the kinds that are wanted; '' for all. */
  readonly #after = new Map<string, Statement<EventRow>>();
  readonly #last: Statement<{ readonly seq: number | null }>;

  constructor(db: Database) {
    this.#insert = db.prepare('INSERT INTO event_log (organization_id, kind, fact, at_ms) VALUES (?, ?, ?, ?)');
    this.#db = db;
    this.#last = db.prepare('SELECT max(seq) AS seq FROM event_log');
  }

  append(organizationId: string, fact: Fact, atMs: number): StoredFact {
    const { lastInsertRowid } = this.#insert.run(organizationId, fact.kind, JSON.stringify(fact), atMs);
    return { seq: Number(lastInsertRowid), organizationId, atMs, fact };
  }

  /** Facts numbered above `seq`, oldest first; only of these kinds when there are any. */
  after(seq: number, limit: number, kinds: readonly FactKind[] = []): readonly StoredFact[] {
    return this.#selecting(kinds)
      .all(seq, ...kinds, limit)
      .map((row) => ({
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

  #selecting(kinds: readonly FactKind[]): Statement<EventRow> {
    const key = kinds.join();
    const known = this.#after.get(key);
    if (known) return known;
    const ofKind = kinds.length === 0 ? '' : `AND kind IN (${kinds.map(() => '?').join()})`;
    const made = this.#db.prepare<EventRow>(`SELECT * FROM event_log WHERE seq > ? ${ofKind} ORDER BY seq LIMIT ?`);
    this.#after.set(key, made);
    return made;
  }
}
