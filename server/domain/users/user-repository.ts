import type { Database, Statement } from '../../db/database.ts';
import type { User } from './user.ts';

interface UserRow {
  readonly id: string;
  readonly organization_id: string;
  readonly email: string;
  readonly full_name: string | null;
  readonly role: User['role'];
  readonly created_at_ms: number;
  readonly updated_at_ms: number;
}

export class UserRepository {
  readonly #insert: Statement<never>;
  readonly #byEmail: Statement<UserRow>;

  constructor(db: Database) {
    this.#insert = db.prepare(
      `INSERT INTO users (id, organization_id, email, full_name, role, created_at_ms, updated_at_ms)
       VALUES (?, ?, ?, ?, ?, ?, ?)`,
    );
    this.#byEmail = db.prepare('SELECT * FROM users WHERE email = ?');
  }

  insert(user: User): void {
    const { id, organizationId, email, fullName, role, createdAtMs, updatedAtMs } = user;
    this.#insert.run(id, organizationId, email, fullName, role, createdAtMs, updatedAtMs);
  }

  findByEmail(email: string): User | undefined {
    const row = this.#byEmail.get(email);
    return row && toUser(row);
  }
}

function toUser(row: UserRow): User {
  return {
    id: row.id,
    organizationId: row.organization_id,
    email: row.email,
    fullName: row.full_name,
    role: row.role,
    createdAtMs: row.created_at_ms,
    updatedAtMs: row.updated_at_ms,
  };
}
