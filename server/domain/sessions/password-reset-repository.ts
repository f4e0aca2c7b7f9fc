import type { Database, Statement } from '../../db/database.ts';

export interface PasswordReset {
  readonly userId: string;
  /** For the administrator who hands it on; nobody has mail here. */
  readonly sealedToken: string;
  readonly expiresAtMs: number;
  readonly createdAtMs: number;
}

interface ResetRow {
  readonly user_id: string;
  readonly sealed_token: string;
  readonly expires_at_ms: number;
  readonly created_at_ms: number;
}

/** One open token for each person at most. */
export class PasswordResetRepository {
  readonly #insert: Statement<never>;
  readonly #deleteOfUser: Statement<never>;
  readonly #byHash: Statement<ResetRow>;
  readonly #byUser: Statement<ResetRow>;

  constructor(db: Database) {
    this.#insert = db.prepare(
      `INSERT INTO password_resets (hash, user_id, sealed_token, expires_at_ms, created_at_ms) VALUES (?, ?, ?, ?, ?)`,
    );
    this.#deleteOfUser = db.prepare('DELETE FROM password_resets WHERE user_id = ?');
    this.#byHash = db.prepare('SELECT * FROM password_resets WHERE hash = ? AND expires_at_ms > ?');
    this.#byUser = db.prepare('SELECT * FROM password_resets WHERE user_id = ? AND expires_at_ms > ?');
  }

  /** Instead of whatever this person had before. */
  put(hash: string, { userId, sealedToken, expiresAtMs, createdAtMs }: PasswordReset): void {
    this.deleteOfUser(userId);
    this.#insert.run(hash, userId, sealedToken, expiresAtMs, createdAtMs);
  }

  findOpen(hash: string, nowMs: number): PasswordReset | undefined {
    return toReset(this.#byHash.get(hash, nowMs));
  }

  findOpenOf(userId: string, nowMs: number): PasswordReset | undefined {
    return toReset(this.#byUser.get(userId, nowMs));
  }

  deleteOfUser(userId: string): void {
    this.#deleteOfUser.run(userId);
  }
}

function toReset(row: ResetRow | undefined): PasswordReset | undefined {
  if (!row) return undefined;
  const { user_id: userId, sealed_token: sealedToken, expires_at_ms: expiresAtMs, created_at_ms: createdAtMs } = row;
  return { userId, sealedToken, expiresAtMs, createdAtMs };
}
