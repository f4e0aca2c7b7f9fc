import type { Database, Statement } from '../../db/database.ts';
import { insertSql, updateSql } from '../../db/row-sql.ts';
import type { Role } from '../credentials/principal.ts';
import type { Extras } from '../json-column.ts';
import type { Page, PageRequest } from '../paging.ts';
import type { User } from './user.ts';

interface UserRow {
  readonly id: string;
  readonly organization_id: string;
  readonly email: string;
  readonly first_name: string | null;
  readonly last_name: string | null;
  readonly full_name: string | null;
  readonly phone: string | null;
  readonly role: Role;
  readonly is_active: number;
  readonly extras: string;
  readonly last_sign_in_at_ms: number | null;
  readonly created_at_ms: number;
  readonly updated_at_ms: number;
}

const columns = [
  'id',
  'organization_id',
  'email',
  'first_name',
  'last_name',
  'full_name',
  'phone',
  'role',
  'is_active',
  'extras',
  'last_sign_in_at_ms',
  'created_at_ms',
  'updated_at_ms',
] as const satisfies readonly (keyof UserRow)[];

export interface UserFilter {
  readonly organizationId?: string | undefined;
  /** Part of the name or the address, whatever its case. */
  readonly search?: string | undefined;
}

const matching = `deleted_at_ms IS NULL
  AND (@organizationId IS NULL OR organization_id = @organizationId)
  AND (@search IS NULL OR instr(lower(email), @search) > 0 OR instr(lower(coalesce(full_name, '')), @search) > 0)`;

/** Deleted people keep their row, since calls and keys point at it, but are found no more and free their address. */
export class UserRepository {
  readonly #insert: Statement<never>;
  readonly #update: Statement<never>;
  readonly #delete: Statement<never>;
  readonly #byId: Statement<UserRow>;
  readonly #byEmail: Statement<UserRow>;
  readonly #page: Statement<UserRow>;
  readonly #count: Statement<{ readonly total: number }>;
  readonly #countRole: Statement<{ readonly total: number }>;
  readonly #passwordHash: Statement<{ readonly password_hash: string | null }>;
  readonly #setPasswordHash: Statement<never>;
  readonly #signedIn: Statement<never>;

  constructor(db: Database) {
    this.#insert = db.prepare(insertSql('users', columns));
    this.#update = db.prepare(updateSql('users', columns));
    this.#delete = db.prepare(
      `UPDATE users SET deleted_at_ms = @nowMs, is_active = 0, password_hash = NULL, first_name = NULL,
       last_name = NULL, full_name = NULL, phone = NULL, email = 'deleted-' || id WHERE id = @id`,
    );
    this.#byId = db.prepare('SELECT * FROM users WHERE id = ? AND deleted_at_ms IS NULL');
    this.#byEmail = db.prepare('SELECT * FROM users WHERE email = ? AND deleted_at_ms IS NULL');
    this.#page = db.prepare(`SELECT * FROM users WHERE ${matching} ORDER BY rowid DESC LIMIT @limit OFFSET @offset`);
    this.#count = db.prepare(`SELECT count(*) AS total FROM users WHERE ${matching}`);
    this.#countRole = db.prepare(
      'SELECT count(*) AS total FROM users WHERE role = ? AND is_active = 1 AND deleted_at_ms IS NULL',
    );
    this.#passwordHash = db.prepare('SELECT password_hash FROM users WHERE id = ?');
    this.#setPasswordHash = db.prepare('UPDATE users SET password_hash = ?, updated_at_ms = ? WHERE id = ?');
    this.#signedIn = db.prepare('UPDATE users SET last_sign_in_at_ms = ? WHERE id = ?');
  }

  insert(user: User): void {
    this.#insert.run(toRow(user));
  }

  update(user: User): void {
    this.#update.run(toRow(user));
  }

  delete(id: string, nowMs: number): void {
    this.#delete.run({ id, nowMs });
  }

  find(id: string): User | undefined {
    return toUser(this.#byId.get(id));
  }

  findByEmail(email: string): User | undefined {
    return toUser(this.#byEmail.get(email));
  }

  list(filter: UserFilter, page: PageRequest): Page<User> {
    const search = filter.search === undefined || filter.search === '' ? null : filter.search.toLowerCase();
    const values = { organizationId: filter.organizationId ?? null, search };
    const rows = this.#page.all({ ...values, ...page });
    return { items: rows.map(userOf), total: this.#count.get(values)?.total ?? 0 };
  }

  /** Active people with this role, in the whole house. */
  countActive(role: Role): number {
    return this.#countRole.get(role)?.total ?? 0;
  }

  /** argon2 hash in PHC form; null for who has no password. */
  passwordHash(id: string): string | null {
    return this.#passwordHash.get(id)?.password_hash ?? null;
  }

  setPasswordHash(id: string, hash: string, nowMs: number): void {
    this.#setPasswordHash.run(hash, nowMs, id);
  }

  setLastSignIn(id: string, atMs: number): void {
    this.#signedIn.run(atMs, id);
  }
}

function toUser(row: UserRow | undefined): User | undefined {
  return row && userOf(row);
}

function userOf(row: UserRow): User {
  return {
    id: row.id,
    organizationId: row.organization_id,
    email: row.email,
    firstName: row.first_name,
    lastName: row.last_name,
    fullName: row.full_name,
    phone: row.phone,
    role: row.role,
    isActive: row.is_active === 1,
    extras: JSON.parse(row.extras) as Extras,
    lastSignInAtMs: row.last_sign_in_at_ms,
    createdAtMs: row.created_at_ms,
    updatedAtMs: row.updated_at_ms,
  };
}

function toRow(user: User): UserRow {
  return {
    id: user.id,
    organization_id: user.organizationId,
    email: user.email,
    first_name: user.firstName,
    last_name: user.lastName,
    full_name: user.fullName,
    phone: user.phone,
    role: user.role,
    is_active: Number(user.isActive),
    extras: JSON.stringify(user.extras),
    last_sign_in_at_ms: user.lastSignInAtMs,
    created_at_ms: user.createdAtMs,
    updated_at_ms: user.updatedAtMs,
  };
}
