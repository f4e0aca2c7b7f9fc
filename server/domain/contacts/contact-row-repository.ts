import type { Database, Statement } from '../../db/database.ts';
import type { JsonObject } from '../json-column.ts';
import type { Page, PageRequest } from '../paging.ts';
import type { ContactRow } from './contact.ts';

interface StoredRow {
  readonly id: string;
  readonly group_id: string;
  readonly properties: string;
  readonly created_at_ms: number;
  readonly updated_at_ms: number;
}

/** People of a group, in the order they came. */
export class ContactRowRepository {
  readonly #insert: Statement<never>;
  readonly #update: Statement<never>;
  readonly #delete: Statement<never>;
  readonly #byId: Statement<StoredRow>;
  readonly #page: Statement<StoredRow>;
  readonly #count: Statement<{ readonly total: number }>;
  readonly #dropProperty: Statement<never>;

  constructor(db: Database) {
    this.#insert = db.prepare(
      'INSERT INTO contact_rows (id, group_id, properties, created_at_ms, updated_at_ms) VALUES (?, ?, ?, ?, ?)',
    );
    this.#update = db.prepare('UPDATE contact_rows SET properties = ?, updated_at_ms = ? WHERE id = ?');
    this.#delete = db.prepare('DELETE FROM contact_rows WHERE id = ?');
    this.#byId = db.prepare('SELECT * FROM contact_rows WHERE id = ?');
    this.#page = db.prepare('SELECT * FROM contact_rows WHERE group_id = ? ORDER BY rowid LIMIT ? OFFSET ?');
    this.#count = db.prepare('SELECT count(*) AS total FROM contact_rows WHERE group_id = ?');
    this.#dropProperty = db.prepare(
      'UPDATE contact_rows SET properties = json_remove(properties, ?), updated_at_ms = ? WHERE group_id = ?',
    );
  }

  insert({ id, groupId, properties, createdAtMs, updatedAtMs }: ContactRow): void {
    this.#insert.run(id, groupId, JSON.stringify(properties), createdAtMs, updatedAtMs);
  }

  update({ id, properties, updatedAtMs }: ContactRow): void {
    this.#update.run(JSON.stringify(properties), updatedAtMs, id);
  }

  delete(id: string): void {
    this.#delete.run(id);
  }

  find(id: string): ContactRow | undefined {
    const row = this.#byId.get(id);
    return row && toRow(row);
  }

  page(groupId: string, { limit, offset }: PageRequest): Page<ContactRow> {
    const total = this.count(groupId);
    return { items: this.#page.all(groupId, limit, offset).map(toRow), total };
  }

  count(groupId: string): number {
    return this.#count.get(groupId)?.total ?? 0;
  }

  /** `name` is a column's name, so letters, digits and underscores only. */
  dropProperty(groupId: string, name: string, atMs: number): void {
    this.#dropProperty.run(`$.${name}`, atMs, groupId);
  }
}

function toRow(row: StoredRow): ContactRow {
  return {
    id: row.id,
    groupId: row.group_id,
    properties: JSON.parse(row.properties) as JsonObject,
    createdAtMs: row.created_at_ms,
    updatedAtMs: row.updated_at_ms,
  };
}
