import type { Database, Statement } from '../../db/database.ts';
import { insertSql, updateSql } from '../../db/row-sql.ts';
import type { Page, PageRequest } from '../paging.ts';
import type { Call } from './call.ts';
import type { CallFilter } from './call-filter.ts';
import { type CallHead, CallListRepository, type CallPlace } from './call-list-repository.ts';
import { type CallRow, callColumns, toCall, toRow } from './call-row.ts';

export class CallRepository {
  readonly #insert: Statement<never>;
  readonly #update: Statement<never>;
  readonly #byId: Statement<CallRow>;
  readonly #byIds: Statement<CallRow>;
  readonly #open: Statement<CallRow>;
  readonly #countOpen: Statement<{ readonly total: number }>;
  readonly #delete: Statement<never>;
  readonly #countDialling: Statement<{ readonly total: number }>;
  readonly #dialledSince: Statement<{ readonly total: number; readonly oldest: number | null }>;
  readonly #list: CallListRepository;

  constructor(db: Database) {
    this.#insert = db.prepare(insertSql('calls', callColumns));
    this.#update = db.prepare(updateSql('calls', callColumns));
    this.#byId = db.prepare('SELECT * FROM calls WHERE id = ? AND deleted_at_ms IS NULL');
    this.#byIds = db.prepare(
      'SELECT * FROM calls WHERE id IN (SELECT value FROM json_each(?)) AND deleted_at_ms IS NULL',
    );
    this.#open = db.prepare("SELECT * FROM calls WHERE status IN ('initiated', 'in_progress') ORDER BY rowid");
    this.#countOpen = db.prepare(
      "SELECT count(*) AS total FROM calls WHERE agent_id = ? AND status IN ('initiated', 'in_progress')",
    );
    this.#delete = db.prepare('UPDATE calls SET deleted_at_ms = ?, notes = NULL, message = NULL WHERE id = ?');
    this.#countDialling = db.prepare(
      `SELECT count(*) AS total FROM calls
       WHERE status IN ('initiated', 'in_progress') AND organization_id = ? AND direction = 'outbound'`,
    );
    this.#dialledSince = db.prepare(
      `SELECT count(*) AS total, min(started_at_ms) AS oldest FROM calls
       WHERE organization_id = ? AND direction = 'outbound' AND started_at_ms > ?`,
    );
    this.#list = new CallListRepository(db);
  }

  insert(call: Call): void {
    this.#list.touch(call.id);
    this.#insert.run(toRow(call));
  }

  update(call: Call): void {
    this.#list.touch(call.id);
    this.#update.run(toRow(call));
  }

  find(id: string): Call | undefined {
    const row = this.#byId.get(id);
    return row && toCall(row);
  }

  /** In no order; those that are unknown are left out. */
  findMany(ids: readonly string[]): readonly Call[] {
    return this.#byIds.all(JSON.stringify(ids)).map(toCall);
  }

  /** Calls that have not ended. */
  open(): readonly Call[] {
    return this.#open.all().map(toCall);
  }

  countOpen(agentId: string): number {
    return this.#countOpen.get(agentId)?.total ?? 0;
  }

  /** Found no more, yet kept: campaigns, limits and the ledger still count it. */
  delete(id: string, atMs: number): void {
    this.#list.touch(id);
    this.#delete.run(atMs, id);
  }

  /** Outgoing calls of the organization that have not ended. */
  countDialling(organizationId: string): number {
    return this.#countDialling.get(organizationId)?.total ?? 0;
  }

  /** Outgoing calls that began after `sinceMs`, and when the first of them did. */
  dialledSince(organizationId: string, sinceMs: number): { readonly total: number; readonly oldest: number | null } {
    return this.#dialledSince.get(organizationId, sinceMs) ?? { total: 0, oldest: null };
  }

  list(filter: CallFilter, page: PageRequest): Page<Call> {
    const found = this.#list.page(filter, page);
    return { items: found.items.map(toCall), total: found.total };
  }

  heads(filter: CallFilter, page: PageRequest): Page<CallHead> {
    return this.#list.heads(filter, page);
  }

  below(filter: CallFilter, place: number, limit: number): readonly CallPlace[] {
    return this.#list.below(filter, place, limit);
  }
}
