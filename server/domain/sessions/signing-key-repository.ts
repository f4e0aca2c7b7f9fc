import type { Database, Statement } from '../../db/database.ts';

export interface SigningKey {
  readonly id: string;
  readonly sealedSecret: string;
  /** Null for the one that signs. */
  readonly retiredAtMs: number | null;
  readonly createdAtMs: number;
}

interface SigningKeyRow {
  readonly id: string;
  readonly sealed_secret: string;
  readonly retired_at_ms: number | null;
  readonly created_at_ms: number;
}

export class SigningKeyRepository {
  readonly #insert: Statement<never>;
  readonly #all: Statement<SigningKeyRow>;
  readonly #retire: Statement<never>;
  readonly #delete: Statement<never>;

  constructor(db: Database) {
    this.#insert = db.prepare('INSERT INTO signing_keys (id, sealed_secret, created_at_ms) VALUES (?, ?, ?)');
    this.#all = db.prepare('SELECT * FROM signing_keys ORDER BY rowid');
    this.#retire = db.prepare('UPDATE signing_keys SET retired_at_ms = ? WHERE retired_at_ms IS NULL');
    this.#delete = db.prepare('DELETE FROM signing_keys WHERE retired_at_ms <= ?');
  }

  insert({ id, sealedSecret, createdAtMs }: SigningKey): void {
    this.#insert.run(id, sealedSecret, createdAtMs);
  }

  all(): readonly SigningKey[] {
    return this.#all.all().map((row) => ({
      id: row.id,
      sealedSecret: row.sealed_secret,
      retiredAtMs: row.retired_at_ms,
      createdAtMs: row.created_at_ms,
    }));
  }

  retireAll(nowMs: number): void {
    this.#retire.run(nowMs);
  }

  deleteRetiredBefore(atMs: number): void {
    this.#delete.run(atMs);
  }
}
