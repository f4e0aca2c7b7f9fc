import { randomUUID } from 'node:crypto';
import type { Database, Statement } from '../../db/database.ts';
import type { Page, PageRequest } from '../paging.ts';
import type { WalletOwner } from './wallet.ts';
import { monthStartMs } from './wallet-rules.ts';

/** A wallet as stored, with what is known of its owner. */
export interface WalletRecord {
  readonly id: string;
  readonly owner: WalletOwner;
  readonly organizationId: string;
  readonly ownerName: string | null;
  readonly ownerEmail: string | null;
  readonly balanceMicro: number;
  readonly capMicro: number | null;
  /** Spent in the month that began at `spentMonthAtMs`. */
  readonly spentMicro: number;
  readonly spentMonthAtMs: number;
  readonly createdAtMs: number;
  readonly updatedAtMs: number;
}

interface WalletRow {
  readonly id: string;
  readonly owner_type: 'user' | 'org';
  readonly owner_id: string;
  readonly organization_id: string;
  readonly owner_name: string | null;
  readonly owner_email: string | null;
  readonly balance_micro: number;
  readonly cap_micro: number | null;
  readonly spent_micro: number;
  readonly spent_month_at_ms: number;
  readonly created_at_ms: number;
  readonly updated_at_ms: number;
}

export interface WalletFilter {
  readonly ownerType: WalletOwner['type'];
  readonly organizationId?: string;
}

const from = `FROM wallets w
  LEFT JOIN users u ON w.owner_type = 'user' AND u.id = w.owner_id
  LEFT JOIN organizations o ON w.owner_type = 'org' AND o.id = w.owner_id`;

const columns = `w.*, coalesce(u.organization_id, o.id, '') AS organization_id,
  coalesce(u.full_name, o.name) AS owner_name, u.email AS owner_email`;

const filtered = `${from} WHERE w.owner_type = @ownerType
  AND (@organizationId IS NULL OR u.organization_id = @organizationId OR o.id = @organizationId)`;

/** Balances are never written here: the ledger's rows do it. */
export class WalletRepository {
  readonly #insert: Statement<never>;
  readonly #byId: Statement<WalletRow>;
  readonly #byOwner: Statement<WalletRow>;
  readonly #without: Readonly<Record<WalletOwner['type'], Statement<{ readonly id: string }>>>;
  readonly #page: Statement<WalletRow>;
  readonly #count: Statement<{ readonly total: number }>;
  readonly #cap: Statement<never>;
  readonly #spent: Statement<never>;
  readonly #ownerExists: Readonly<Record<WalletOwner['type'], Statement<{ readonly id: string }>>>;
  readonly #enforcement: Statement<{ readonly enforcement: number }>;
  readonly #setEnforcement: Statement<never>;

  constructor(db: Database) {
    this.#insert = db.prepare(
      `INSERT INTO wallets (id, owner_type, owner_id, spent_month_at_ms, created_at_ms, updated_at_ms)
       VALUES (?, ?, ?, ?, ?, ?)`,
    );
    this.#byId = db.prepare(`SELECT ${columns} ${from} WHERE w.id = ?`);
    this.#byOwner = db.prepare(`SELECT ${columns} ${from} WHERE w.owner_type = ? AND w.owner_id = ?`);
    const without = (owners: string, type: string) =>
      db.prepare<{ readonly id: string }>(
        `SELECT id FROM (${owners}) t WHERE NOT EXISTS
           (SELECT 1 FROM wallets w WHERE w.owner_type = '${type}' AND w.owner_id = t.id)`,
      );
    this.#without = {
      user: without('SELECT id FROM users WHERE deleted_at_ms IS NULL', 'user'),
      org: without('SELECT id FROM organizations', 'org'),
    };
    this.#page = db.prepare(`SELECT ${columns} ${filtered} ORDER BY w.rowid DESC LIMIT @limit OFFSET @offset`);
    this.#count = db.prepare(`SELECT count(*) AS total ${filtered}`);
    this.#cap = db.prepare('UPDATE wallets SET cap_micro = ?, updated_at_ms = ? WHERE id = ?');
    this.#spent = db.prepare(
      'UPDATE wallets SET spent_micro = ?, spent_month_at_ms = ?, updated_at_ms = ? WHERE id = ?',
    );
    this.#ownerExists = {
      user: db.prepare('SELECT id FROM users WHERE id = ?'),
      org: db.prepare('SELECT id FROM organizations WHERE id = ?'),
    };
    this.#enforcement = db.prepare('SELECT enforcement FROM billing_settings');
    this.#setEnforcement = db.prepare('UPDATE billing_settings SET enforcement = ?, updated_at_ms = ?');
  }

  insert(owner: WalletOwner, nowMs: number): string {
    const id = randomUUID();
    this.#insert.run(id, owner.type, owner.id, monthStartMs(nowMs), nowMs, nowMs);
    return id;
  }

  find(id: string): WalletRecord | undefined {
    const row = this.#byId.get(id);
    return row && toRecord(row);
  }

  findByOwner(owner: WalletOwner): WalletRecord | undefined {
    const row = this.#byOwner.get(owner.type, owner.id);
    return row && toRecord(row);
  }

  /** Owners of this kind that have no wallet yet. */
  ownersWithout(type: WalletOwner['type']): readonly WalletOwner[] {
    return this.#without[type].all().map(({ id }) => ({ type, id }));
  }

  ownerExists(owner: WalletOwner): boolean {
    return this.#ownerExists[owner.type].get(owner.id) !== undefined;
  }

  list(filter: WalletFilter, page: PageRequest): Page<WalletRecord> {
    const where = { ownerType: filter.ownerType, organizationId: filter.organizationId ?? null };
    const rows = this.#page.all({ ...where, ...page });
    return { items: rows.map(toRecord), total: this.#count.get(where)?.total ?? 0 };
  }

  setCap(id: string, capMicro: number | null, nowMs: number): void {
    this.#cap.run(capMicro, nowMs, id);
  }

  setSpent(id: string, spentMicro: number, monthAtMs: number, nowMs: number): void {
    this.#spent.run(spentMicro, monthAtMs, nowMs, id);
  }

  isEnforced(): boolean {
    return this.#enforcement.get()?.enforcement === 1;
  }

  setEnforced(enforced: boolean, nowMs: number): void {
    this.#setEnforcement.run(Number(enforced), nowMs);
  }
}

function toRecord(row: WalletRow): WalletRecord {
  return {
    id: row.id,
    owner: { type: row.owner_type, id: row.owner_id },
    organizationId: row.organization_id,
    ownerName: row.owner_name,
    ownerEmail: row.owner_email,
    balanceMicro: row.balance_micro,
    capMicro: row.cap_micro,
    spentMicro: row.spent_micro,
    spentMonthAtMs: row.spent_month_at_ms,
    createdAtMs: row.created_at_ms,
    updatedAtMs: row.updated_at_ms,
  };
}
