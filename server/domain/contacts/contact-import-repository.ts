import type { Database, Statement } from '../../db/database.ts';

/** Long lists that are being taken over; their rows are hidden meanwhile. */
export class ContactImportRepository {
  readonly #begin: Statement<never>;
  readonly #settle: Statement<never>;
  readonly #open: Statement<{ readonly no: number }>;
  readonly #deleteRows: Statement<never>;

  constructor(db: Database) {
    this.#begin = db.prepare('INSERT INTO contact_imports (group_id) VALUES (?)');
    this.#settle = db.prepare('DELETE FROM contact_imports WHERE no = ?');
    this.#open = db.prepare('SELECT no FROM contact_imports');
    this.#deleteRows = db.prepare(
      `DELETE FROM contact_rows WHERE rowid IN (SELECT rowid FROM contact_rows WHERE import_no = ? LIMIT ?)`,
    );
  }

  /** Its number. */
  begin(groupId: string): number {
    return Number(this.#begin.run(groupId).lastInsertRowid);
  }

  /** From now on the rows that came with it are the group's. */
  settle(no: number): void {
    this.#settle.run(no);
  }

  /** All that are not settled. */
  open(): readonly number[] {
    return this.#open.all().map(({ no }) => no);
  }

  /** Takes some of its rows away; says how many. */
  deleteRows(no: number, limit: number): number {
    return this.#deleteRows.run(no, limit).changes;
  }
}
