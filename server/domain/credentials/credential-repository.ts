import type { Database, Statement } from '../../db/database.ts';
import { FilteredList } from '../../db/filtered-list.ts';
import type { Page, PageRequest } from '../paging.ts';
import type { Credential, CredentialKind } from './credential.ts';
import type { Role, Scope } from './principal.ts';

interface CredentialRow {
  readonly id: string;
  readonly organization_id: string;
  readonly user_id: string | null;
  readonly kind: CredentialKind;
  readonly name: string;
  readonly prefix: string;
  readonly scopes: string;
  readonly provider_name: string | null;
  readonly last_used_at_ms: number | null;
  readonly expires_at_ms: number | null;
  readonly revoked_at_ms: number | null;
  readonly created_at_ms: number;
}

interface HolderRow extends CredentialRow {
  readonly holder_email: string | null;
  readonly holder_role: Role | null;
  readonly holder_active: number | null;
}

/** A key with the person it belongs to; the holder is undefined for a key of an organization. */
export interface HeldCredential {
  readonly credential: Credential;
  readonly holder: { readonly email: string; readonly role: Role; readonly isActive: boolean } | undefined;
}

export interface CredentialFilter {
  readonly organizationId: string;
  readonly kind?: CredentialKind | undefined;
  readonly userId?: string | undefined;
}

export class CredentialRepository {
  readonly #insert: Statement<never>;
  readonly #byHash: Statement<HolderRow>;
  readonly #heldById: Statement<HolderRow>;
  readonly #byId: Statement<CredentialRow>;
  readonly #used: Statement<never>;
  readonly #revoke: Statement<never>;
  readonly #rename: Statement<never>;
  readonly #replace: Statement<never>;
  readonly #list: FilteredList<CredentialRow>;

  constructor(db: Database) {
    this.#insert = db.prepare(
      `INSERT INTO credentials (id, organization_id, user_id, kind, name, hash, prefix, scopes, provider_name,
       expires_at_ms, created_at_ms) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    );
    const held = `SELECT credentials.*, users.email AS holder_email, users.role AS holder_role,
      users.is_active AS holder_active FROM credentials LEFT JOIN users ON users.id = credentials.user_id`;
    this.#byHash = db.prepare(`${held} WHERE credentials.hash = ?`);
    this.#heldById = db.prepare(`${held} WHERE credentials.id = ?`);
    this.#byId = db.prepare('SELECT * FROM credentials WHERE organization_id = ? AND id = ? AND revoked_at_ms IS NULL');
    this.#used = db.prepare('UPDATE credentials SET last_used_at_ms = ? WHERE id = ?');
    this.#revoke = db.prepare('UPDATE credentials SET revoked_at_ms = ? WHERE id = ?');
    this.#rename = db.prepare('UPDATE credentials SET name = ? WHERE id = ?');
    this.#replace = db.prepare('UPDATE credentials SET hash = ?, prefix = ?, last_used_at_ms = NULL WHERE id = ?');
    this.#list = new FilteredList(db, 'credentials', 'revoked_at_ms IS NULL');
  }

  insert(credential: Credential, hash: string): void {
    const { id, organizationId, userId, kind, name, prefix, scopes, providerName, expiresAtMs, createdAtMs } =
      credential;
    const scopesText = JSON.stringify(scopes);
    this.#insert.run(
      id,
      organizationId,
      userId,
      kind,
      name,
      hash,
      prefix,
      scopesText,
      providerName,
      expiresAtMs,
      createdAtMs,
    );
  }

  findByHash(hash: string): HeldCredential | undefined {
    return toHeld(this.#byHash.get(hash));
  }

  /** Also one that is revoked. */
  findById(id: string): HeldCredential | undefined {
    return toHeld(this.#heldById.get(id));
  }

  /** Undefined also for one that is revoked or another organization's. */
  find(organizationId: string, id: string): Credential | undefined {
    const row = this.#byId.get(organizationId, id);
    return row && toCredential(row);
  }

  list({ organizationId, kind, userId }: CredentialFilter, page: PageRequest): Page<Credential> {
    const filters = { organization_id: organizationId, kind, user_id: userId };
    const found = this.#list.page(filters, page.limit, page.offset);
    return { items: found.items.map(toCredential), total: found.total };
  }

  setLastUsed(id: string, atMs: number): void {
    this.#used.run(atMs, id);
  }

  rename(id: string, name: string): void {
    this.#rename.run(name, id);
  }

  replaceKey(id: string, hash: string, prefix: string): void {
    this.#replace.run(hash, prefix, id);
  }

  revoke(id: string, atMs: number): void {
    this.#revoke.run(atMs, id);
  }
}

function toHeld(row: HolderRow | undefined): HeldCredential | undefined {
  if (!row) return undefined;
  const { holder_email: email, holder_role: role, holder_active: active } = row;
  const holder = email === null || role === null ? undefined : { email, role, isActive: active === 1 };
  return { credential: toCredential(row), holder };
}

function toCredential(row: CredentialRow): Credential {
  return {
    id: row.id,
    organizationId: row.organization_id,
    userId: row.user_id,
    kind: row.kind,
    name: row.name,
    prefix: row.prefix,
    scopes: JSON.parse(row.scopes) as Scope[],
    providerName: row.provider_name,
    lastUsedAtMs: row.last_used_at_ms,
    expiresAtMs: row.expires_at_ms,
    revokedAtMs: row.revoked_at_ms,
    createdAtMs: row.created_at_ms,
  };
}
