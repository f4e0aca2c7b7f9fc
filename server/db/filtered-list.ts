import type { Database, Statement } from './database.ts';
import { orderBy, type SortColumns, type SortKey } from './order-by.ts';

export interface Page<T> {
  readonly items: readonly T[];
  /** How many there are in all with the same filters. */
  readonly total: number;
}

/** A list matches any of its values; undefined matches everything. */
export type FilterValue = string | number | readonly string[] | undefined;

interface Statements<Row> {
  readonly rows: Statement<Row>;
  readonly count: Statement<{ readonly total: number }>;
}

/**
 * Pages of one table, newest first unless sorted, by filters of equality, with exact totals. Column names come from repositories, never
 * from outside; each set of filters and order is prepared once.
 */
export class FilteredList<Row> {
  readonly #db: Database;
  readonly #table: string;
  readonly #always: string;
  readonly #sortColumns: SortColumns;
  readonly #prepared = new Map<string, Statements<Row>>();

  /** `sortColumns`: what pages can be sorted by. */
  constructor(db: Database, table: string, always = 'TRUE', sortColumns: SortColumns = {}) {
    this.#db = db;
    this.#table = table;
    this.#always = always;
    this.#sortColumns = sortColumns;
  }

  page(
    filters: Readonly<Record<string, FilterValue>>,
    limit: number,
    offset: number,
    sort?: readonly SortKey[],
  ): Page<Row> {
    const present = Object.entries(filters).filter(([, value]) => value !== undefined);
    const conditions = present.map(([column, value]) => {
      return Array.isArray(value) ? `${column} IN (${value.map(() => '?').join()})` : `${column} = ?`;
    });
    const values = present.flatMap(([, value]) => value);
    const { rows, count } = this.#statements(conditions, orderBy(sort, this.#sortColumns));
    return { items: rows.all(...values, limit, offset), total: count.get(...values)?.total ?? 0 };
  }

  #statements(conditions: readonly string[], order: string): Statements<Row> {
    const key = [...conditions, order].join();
    const known = this.#prepared.get(key);
    if (known) return known;
    const where = [this.#always, ...conditions].join(' AND ');
    const made: Statements<Row> = {
      rows: this.#db.prepare<Row>(`SELECT * FROM ${this.#table} WHERE ${where} ORDER BY ${order} LIMIT ? OFFSET ?`),
      count: this.#db.prepare<{ total: number }>(`SELECT count(*) AS total FROM ${this.#table} WHERE ${where}`),
    };
    this.#prepared.set(key, made);
    return made;
  }
}
