import type { Database, Statement } from '../../db/database.ts';
import { orderBy } from '../../db/order-by.ts';
import type { Page, PageRequest } from '../paging.ts';
import { type CallFilter, type Condition, conditionOf } from './call-filter.ts';
import type { CallRow } from './call-row.ts';
import { RememberedTotals } from './remembered-totals.ts';

const sortColumns = {
  created_at: 'started_at_ms',
  status: 'outcome',
  duration_seconds: 'coalesce(ended_at_ms - answered_at_ms, 0)',
  phone_number: "CASE direction WHEN 'inbound' THEN from_user ELSE to_user END",
};

/** Just enough of a call to know whether it has changed. */
export interface CallHead {
  readonly id: string;
  readonly updatedAtMs: number;
}

/** Where a call lies: later ones lie higher. */
export interface CallPlace {
  readonly place: number;
  readonly id: string;
}

/** Shapes of filters in use at once; each holds a prepared statement. */
const mostStatements = 200;

/** Pages of the calls, newest first, with exact totals. */
export class CallListRepository {
  readonly #db: Database;
  readonly #statements = new Map<string, Statement<unknown>>();
  readonly #totals: RememberedTotals;

  constructor(db: Database) {
    this.#db = db;
    const byId = db.prepare<CallRow>('SELECT * FROM calls WHERE id = ?');
    this.#totals = new RememberedTotals((id) => byId.get(id));
  }

  /** A call is about to be written. To be told inside the write, before it. */
  touch(id: string): void {
    this.#totals.touch(id);
  }

  page(filter: CallFilter, { limit, offset, sort }: PageRequest): Page<CallRow> {
    const condition = conditionOf(filter);
    const { sql, values } = condition;
    const hasWindow = filter.fromMs !== undefined || filter.untilMs !== undefined;
    // The index of the begin gives a window of time in this very order; by row number all calls would be read or sorted.
    const order = hasWindow && sort === undefined ? 'started_at_ms DESC, rowid DESC' : orderBy(sort, sortColumns);
    const rows = this.#prepare<CallRow>(`SELECT * FROM calls WHERE ${sql} ORDER BY ${order} LIMIT ? OFFSET ?`);
    return { items: rows.all(...values, limit, offset), total: this.#count(filter, condition) };
  }

  /** Which calls the page has, and when each was written last. */
  heads(filter: CallFilter, { limit, offset }: PageRequest): Page<CallHead> {
    const condition = conditionOf(filter);
    const { sql, values } = condition;
    const rows = this.#prepare<CallHead>(
      `SELECT id, updated_at_ms AS updatedAtMs FROM calls WHERE ${sql} ORDER BY rowid DESC LIMIT ? OFFSET ?`,
    );
    return { items: rows.all(...values, limit, offset), total: this.#count(filter, condition) };
  }

  /** The next calls below this place in the table, newest first. For reading all: nothing shifts while it goes on. */
  below(filter: CallFilter, place: number, limit: number): readonly CallPlace[] {
    const { sql, values } = conditionOf(filter);
    const rows = this.#prepare<CallPlace>(
      `SELECT rowid AS place, id FROM calls WHERE ${sql} AND rowid < ? ORDER BY rowid DESC LIMIT ?`,
    );
    return rows.all(...values, place, limit);
  }

  #count(filter: CallFilter, { sql, values }: Condition): number {
    return this.#totals.totalOf(filter, () => {
      const count = this.#prepare<{ readonly total: number }>(`SELECT count(*) AS total FROM calls WHERE ${sql}`);
      return count.get(...values)?.total ?? 0;
    });
  }

  #prepare<Row>(sql: string): Statement<Row> {
    const known = this.#statements.get(sql);
    if (known) return known as Statement<Row>;
    const made = this.#db.prepare<Row>(sql);
    dropOldest(this.#statements, mostStatements);
    this.#statements.set(sql, made);
    return made;
  }
}

function dropOldest(map: Map<string, unknown>, most: number): void {
  if (map.size < most) return;
  const oldest = map.keys().next();
  if (!oldest.done) map.delete(oldest.value);
}
