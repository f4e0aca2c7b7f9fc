import type { Database, Statement } from '../../db/database.ts';

interface FlagRow {
  readonly flag: string;
  readonly value: number;
}

export class FeatureFlagRepository {
  readonly #ofUser: Statement<FlagRow>;
  readonly #set: Statement<never>;
  readonly #organizationOf: Statement<{ readonly organization_id: string }>;

  constructor(db: Database) {
    this.#ofUser = db.prepare('SELECT flag, value FROM feature_flags WHERE user_id = ?');
    this.#set = db.prepare(
      `INSERT INTO feature_flags (user_id, flag, value, updated_at_ms) VALUES (?, ?, ?, ?)
       ON CONFLICT (user_id, flag) DO UPDATE SET value = excluded.value, updated_at_ms = excluded.updated_at_ms`,
    );
    this.#organizationOf = db.prepare('SELECT organization_id FROM users WHERE id = ? AND deleted_at_ms IS NULL');
  }

  /** Only the flags that somebody has set. */
  ofUser(userId: string): ReadonlyMap<string, boolean> {
    return new Map(this.#ofUser.all(userId).map(({ flag, value }) => [flag, value === 1]));
  }

  set(userId: string, flag: string, value: boolean, nowMs: number): void {
    this.#set.run(userId, flag, Number(value), nowMs);
  }

  /** Undefined for an unknown user. */
  organizationOf(userId: string): string | undefined {
    return this.#organizationOf.get(userId)?.organization_id;
  }
}
