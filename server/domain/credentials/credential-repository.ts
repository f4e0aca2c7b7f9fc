import type { Database, Statement } from '../../db/database.ts';
import type { Credential } from './credential.ts';

interface CredentialRow {
  readonly id: string;
  readonly organization_id: string;
  readonly kind: 'va';
  readonly name: string;
  readonly prefix: string;
  readonly last_used_at_ms: number | null;
  readonly expires_at_ms: number | null;
  readonly revoked_at_ms: number | null;
  readonly created_at_ms: number;
}

export class CredentialRepository {
  readonly #insert: Statement<never>;
  readonly #byHash: Statement<CredentialRow>;
  readonly #used: Statement<never>;
  readonly #revoke: Statement<never>;

  constructor(db: Database) {
    this.#insert = db.prepare(
      `INSERT INTO credentials (id, organization_id, kind, name, hash, prefix, expires_at_ms, created_at_ms)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
    );
    this.#byHash = db.prepare('SELECT * FROM credentials WHERE hash = ?');
    this.#used = db.prepare('UPDATE credentials SET last_used_at_ms = ? WHERE id = ?');
    this.#revoke = db.prepare(
      'UPDATE credentials SET revoked_at_ms = ? WHERE organization_id = ? AND id = ? AND revoked_at_ms IS NULL',
    );
  }

  insert(credential: Credential, hash: string): void {
    const { id, organizationId, kind, name, prefix, expiresAtMs, createdAtMs } = credential;
    this.#insert.run(id, organizationId, kind, name, hash, prefix, expiresAtMs, createdAtMs);
  }

  findByHash(hash: string): Credential | undefined {
    const row = this.#byHash.get(hash);
    return row && toCredential(row);
  }

  setLastUsed(id: string, atMs: number): void {
    this.#used.run(atMs, id);
  }

  /** False when there was nothing to revoke. */
  revoke(organizationId: string, id: string, atMs: number): boolean {
    return this.#revoke.run(atMs, organizationId, id).changes > 0;
  }
}

function toCredential(row: CredentialRow): Credential {
  return {
    id: row.id,
    organizationId: row.organization_id,
    kind: row.kind,
    name: row.name,
    prefix: row.prefix,
    lastUsedAtMs: row.last_used_at_ms,
    expiresAtMs: row.expires_at_ms,
    revokedAtMs: row.revoked_at_ms,
    createdAtMs: row.created_at_ms,
  };
}
