import type { Database, Statement } from '../../db/database.ts';
import { FilteredList } from '../../db/filtered-list.ts';
import { insertSql, updateSql } from '../../db/row-sql.ts';
import type { Page, PageRequest } from '../paging.ts';
import type { WebhookAttempt, WebhookDelivery, WebhookMethod, WebhookOwnerKind } from './webhook.ts';

interface DeliveryRow {
  readonly id: string;
  readonly organization_id: string;
  readonly owner_kind: WebhookOwnerKind;
  readonly owner_id: string;
  readonly event: string;
  readonly subject_id: string;
  readonly method: WebhookMethod;
  readonly url: string;
  readonly body: string;
  readonly state: WebhookDelivery['state'];
  readonly attempts: number;
  readonly max_attempts: number;
  readonly next_at_ms: number;
  readonly status_code: number | null;
  readonly error_message: string | null;
  readonly created_at_ms: number;
  readonly updated_at_ms: number;
}

const columns = [
  'id',
  'organization_id',
  'owner_kind',
  'owner_id',
  'event',
  'subject_id',
  'method',
  'url',
  'body',
  'state',
  'attempts',
  'max_attempts',
  'next_at_ms',
  'status_code',
  'error_message',
  'created_at_ms',
  'updated_at_ms',
] as const satisfies readonly (keyof DeliveryRow)[];

/** What is to be told, what was, and how each attempt went. */
export class WebhookDeliveryRepository {
  readonly #insert: Statement<never>;
  readonly #update: Statement<never>;
  readonly #byId: Statement<DeliveryRow>;
  readonly #due: Statement<DeliveryRow>;
  readonly #nextAt: Statement<{ readonly at_ms: number | null }>;
  readonly #countQueued: Statement<{ readonly total: number }>;
  readonly #addAttempt: Statement<never>;
  readonly #deleteBefore: Statement<never>;
  readonly #emptyBodies: Statement<never>;
  readonly #list: FilteredList<DeliveryRow>;

  constructor(db: Database) {
    this.#insert = db.prepare(insertSql('webhook_deliveries', columns, 'INSERT OR IGNORE'));
    this.#update = db.prepare(updateSql('webhook_deliveries', columns));
    this.#byId = db.prepare('SELECT * FROM webhook_deliveries WHERE id = ?');
    this.#due = db.prepare(
      `SELECT * FROM webhook_deliveries
       WHERE state = 'queued' AND next_at_ms <= @nowMs
         AND id NOT IN (SELECT value FROM json_each(@inFlight))
         AND owner_id NOT IN (SELECT value FROM json_each(@busyOwners))
       ORDER BY next_at_ms, rowid LIMIT 1`,
    );
    this.#nextAt = db.prepare(
      "SELECT min(next_at_ms) AS at_ms FROM webhook_deliveries WHERE state = 'queued' AND next_at_ms > ?",
    );
    this.#countQueued = db.prepare(
      "SELECT count(*) AS total FROM webhook_deliveries WHERE organization_id = ? AND state = 'queued'",
    );
    this.#addAttempt = db.prepare('INSERT INTO webhook_attempts VALUES (?, ?, ?, ?, ?, ?)');
    this.#deleteBefore = db.prepare(
      `DELETE FROM webhook_deliveries WHERE id IN
         (SELECT id FROM webhook_deliveries WHERE created_at_ms < ? AND state != 'queued' LIMIT ?)`,
    );
    this.#emptyBodies = db.prepare(
      `UPDATE webhook_deliveries SET body = '', updated_at_ms = @atMs,
         error_message = CASE state WHEN 'queued' THEN @why ELSE error_message END,
         state = CASE state WHEN 'queued' THEN 'failed' ELSE state END
       WHERE subject_id = @subjectId`,
    );
    this.#list = new FilteredList(db, 'webhook_deliveries');
  }

  /** False when the receiver was told of this already: nothing changes then. */
  insert(delivery: WebhookDelivery): boolean {
    return this.#insert.run(toRow(delivery)).changes > 0;
  }

  update(delivery: WebhookDelivery): void {
    this.#update.run(toRow(delivery));
  }

  addAttempt(delivery: WebhookDelivery, attempt: WebhookAttempt, atMs: number): void {
    const { statusCode, errorMessage, latencyMs } = attempt;
    this.#addAttempt.run(delivery.id, delivery.attempts, statusCode, errorMessage, Math.round(latencyMs), atMs);
  }

  find(id: string): WebhookDelivery | undefined {
    const row = this.#byId.get(id);
    return row && toDelivery(row);
  }

  /** The one that has waited longest, of those whose time has come and that are not left out. */
  due(
    nowMs: number,
    leftOut: { readonly ids: readonly string[]; readonly owners: readonly string[] },
  ): WebhookDelivery | undefined {
    const inFlight = JSON.stringify(leftOut.ids);
    const busyOwners = JSON.stringify(leftOut.owners);
    const row = this.#due.get({ nowMs, inFlight, busyOwners });
    return row && toDelivery(row);
  }

  /** When the next one comes due after `nowMs`; undefined when none waits. */
  nextDueAtMs(nowMs: number): number | undefined {
    return this.#nextAt.get(nowMs)?.at_ms ?? undefined;
  }

  countQueued(organizationId: string): number {
    return this.#countQueued.get(organizationId)?.total ?? 0;
  }

  /** Forgets up to `limit` that were settled and are older; says how many. */
  deleteBefore(atMs: number, limit: number): number {
    return this.#deleteBefore.run(atMs, limit).changes;
  }

  /** Keeps nothing of what was said about this subject; what waits is not sent any more, for this reason. */
  emptyBodies(subjectId: string, why: string, atMs: number): void {
    this.#emptyBodies.run({ subjectId, why, atMs });
  }

  ofOrganization(
    filter: { readonly organizationId: string; readonly state?: WebhookDelivery['state'] | undefined },
    page: PageRequest,
  ): Page<WebhookDelivery> {
    const where = { organization_id: filter.organizationId, state: filter.state };
    const found = this.#list.page(where, page.limit, page.offset);
    return { items: found.items.map(toDelivery), total: found.total };
  }

  ofOwner(owner: { readonly kind: WebhookOwnerKind; readonly id: string }, page: PageRequest): Page<WebhookDelivery> {
    const found = this.#list.page({ owner_kind: owner.kind, owner_id: owner.id }, page.limit, page.offset);
    return { items: found.items.map(toDelivery), total: found.total };
  }
}

function toDelivery(row: DeliveryRow): WebhookDelivery {
  return {
    id: row.id,
    organizationId: row.organization_id,
    ownerKind: row.owner_kind,
    ownerId: row.owner_id,
    event: row.event,
    subjectId: row.subject_id,
    method: row.method,
    url: row.url,
    body: row.body,
    state: row.state,
    attempts: row.attempts,
    maxAttempts: row.max_attempts,
    nextAtMs: row.next_at_ms,
    statusCode: row.status_code,
    errorMessage: row.error_message,
    createdAtMs: row.created_at_ms,
    updatedAtMs: row.updated_at_ms,
  };
}

function toRow(delivery: WebhookDelivery): DeliveryRow {
  return {
    id: delivery.id,
    organization_id: delivery.organizationId,
    owner_kind: delivery.ownerKind,
    owner_id: delivery.ownerId,
    event: delivery.event,
    subject_id: delivery.subjectId,
    method: delivery.method,
    url: delivery.url,
    body: delivery.body,
    state: delivery.state,
    attempts: delivery.attempts,
    max_attempts: delivery.maxAttempts,
    next_at_ms: delivery.nextAtMs,
    status_code: delivery.statusCode,
    error_message: delivery.errorMessage,
    created_at_ms: delivery.createdAtMs,
    updated_at_ms: delivery.updatedAtMs,
  };
}
