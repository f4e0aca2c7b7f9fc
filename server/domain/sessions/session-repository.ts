import type { Database, Statement } from '../../db/database.ts';
import type { Role } from '../credentials/principal.ts';
import type { LiveSession, Session, SessionEnd, SessionKind } from './session.ts';

interface LiveRow {
  readonly id: string;
  readonly kind: SessionKind;
  readonly expires_at_ms: number;
  readonly user_id: string;
  readonly organization_id: string;
  readonly email: string;
  readonly role: Role;
}

export interface RefreshToken {
  readonly sessionId: string;
  readonly usedAtMs: number | null;
  readonly expiresAtMs: number;
}

interface RefreshRow {
  readonly session_id: string;
  readonly used_at_ms: number | null;
  readonly expires_at_ms: number;
}

const live = `SELECT sessions.id, sessions.kind, sessions.expires_at_ms, sessions.user_id, users.organization_id,
  users.email, users.role FROM sessions JOIN users ON users.id = sessions.user_id
  WHERE sessions.revoked_at_ms IS NULL AND sessions.expires_at_ms > @nowMs
  AND users.is_active = 1 AND users.deleted_at_ms IS NULL`;

/** Rows per clean-up: one sign-in must not wait for thousands. */
const cleanUpLimit = 200;

export class SessionRepository {
  readonly #insert: Statement<never>;
  readonly #live: Statement<LiveRow>;
  readonly #liveByToken: Statement<LiveRow>;
  readonly #extend: Statement<never>;
  readonly #end: Statement<never>;
  readonly #endOfUser: Statement<never>;
  readonly #endBeyond: Statement<never>;
  readonly #deleteOld: Statement<never>;
  readonly #insertRefresh: Statement<never>;
  readonly #refresh: Statement<RefreshRow>;
  readonly #useRefresh: Statement<never>;

  constructor(db: Database) {
    this.#insert = db.prepare(
      `INSERT INTO sessions (id, user_id, kind, token_hash, remote_address, expires_at_ms, created_at_ms)
       VALUES (?, ?, ?, ?, ?, ?, ?)`,
    );
    this.#live = db.prepare(`${live} AND sessions.id = @id`);
    this.#liveByToken = db.prepare(`${live} AND sessions.token_hash = @hash`);
    this.#extend = db.prepare('UPDATE sessions SET expires_at_ms = ? WHERE id = ?');
    const end = 'UPDATE sessions SET revoked_at_ms = @nowMs, revoked_why = @why WHERE revoked_at_ms IS NULL';
    this.#end = db.prepare(`${end} AND id = @id`);
    this.#endOfUser = db.prepare(`${end} AND user_id = @userId AND id IS NOT @exceptId`);
    this.#endBeyond = db.prepare(
      `${end} AND id IN (SELECT id FROM sessions WHERE user_id = @userId AND kind = @kind AND revoked_at_ms IS NULL
       ORDER BY rowid DESC LIMIT -1 OFFSET @keep)`,
    );
    this.#deleteOld = db.prepare(
      `DELETE FROM sessions WHERE id IN (SELECT id FROM sessions WHERE expires_at_ms <= ? LIMIT ${cleanUpLimit})`,
    );
    this.#insertRefresh = db.prepare(
      'INSERT INTO refresh_tokens (hash, session_id, expires_at_ms, created_at_ms) VALUES (?, ?, ?, ?)',
    );
    this.#refresh = db.prepare('SELECT * FROM refresh_tokens WHERE hash = ?');
    this.#useRefresh = db.prepare('UPDATE refresh_tokens SET used_at_ms = ? WHERE hash = ?');
  }

  insert(session: Session, tokenHash: string | null): void {
    const { id, userId, kind, remoteAddress, expiresAtMs, createdAtMs } = session;
    this.#insert.run(id, userId, kind, tokenHash, remoteAddress, expiresAtMs, createdAtMs);
  }

  /** Only one that is neither ended nor expired, of a person who may come in. */
  findLive(id: string, nowMs: number): LiveSession | undefined {
    return toSession(this.#live.get({ id, nowMs }));
  }

  findLiveByToken(hash: string, nowMs: number): LiveSession | undefined {
    return toSession(this.#liveByToken.get({ hash, nowMs }));
  }

  extend(id: string, expiresAtMs: number): void {
    this.#extend.run(expiresAtMs, id);
  }

  end(id: string, why: SessionEnd, nowMs: number): void {
    this.#end.run({ id, why, nowMs });
  }

  endOfUser(userId: string, why: SessionEnd, nowMs: number, exceptId: string | null = null): void {
    this.#endOfUser.run({ userId, why, nowMs, exceptId });
  }

  /** Ends the oldest of this person and kind until `keep` are left. */
  endBeyond(userId: string, kind: SessionKind, keep: number, nowMs: number): void {
    this.#endBeyond.run({ userId, kind, keep, nowMs, why: 'too-many' satisfies SessionEnd });
  }

  /** Deletes some of those that expired before, with their refresh tokens. */
  deleteExpired(beforeMs: number): void {
    this.#deleteOld.run(beforeMs);
  }

  insertRefresh(hash: string, sessionId: string, expiresAtMs: number, nowMs: number): void {
    this.#insertRefresh.run(hash, sessionId, expiresAtMs, nowMs);
  }

  findRefresh(hash: string): RefreshToken | undefined {
    const row = this.#refresh.get(hash);
    return row && { sessionId: row.session_id, usedAtMs: row.used_at_ms, expiresAtMs: row.expires_at_ms };
  }

  useRefresh(hash: string, nowMs: number): void {
    this.#useRefresh.run(nowMs, hash);
  }
}

function toSession(row: LiveRow | undefined): LiveSession | undefined {
  if (!row) return undefined;
  const { id, kind, email, role } = row;
  const { expires_at_ms: expiresAtMs, user_id: userId, organization_id: organizationId } = row;
  return { id, kind, expiresAtMs, userId, organizationId, email, role };
}
