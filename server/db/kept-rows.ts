import type { Database, Statement } from './database.ts';
import { FilteredList, type Page } from './filtered-list.ts';
import { insertSql, updateSql } from './row-sql.ts';

/**
 * Rows of a table with `id`, `organization_id` and `deleted_at_ms`: whole ones are written, and deleted ones stay, since
 * other rows name them, but are found no more. Table and columns come from repositories, never from outside.
 */
export class KeptRows<Row extends object> {
  readonly #insert: Statement<never>;
  readonly #update: Statement<never>;
  readonly #delete: Statement<never>;
  readonly #byId: Statement<Row>;
  readonly #list: FilteredList<Row>;

  constructor(db: Database, table: string, columns: readonly (keyof Row & string)[]) {
    this.#insert = db.prepare(insertSql(table, columns));
    this.#update = db.prepare(updateSql(table, columns));
    this.#delete = db.prepare(`UPDATE ${table} SET deleted_at_ms = ? WHERE id = ?`);
    this.#byId = db.prepare(`SELECT * FROM ${table} WHERE id = ? AND deleted_at_ms IS NULL`);
    this.#list = new FilteredList(db, table, 'deleted_at_ms IS NULL');
  }

  insert(row: Row): void {
    this.#insert.run(row);
  }

  update(row: Row): void {
    this.#update.run(row);
  }

  delete(id: string, atMs: number): void {
    this.#delete.run(atMs, id);
  }

  find(id: string): Row | undefined {
    return this.#byId.get(id);
  }

  /** Newest first, with the exact total. */
  list(organizationId: string, { limit, offset }: { readonly limit: number; readonly offset: number }): Page<Row> {
    return this.#list.page({ organization_id: organizationId }, limit, offset);
  }
}
