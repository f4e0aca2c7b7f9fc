import type { Database, Statement } from '../../db/database.ts';
import type { Organization } from './organization.ts';

interface OrganizationRow {
  readonly id: string;
  readonly name: string;
  readonly created_at_ms: number;
  readonly updated_at_ms: number;
}

export class OrganizationRepository {
  readonly #insert: Statement<never>;
  readonly #byId: Statement<OrganizationRow>;
  readonly #first: Statement<OrganizationRow>;

  constructor(db: Database) {
    this.#insert = db.prepare('INSERT INTO organizations (id, name, created_at_ms, updated_at_ms) VALUES (?, ?, ?, ?)');
    this.#byId = db.prepare('SELECT * FROM organizations WHERE id = ?');
    this.#first = db.prepare('SELECT * FROM organizations ORDER BY rowid LIMIT 1');
  }

  insert(organization: Organization): void {
    const { id, name, createdAtMs, updatedAtMs } = organization;
    this.#insert.run(id, name, createdAtMs, updatedAtMs);
  }

  find(id: string): Organization | undefined {
    return toOrganization(this.#byId.get(id));
  }

  first(): Organization | undefined {
    return toOrganization(this.#first.get());
  }
}

function toOrganization(row: OrganizationRow | undefined): Organization | undefined {
  return row && { id: row.id, name: row.name, createdAtMs: row.created_at_ms, updatedAtMs: row.updated_at_ms };
}
