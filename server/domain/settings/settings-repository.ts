import type { Database, Statement } from '../../db/database.ts';

/** One JSON value by name. */
export class SettingsRepository {
  readonly #get: Statement<{ readonly value: string }>;
  readonly #put: Statement<never>;

  constructor(db: Database) {
    this.#get = db.prepare('SELECT value FROM house_settings WHERE name = ?');
    this.#put = db.prepare(
      `INSERT INTO house_settings (name, value, updated_at_ms) VALUES (?, ?, ?)
       ON CONFLICT (name) DO UPDATE SET value = excluded.value, updated_at_ms = excluded.updated_at_ms`,
    );
  }

  get(name: string): unknown {
    const row = this.#get.get(name);
    return row && JSON.parse(row.value);
  }

  put(name: string, value: unknown, nowMs: number): void {
    this.#put.run(name, JSON.stringify(value), nowMs);
  }
}
