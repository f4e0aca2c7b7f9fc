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

/** Of a list that is still being taken over. */
const isHidden = 'import_no IS NOT NULL AND import_no IN (SELECT no FROM contact_imports)';

/** People of a group, in the order they came. What is being taken over is not there before it is whole. */
export class ContactRowRepository {
  readonly #insert: Statement<never>;
  readonly #update: Statement<never>;
  readonly #delete: Statement<never>;
  readonly #byId: Statement<StoredRow>;
  readonly #page: Statement<StoredRow>;
  readonly #count: Statement<{ readonly total: number }>;
  readonly #visiblePage: Statement<StoredRow>;
  readonly #visibleCount: Statement<{ readonly total: number }>;
  readonly #isOpen: Statement<{ readonly one: number }>;
  readonly #dropProperty: Statement<never>;

  constructor(db: Database) {
    this.#insert = db.prepare(
      `INSERT INTO contact_rows (id, group_id, properties, created_at_ms, updated_at_ms, import_no)
       VALUES (?, ?, ?, ?, ?, ?)`,
    );
    this.#update = db.prepare('UPDATE contact_rows SET properties = ?, updated_at_ms = ? WHERE id = ?');
    this.#delete = db.prepare('DELETE FROM contact_rows WHERE id = ?');
    this.#byId = db.prepare(`SELECT * FROM contact_rows WHERE id = ? AND NOT (${isHidden})`);
    this.#page = db.prepare('SELECT * FROM contact_rows WHERE group_id = ? ORDER BY rowid LIMIT ? OFFSET ?');
    this.#count = db.prepare('SELECT count(*) AS total FROM contact_rows WHERE group_id = ?');
    this.#visiblePage = db.prepare(
      `SELECT * FROM contact_rows WHERE group_id = ? AND NOT (${isHidden}) ORDER BY rowid LIMIT ? OFFSET ?`,
    );
    this.#visibleCount = db.prepare(
      `SELECT count(*) AS total FROM contact_rows WHERE group_id = ? AND NOT (${isHidden})`,
    );
    this.#isOpen = db.prepare('SELECT 1 AS one FROM contact_imports WHERE group_id = ? LIMIT 1');
    this.#dropProperty = db.prepare(
      'UPDATE contact_rows SET properties = json_remove(properties, ?), updated_at_ms = ? WHERE group_id = ?',
    );
  }

  /** `importNo`: of a list that is being taken over. */
  insert({ id, groupId, properties, createdAtMs, updatedAtMs }: ContactRow, importNo: number | null = null): void {
    this.#insert.run(id, groupId, JSON.stringify(properties), createdAtMs, updatedAtMs, importNo);
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
    const page = this.#isBeingExtended(groupId) ? this.#visiblePage : this.#page;
    return { items: page.all(groupId, limit, offset).map(toRow), total };
  }

  count(groupId: string): number {
    const count = this.#isBeingExtended(groupId) ? this.#visibleCount : this.#count;
    return count.get(groupId)?.total ?? 0;
  }

  /** Those that are being taken over, too. */
  countStored(groupId: string): number {
    return this.#count.get(groupId)?.total ?? 0;
  }

  /** The index alone answers for a group that no list is being taken over into. */
  #isBeingExtended(groupId: string): boolean {
    return this.#isOpen.get(groupId) !== undefined;
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
