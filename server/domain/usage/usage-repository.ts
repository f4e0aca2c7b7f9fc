import type { Database, Statement } from '../../db/database.ts';
import type { Page, PageRequest } from '../paging.ts';
import type { Grain } from './period.ts';
import type {
  Price,
  PriceDraft,
  ServiceType,
  UsageBucket,
  UsageLine,
  UsageSession,
  UsageTotals,
  UsageType,
  UsageUnit,
} from './usage.ts';
import { type UsageFilter, whereOf } from './usage-filter.ts';

interface SessionRow {
  readonly no: number;
  readonly id: string;
  readonly type: UsageType;
  readonly organization_id: string;
  readonly user_id: string | null;
  readonly agent_id: string | null;
  readonly agent_name: string | null;
  readonly request_id: string | null;
  readonly started_at_ms: number;
  readonly duration_seconds: number;
  readonly base_micro: number;
  readonly markup_micro: number;
  readonly cost_micro: number;
}

interface LineRow {
  readonly session_id: string;
  readonly service_type: ServiceType;
  readonly provider: string;
  readonly model: string;
  readonly quantity: number;
  readonly unit: UsageUnit;
  readonly base_micro: number;
  readonly markup_micro: number;
  readonly cost_micro: number;
}

interface PriceRow {
  readonly service_type: ServiceType;
  readonly provider: string;
  readonly model: string;
  readonly unit: UsageUnit;
  readonly price_micro: number;
  readonly per_quantity: number;
  readonly updated_at_ms: number;
}

/** Of the last session that was read. */
export interface Place {
  readonly startedAtMs: number;
  readonly no: number;
}

/** What a session was settled with, besides what it shows. */
export interface Settlement {
  readonly walletId: string;
  readonly orgType: string;
  readonly commissionMicro: number;
  readonly nowMs: number;
}

/** What an organization earned in one stretch of time. */
export interface EarnedBucket {
  readonly startMs: number;
  readonly calls: number;
  readonly durationSeconds: number;
  readonly markupMicro: number;
  readonly commissionMicro: number;
}

/** Start of the bucket that a session began in, as `bucketStartMs` says it. */
const bucketSql: Readonly<Record<Grain, string>> = {
  hour: 'started_at_ms - started_at_ms % 3600000',
  day: 'started_at_ms - started_at_ms % 86400000',
  week: 'started_at_ms - (started_at_ms + 259200000) % 604800000',
  month: "1000 * unixepoch(started_at_ms / 1000, 'unixepoch', 'start of month')",
};

const totalsSql = `coalesce(sum(type = 'calls'), 0) AS calls, coalesce(sum(duration_seconds), 0) AS durationSeconds,
  coalesce(sum(cost_micro), 0) AS costMicro`;

/** Rows here are only ever added. */
export class UsageRepository {
  readonly #db: Database;
  readonly #prepared = new Map<string, Statement<unknown>>();
  readonly #insertSession: Statement<never>;
  readonly #insertLine: Statement<never>;
  readonly #byId: Statement<SessionRow>;
  readonly #lines: Statement<LineRow>;
  readonly #costs: Statement<{ readonly id: string; readonly cost_micro: number }>;
  readonly #prices: Statement<PriceRow>;
  readonly #setPrice: Statement<never>;
  readonly #removePrice: Statement<never>;
  readonly #agentName: Statement<{ readonly name: string }>;
  readonly #cursor: Statement<{ readonly seq: number }>;
  readonly #setCursor: Statement<never>;

  constructor(db: Database) {
    this.#db = db;
    this.#insertSession = db.prepare(
      `INSERT INTO usage_sessions (id, type, organization_id, user_id, agent_id, agent_name, request_id, wallet_id,
         org_type, started_at_ms, duration_seconds, base_micro, markup_micro, commission_micro, cost_micro,
         created_at_ms)
       VALUES (@id, @type, @organizationId, @userId, @agentId, @agentName, @requestId, @walletId, @orgType,
         @startedAtMs, @durationSeconds, @baseMicro, @markupMicro, @commissionMicro, @costMicro, @nowMs)`,
    );
    this.#insertLine = db.prepare(
      `INSERT INTO usage_lines (session_id, line, service_type, provider, model, quantity, unit, base_micro,
         markup_micro, cost_micro)
       VALUES (@sessionId, @line, @serviceType, @provider, @model, @quantity, @unit, @baseMicro, @markupMicro,
         @costMicro)`,
    );
    this.#byId = db.prepare('SELECT rowid AS no, * FROM usage_sessions WHERE id = ?');
    this.#lines = db.prepare(
      'SELECT * FROM usage_lines WHERE session_id IN (SELECT value FROM json_each(?)) ORDER BY session_id, line',
    );
    this.#costs = db.prepare('SELECT id, cost_micro FROM usage_sessions WHERE id IN (SELECT value FROM json_each(?))');
    this.#prices = db.prepare('SELECT * FROM prices ORDER BY service_type, provider, model, unit');
    this.#setPrice = db.prepare(
      `INSERT INTO prices (service_type, provider, model, unit, price_micro, per_quantity, updated_at_ms)
       VALUES (@serviceType, @provider, @model, @unit, @priceMicro, @perQuantity, @nowMs)
       ON CONFLICT (service_type, provider, model, unit) DO UPDATE SET price_micro = excluded.price_micro,
         per_quantity = excluded.per_quantity, updated_at_ms = excluded.updated_at_ms`,
    );
    this.#removePrice = db.prepare(
      'DELETE FROM prices WHERE service_type = ? AND provider = ? AND model = ? AND unit = ?',
    );
    this.#agentName = db.prepare('SELECT name FROM agents WHERE id = ?');
    this.#cursor = db.prepare('SELECT seq FROM metering_cursor');
    this.#setCursor = db.prepare('UPDATE metering_cursor SET seq = ?');
  }

  insert(session: UsageSession, settlement: Settlement): void {
    const { services, ...fields } = session;
    this.#insertSession.run({ ...fields, ...settlement });
    services.forEach((line, at) => this.#insertLine.run({ ...line, sessionId: session.id, line: at + 1 }));
  }

  find(id: string): UsageSession | undefined {
    const row = this.#byId.get(id);
    return row && this.#withLines([row])[0];
  }

  /** Newest first. */
  list(filter: UsageFilter, page: PageRequest): Page<UsageSession> {
    const { sql, values } = whereOf(filter);
    const rows = this.#prepare<SessionRow>(
      `SELECT rowid AS no, * FROM usage_sessions WHERE ${sql}
       ORDER BY started_at_ms DESC, rowid DESC LIMIT @limit OFFSET @offset`,
    ).all({ ...values, ...page });
    return { items: this.#withLines(rows), total: this.#count(sql, values) };
  }

  /** The next `limit` sessions after a place in the list; `next` is the place after them, undefined at the end. */
  after(
    filter: UsageFilter,
    place: Place | undefined,
    limit: number,
  ): { readonly items: readonly UsageSession[]; readonly next: Place | undefined } {
    const { sql, values } = whereOf(filter);
    const rows = this.#prepare<SessionRow>(
      `SELECT rowid AS no, * FROM usage_sessions WHERE ${sql} AND (started_at_ms, rowid) < (@startedAtMs, @no)
       ORDER BY started_at_ms DESC, rowid DESC LIMIT @limit`,
    ).all({ ...values, ...(place ?? { startedAtMs: Number.MAX_SAFE_INTEGER, no: 0 }), limit });
    const last = rows.length === limit ? rows.at(-1) : undefined;
    return { items: this.#withLines(rows), next: last && { startedAtMs: last.started_at_ms, no: last.no } };
  }

  totals(filter: UsageFilter): UsageTotals {
    const { sql, values } = whereOf(filter);
    const totals = this.#prepare<UsageTotals>(`SELECT ${totalsSql} FROM usage_sessions WHERE ${sql}`).get(values);
    return totals ?? { calls: 0, durationSeconds: 0, costMicro: 0 };
  }

  /** Only buckets that hold something, oldest first. */
  buckets(filter: UsageFilter, grain: Grain): readonly UsageBucket[] {
    const { sql, values } = whereOf(filter);
    return this.#prepare<UsageBucket>(
      `SELECT ${bucketSql[grain]} AS startMs, ${totalsSql} FROM usage_sessions WHERE ${sql} GROUP BY 1 ORDER BY 1`,
    ).all(values);
  }

  /** Only buckets that hold something, oldest first. */
  earned(filter: UsageFilter, grain: Grain): readonly EarnedBucket[] {
    const { sql, values } = whereOf(filter);
    return this.#prepare<EarnedBucket>(
      `SELECT ${bucketSql[grain]} AS startMs, sum(type = 'calls') AS calls, sum(duration_seconds) AS durationSeconds,
         sum(markup_micro) AS markupMicro, sum(commission_micro) AS commissionMicro
       FROM usage_sessions WHERE ${sql} GROUP BY 1 ORDER BY 1`,
    ).all(values);
  }

  costs(ids: readonly string[]): ReadonlyMap<string, number> {
    return new Map(this.#costs.all(JSON.stringify(ids)).map((row) => [row.id, row.cost_micro]));
  }

  agentName(agentId: string): string | null {
    return this.#agentName.get(agentId)?.name ?? null;
  }

  prices(): readonly Price[] {
    return this.#prices.all().map(toPrice);
  }

  setPrice(price: PriceDraft, nowMs: number): void {
    this.#setPrice.run({ ...price, nowMs });
  }

  /** False when there was none. */
  removePrice({ serviceType, provider, model, unit }: Omit<PriceDraft, 'priceMicro' | 'perQuantity'>): boolean {
    return this.#removePrice.run(serviceType, provider, model, unit).changes > 0;
  }

  /** Number of the last fact that was metered. */
  cursor(): number {
    return this.#cursor.get()?.seq ?? 0;
  }

  setCursor(seq: number): void {
    this.#setCursor.run(seq);
  }

  #count(sql: string, values: ReturnType<typeof whereOf>['values']): number {
    const count = this.#prepare<{ total: number }>(`SELECT count(*) AS total FROM usage_sessions WHERE ${sql}`);
    return count.get(values)?.total ?? 0;
  }

  #withLines(rows: readonly SessionRow[]): readonly UsageSession[] {
    const lines = this.#lines.all(JSON.stringify(rows.map(({ id }) => id)));
    const bySession = Map.groupBy(lines, (line) => line.session_id);
    return rows.map((row) => toSession(row, bySession.get(row.id) ?? []));
  }

  #prepare<Row>(sql: string): Statement<Row> {
    const known = this.#prepared.get(sql) ?? this.#db.prepare<Row>(sql);
    this.#prepared.set(sql, known);
    return known as Statement<Row>;
  }
}

function toSession(row: SessionRow, lines: readonly LineRow[]): UsageSession {
  return {
    id: row.id,
    type: row.type,
    organizationId: row.organization_id,
    userId: row.user_id,
    agentId: row.agent_id,
    agentName: row.agent_name,
    requestId: row.request_id,
    startedAtMs: row.started_at_ms,
    durationSeconds: row.duration_seconds,
    baseMicro: row.base_micro,
    markupMicro: row.markup_micro,
    costMicro: row.cost_micro,
    services: lines.map(toLine),
  };
}

function toLine(row: LineRow): UsageLine {
  return {
    serviceType: row.service_type,
    provider: row.provider,
    model: row.model,
    quantity: row.quantity,
    unit: row.unit,
    baseMicro: row.base_micro,
    markupMicro: row.markup_micro,
    costMicro: row.cost_micro,
  };
}

function toPrice(row: PriceRow): Price {
  return {
    serviceType: row.service_type,
    provider: row.provider,
    model: row.model,
    unit: row.unit,
    priceMicro: row.price_micro,
    perQuantity: row.per_quantity,
    updatedAtMs: row.updated_at_ms,
  };
}
