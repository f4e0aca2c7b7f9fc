import type { Database, Statement } from './database.ts';

export interface Page<T> {
  readonly items: readonly T[];
  /** How many there are in all with the same filters. */
  readonly total: number;
}

export type FilterValue = string | number | undefined;

interface Statements<Row> {
  readonly rows: Statement<Row>;
  readonly count: Statement<{ readonly total: number }>;
}

/**
 * Newest-first pages of one table by equality filters, with exact totals. Column names come from repositories, never
 * from outside; each set of present filters is prepared once.
 */
export class FilteredList<Row> {
  readonly #db: Database;
  readonly #table: string;
  readonly #always: string;
  readonly #prepared = new Map<string, Statements<Row>>();

  constructor(db: Database, table: string, always = 'TRUE') {
    this.#db = db;
    this.#table = table;
    this.#always = always;
  }

  page(filters: Readonly<Record<string, FilterValue>>, limit: number, offset: number): Page<Row> {
    const present = Object.entries(filters).filter(([, value]) => value !== undefined);
    const columns = present.map(([column]) => column);
    const values = present.map(([, value]) => value);
    const { rows, count } = this.#statements(columns);
    return { items: rows.all(...values, limit, offset), total: count.get(...values)?.total ?? 0 };
  }

  #statements(columns: readonly string[]): Statements<Row> {
    const key = columns.join();
    const known = this.#prepared.get(key);
    if (known) return known;
    const where = [this.#always, ...columns.map((column) => `${column} = ?`)].join(' AND ');
    const made: Statements<Row> = {
      rows: this.#db.prepare<Row>(`SELECT * FROM ${this.#table} WHERE ${where} ORDER BY rowid DESC LIMIT ? OFFSET ?`),
      count: this.#db.prepare<{ total: number }>(`SELECT count(*) AS total FROM ${this.#table} WHERE ${where}`),
    };
    this.#prepared.set(key, made);
    return made;
  }
}
