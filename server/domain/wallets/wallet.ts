import type { Page } from '../paging.ts';

/** Who a wallet belongs to. */
export interface WalletOwner {
  readonly type: 'user' | 'org';
  readonly id: string;
}

/**
 * Credit of a person or an organization. Every amount is in whole micro-units (1,000,000 = one unit of `currency`).
 * The balance is the sum of the wallet's ledger.
 */
export interface Wallet {
  readonly id: string;
  readonly owner: WalletOwner;
  /** The organization that the owner belongs to, or is. */
  readonly organizationId: string;
  readonly ownerName: string | null;
  /** Null for an organization. */
  readonly ownerEmail: string | null;
  readonly balanceMicro: number;
  /** What may be spent now: the balance, or what the month's cap leaves of it. */
  readonly availableMicro: number;
  readonly capMicro: number | null;
  /** Spent in this month (UTC). */
  readonly capUsedMicro: number;
  /** When the next month (UTC) begins. */
  readonly capResetsAtMs: number;
  readonly currency: string;
  readonly createdAtMs: number;
  readonly updatedAtMs: number;
}

/** Credit that was given at once, and what is left of it. */
export interface Grant {
  readonly id: string;
  readonly walletId: string;
  readonly amountMicro: number;
  readonly remainingMicro: number;
  /** The organization's wallet that it came from; null for minted credit. */
  readonly sourceWalletId: string | null;
  readonly grantedBy: string | null;
  readonly note: string | null;
  /** It can be spent, but not be handed on to members. */
  readonly locked: boolean;
  readonly expiresAtMs: number | null;
  readonly createdAtMs: number;
}

export interface GrantDraft {
  /** Above 0. */
  readonly amountMicro: number;
  /** In the future; never expires when absent. */
  readonly expiresAtMs?: number | null | undefined;
  readonly note?: string | null | undefined;
  readonly locked?: boolean | undefined;
}

export const entryTypes = ['grant', 'debit', 'transfer_in', 'transfer_out', 'adjustment', 'expiry', 'refund'] as const;
export type EntryType = (typeof entryTypes)[number];

/** What an entry is about, e.g. `{ type: 'session', id }`. */
export interface Reference {
  readonly type: 'session' | 'grant' | 'wallet' | 'entry';
  readonly id: string;
}

/** One line of the ledger; never changed, never removed. */
export interface LedgerEntry {
  readonly id: string;
  readonly walletId: string;
  readonly entryType: EntryType;
  /** Signed: what it added to the balance. */
  readonly amountMicro: number;
  readonly balanceAfterMicro: number;
  readonly reference: Reference | null;
  readonly note: string | null;
  readonly actorUserId: string | null;
  readonly createdAtMs: number;
}

export interface UpcomingExpiry {
  readonly grantId: string;
  /** What will be taken if it isn't used until then. */
  readonly amountMicro: number;
  readonly expiresAtMs: number;
}

export interface WalletDetail {
  readonly wallet: Wallet;
  /** Newest first. */
  readonly grants: readonly Grant[];
  /** Newest first. */
  readonly ledger: Page<LedgerEntry>;
  /** Soonest first. */
  readonly upcomingExpiry: readonly UpcomingExpiry[];
}

/** The house's currency; there is no exchange. */
export const currency = 'USD';
