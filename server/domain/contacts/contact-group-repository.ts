import type { Database, Statement } from '../../db/database.ts';
import type { ContactColumn, ContactGroup } from './contact.ts';

interface GroupRow {
  readonly id: string;
  readonly organization_id: string;
  readonly user_id: string | null;
  readonly name: string;
  readonly icon_emoji: string | null;
  readonly description: string | null;
  readonly created_at_ms: number;
  readonly updated_at_ms: number;
}

interface ColumnRow {
  readonly id: string;
  readonly group_id: string;
  readonly name: string;
  readonly display_name: string;
  readonly column_type: string;
  readonly position: number;
  readonly created_at_ms: number;
  readonly updated_at_ms: number;
}

/** Groups and their columns. Rows and columns go with their group. */
export class ContactGroupRepository {
  readonly #insert: Statement<never>;
  readonly #update: Statement<never>;
  readonly #delete: Statement<never>;
  readonly #byId: Statement<GroupRow>;
  readonly #list: Statement<GroupRow>;
  readonly #insertColumn: Statement<never>;
  readonly #updateColumn: Statement<never>;
  readonly #deleteColumn: Statement<never>;
  readonly #columns: Statement<ColumnRow>;

  constructor(db: Database) {
    this.#insert = db.prepare(
      `INSERT INTO contact_groups (id, organization_id, user_id, name, icon_emoji, description, created_at_ms, updated_at_ms)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
    );
    this.#update = db.prepare(
      'UPDATE contact_groups SET name = ?, icon_emoji = ?, description = ?, updated_at_ms = ? WHERE id = ?',
    );
    this.#delete = db.prepare('DELETE FROM contact_groups WHERE id = ?');
    this.#byId = db.prepare('SELECT * FROM contact_groups WHERE id = ?');
    this.#list = db.prepare('SELECT * FROM contact_groups WHERE organization_id = ? ORDER BY rowid DESC');
    this.#insertColumn = db.prepare(
      `INSERT INTO contact_columns (id, group_id, name, display_name, column_type, position, created_at_ms, updated_at_ms)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
    );
    this.#updateColumn = db.prepare(
      'UPDATE contact_columns SET display_name = ?, column_type = ?, position = ?, updated_at_ms = ? WHERE id = ?',
    );
    this.#deleteColumn = db.prepare('DELETE FROM contact_columns WHERE id = ?');
    this.#columns = db.prepare('SELECT * FROM contact_columns WHERE group_id = ? ORDER BY position, rowid');
  }

  insert(group: ContactGroup): void {
    const { id, organizationId, userId, name, iconEmoji, description, createdAtMs, updatedAtMs } = group;
    this.#insert.run(id, organizationId, userId, name, iconEmoji, description, createdAtMs, updatedAtMs);
  }

  update({ id, name, iconEmoji, description, updatedAtMs }: ContactGroup): void {
    this.#update.run(name, iconEmoji, description, updatedAtMs, id);
  }

  delete(id: string): void {
    this.#delete.run(id);
  }

  find(id: string): ContactGroup | undefined {
    const row = this.#byId.get(id);
    return row && toGroup(row);
  }

  list(organizationId: string): readonly ContactGroup[] {
    return this.#list.all(organizationId).map(toGroup);
  }

  insertColumn(column: ContactColumn): void {
    const { id, groupId, name, displayName, columnType, position, createdAtMs, updatedAtMs } = column;
    this.#insertColumn.run(id, groupId, name, displayName, columnType, position, createdAtMs, updatedAtMs);
  }

  updateColumn({ id, displayName, columnType, position, updatedAtMs }: ContactColumn): void {
    this.#updateColumn.run(displayName, columnType, position, updatedAtMs, id);
  }

  deleteColumn(id: string): void {
    this.#deleteColumn.run(id);
  }

  columns(groupId: string): readonly ContactColumn[] {
    return this.#columns.all(groupId).map(toColumn);
  }
}

function toGroup(row: GroupRow): ContactGroup {
  return {
    id: row.id,
    organizationId: row.organization_id,
    userId: row.user_id,
    name: row.name,
    iconEmoji: row.icon_emoji,
    description: row.description,
    createdAtMs: row.created_at_ms,
    updatedAtMs: row.updated_at_ms,
  };
}

function toColumn(row: ColumnRow): ContactColumn {
  return {
    id: row.id,
    groupId: row.group_id,
    name: row.name,
    displayName: row.display_name,
    columnType: row.column_type,
    position: row.position,
    createdAtMs: row.created_at_ms,
    updatedAtMs: row.updated_at_ms,
  };
}
