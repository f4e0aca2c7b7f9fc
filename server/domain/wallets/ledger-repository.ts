import { randomUUID } from 'node:crypto';
import type { Database, Statement } from '../../db/database.ts';
import type { Page, PageRequest } from '../paging.ts';
import type { EntryType, Grant, LedgerEntry, Reference } from './wallet.ts';

interface GrantRow {
  readonly id: string;
  readonly wallet_id: string;
  readonly amount_micro: number;
  readonly remaining_micro: number;
  readonly source_wallet_id: string | null;
  readonly granted_by: string | null;
  readonly note: string | null;
  readonly locked: number;
  readonly expires_at_ms: number | null;
  readonly created_at_ms: number;
}

interface EntryRow {
  readonly id: string;
  readonly wallet_id: string;
  readonly entry_type: EntryType;
  readonly amount_micro: number;
  readonly balance_after_micro: number;
  readonly reference_type: Reference['type'] | null;
  readonly reference_id: string | null;
  readonly note: string | null;
  readonly actor_user_id: string | null;
  readonly created_at_ms: number;
}

export type EntryDraft = Omit<LedgerEntry, 'id'>;

/** A wallet whose balance is not what its ledger says. */
export interface Imbalance {
  readonly walletId: string;
  readonly balanceMicro: number;
  readonly ledgerMicro: number;
}

/** Grants and the ledger: rows of the latter are only ever added. */
export class LedgerRepository {
  readonly #insertEntry: Statement<never>;
  readonly #entries: Statement<EntryRow>;
  readonly #countEntries: Statement<{ readonly total: number }>;
  readonly #entry: Statement<EntryRow>;
  readonly #refunded: Statement<{ readonly micro: number }>;
  readonly #insertGrant: Statement<never>;
  readonly #setRemaining: Statement<never>;
  readonly #grants: Statement<GrantRow>;
  readonly #usable: Statement<GrantRow>;
  readonly #due: Statement<GrantRow>;
  readonly #imbalances: Statement<Imbalance>;

  constructor(db: Database) {
    this.#insertEntry = db.prepare(
      `INSERT INTO wallet_ledger (id, wallet_id, entry_type, amount_micro, balance_after_micro, reference_type,
         reference_id, note, actor_user_id, created_at_ms) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    );
    this.#entries = db.prepare('SELECT * FROM wallet_ledger WHERE wallet_id = ? ORDER BY seq DESC LIMIT ? OFFSET ?');
    this.#countEntries = db.prepare('SELECT count(*) AS total FROM wallet_ledger WHERE wallet_id = ?');
    this.#entry = db.prepare('SELECT * FROM wallet_ledger WHERE id = ?');
    this.#refunded = db.prepare(
      `SELECT coalesce(sum(amount_micro), 0) AS micro FROM wallet_ledger
       WHERE wallet_id = ? AND entry_type = 'refund' AND reference_type = 'entry' AND reference_id = ?`,
    );
    this.#insertGrant = db.prepare(
      `INSERT INTO wallet_grants (id, wallet_id, amount_micro, remaining_micro, source_wallet_id, granted_by, note,
         locked, expires_at_ms, created_at_ms) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    );
    this.#setRemaining = db.prepare('UPDATE wallet_grants SET remaining_micro = ? WHERE id = ?');
    this.#grants = db.prepare('SELECT * FROM wallet_grants WHERE wallet_id = ? ORDER BY rowid DESC LIMIT ?');
    this.#usable = db.prepare('SELECT * FROM wallet_grants WHERE wallet_id = ? AND remaining_micro > 0');
    this.#due = db.prepare(
      `SELECT * FROM wallet_grants WHERE remaining_micro > 0 AND expires_at_ms IS NOT NULL AND expires_at_ms <= ?
       ORDER BY expires_at_ms, rowid LIMIT ?`,
    );
    this.#imbalances = db.prepare(
      `SELECT w.id AS walletId, w.balance_micro AS balanceMicro, coalesce(sum(l.amount_micro), 0) AS ledgerMicro
       FROM wallets w LEFT JOIN wallet_ledger l ON l.wallet_id = w.id
       GROUP BY w.id HAVING balanceMicro <> ledgerMicro`,
    );
  }

  /** Adds the entry; the wallet's balance follows it. */
  append(draft: EntryDraft): LedgerEntry {
    const entry = { ...draft, id: randomUUID() };
    const { id, walletId, entryType, amountMicro, balanceAfterMicro, reference, note, actorUserId } = entry;
    const about = [reference?.type ?? null, reference?.id ?? null];
    const values = [id, walletId, entryType, amountMicro, balanceAfterMicro, ...about, note, actorUserId];
    this.#insertEntry.run(...values, entry.createdAtMs);
    return entry;
  }

  /** Newest first. */
  entries(walletId: string, page: PageRequest): Page<LedgerEntry> {
    const rows = this.#entries.all(walletId, page.limit, page.offset);
    return { items: rows.map(toEntry), total: this.#countEntries.get(walletId)?.total ?? 0 };
  }

  findEntry(id: string): LedgerEntry | undefined {
    const row = this.#entry.get(id);
    return row && toEntry(row);
  }

  /** How much of a debit has been given back. */
  refundedMicro(entry: LedgerEntry): number {
    return this.#refunded.get(entry.walletId, entry.id)?.micro ?? 0;
  }

  insertGrant(grant: Grant): void {
    const { id, walletId, amountMicro, remainingMicro, sourceWalletId, grantedBy, note } = grant;
    const values = [id, walletId, amountMicro, remainingMicro, sourceWalletId, grantedBy, note];
    this.#insertGrant.run(...values, Number(grant.locked), grant.expiresAtMs, grant.createdAtMs);
  }

  setRemaining(grantId: string, remainingMicro: number): void {
    this.#setRemaining.run(remainingMicro, grantId);
  }

  /** Newest first. */
  grants(walletId: string, limit: number): readonly Grant[] {
    return this.#grants.all(walletId, limit).map(toGrant);
  }

  /** Grants that hold something yet, in no order. */
  usableGrants(walletId: string): readonly Grant[] {
    return this.#usable.all(walletId).map(toGrant);
  }

  /** Grants whose time has come and that hold something yet, soonest first. */
  dueGrants(nowMs: number, limit: number): readonly Grant[] {
    return this.#due.all(nowMs, limit).map(toGrant);
  }

  imbalances(): readonly Imbalance[] {
    return this.#imbalances.all();
  }
}

function toGrant(row: GrantRow): Grant {
  return {
    id: row.id,
    walletId: row.wallet_id,
    amountMicro: row.amount_micro,
    remainingMicro: row.remaining_micro,
    sourceWalletId: row.source_wallet_id,
    grantedBy: row.granted_by,
    note: row.note,
    locked: row.locked === 1,
    expiresAtMs: row.expires_at_ms,
    createdAtMs: row.created_at_ms,
  };
}

function toEntry(row: EntryRow): LedgerEntry {
  const { reference_type: type, reference_id: id } = row;
  return {
    id: row.id,
    walletId: row.wallet_id,
    entryType: row.entry_type,
    amountMicro: row.amount_micro,
    balanceAfterMicro: row.balance_after_micro,
    reference: type === null || id === null ? null : { type, id },
    note: row.note,
    actorUserId: row.actor_user_id,
    createdAtMs: row.created_at_ms,
  };
}
