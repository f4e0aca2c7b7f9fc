import type { Database, Statement } from '../db/database.ts';

/** How far each durable reader of the event log has come. `move` only inside a write. */
export class ReaderCursors {
  readonly #find: Statement<{ readonly seq: number }>;
  readonly #put: Statement<never>;

  constructor(db: Database) {
    this.#find = db.prepare('SELECT seq FROM reader_cursors WHERE name = ?');
    this.#put = db.prepare(
      `INSERT INTO reader_cursors (name, seq) VALUES (?, ?)
       ON CONFLICT (name) DO UPDATE SET seq = max(seq, excluded.seq)`,
    );
  }

  /** Number of the last fact that the reader has dealt with; 0 for a new reader. */
  find(name: string): number {
    return this.#find.get(name)?.seq ?? 0;
  }

  move(name: string, seq: number): void {
    this.#put.run(name, seq);
  }
}
