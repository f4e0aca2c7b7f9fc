import { z } from 'zod';
import {
  entryTypes,
  type Grant,
  type GrantDraft,
  type LedgerEntry,
  type UpcomingExpiry,
  type Wallet,
  type WalletDetail,
} from '../../../domain/wallets/wallet.ts';
import { isoTime, isoTimeOrNull, longText } from './fields.ts';
import { toUsd, usdAmount } from './money.ts';
import { timeText } from './times.ts';

const note = z.string().trim().max(500, 'must be at most 500 characters');

export const grantBody = z.object({
  amount_usd: usdAmount.refine((amount) => amount > 0, 'must be above 0'),
  expires_at: timeText.nullish(),
  note: note.nullish(),
  locked: z.boolean().optional(),
});

export const capBody = z.object({
  monthly_cap_usd: usdAmount.refine((amount) => amount >= 0, 'must be at least 0').nullable(),
});

export const adjustBody = z.object({
  amount_usd: usdAmount.refine((amount) => amount !== 0, 'must not be 0'),
  reason: longText.min(1, 'must not be empty').max(500, 'must be at most 500 characters'),
});

export const walletSchema = z.object({
  wallet_id: z.string(),
  owner_type: z.enum(['user', 'org']),
  owner_id: z.string(),
  owner_name: z.string().nullable(),
  owner_email: z.string().nullable(),
  available_balance_usd: z.number(),
  credit_balance_usd: z.number(),
  monthly_cap_usd: z.number().nullable(),
  monthly_cap_used_usd: z.number(),
  cap_resets_at: z.string(),
  currency: z.string(),
  updated_at: z.string(),
});

const grantSchema = z.object({
  id: z.string(),
  wallet_id: z.string(),
  amount_usd: z.number(),
  remaining_usd: z.number(),
  source_wallet_id: z.string().nullable(),
  granted_by: z.string().nullable(),
  note: z.string().nullable(),
  locked: z.boolean(),
  expires_at: z.string().nullable(),
  created_at: z.string(),
});

const entrySchema = z.object({
  id: z.string(),
  wallet_id: z.string(),
  entry_type: z.enum(entryTypes),
  amount_usd: z.number(),
  balance_after_usd: z.number(),
  reference_type: z.string().nullable(),
  reference_id: z.string().nullable(),
  note: z.string().nullable(),
  actor_user_id: z.string().nullable(),
  created_at: z.string(),
});

const expirySchema = z.object({ grant_id: z.string(), amount_usd: z.number(), expires_at: z.string() });

export const walletDetailSchema = walletSchema.extend({
  grants: z.array(grantSchema),
  ledger: z.array(entrySchema),
  ledger_total: z.int(),
  upcoming_expiry: z.array(expirySchema),
});

export const walletListSchema = z.object({ items: z.array(walletSchema), total: z.int() });
export const grantedSchema = z.object({ message: z.string(), grant: grantSchema, wallet: walletSchema });
export const changedSchema = z.object({ message: z.string(), wallet: walletSchema });
export const adjustedSchema = changedSchema.extend({ entry: entrySchema });

export function toGrantDraft(body: z.infer<typeof grantBody>): GrantDraft {
  return { amountMicro: body.amount_usd, expiresAtMs: body.expires_at, note: body.note, locked: body.locked };
}

export function walletToWire(wallet: Wallet): z.infer<typeof walletSchema> {
  return {
    wallet_id: wallet.id,
    owner_type: wallet.owner.type,
    owner_id: wallet.owner.id,
    owner_name: wallet.ownerName,
    owner_email: wallet.ownerEmail,
    available_balance_usd: toUsd(wallet.availableMicro),
    credit_balance_usd: toUsd(wallet.balanceMicro),
    monthly_cap_usd: wallet.capMicro === null ? null : toUsd(wallet.capMicro),
    monthly_cap_used_usd: toUsd(wallet.capUsedMicro),
    cap_resets_at: isoTime(wallet.capResetsAtMs),
    currency: wallet.currency,
    updated_at: isoTime(wallet.updatedAtMs),
  };
}

export function walletDetailToWire(detail: WalletDetail): z.infer<typeof walletDetailSchema> {
  return {
    ...walletToWire(detail.wallet),
    grants: detail.grants.map(grantToWire),
    ledger: detail.ledger.items.map(entryToWire),
    ledger_total: detail.ledger.total,
    upcoming_expiry: detail.upcomingExpiry.map(expiryToWire),
  };
}

export function grantToWire(grant: Grant): z.infer<typeof grantSchema> {
  return {
    id: grant.id,
    wallet_id: grant.walletId,
    amount_usd: toUsd(grant.amountMicro),
    remaining_usd: toUsd(grant.remainingMicro),
    source_wallet_id: grant.sourceWalletId,
    granted_by: grant.grantedBy,
    note: grant.note,
    locked: grant.locked,
    expires_at: isoTimeOrNull(grant.expiresAtMs),
    created_at: isoTime(grant.createdAtMs),
  };
}

export function entryToWire(entry: LedgerEntry): z.infer<typeof entrySchema> {
  return {
    id: entry.id,
    wallet_id: entry.walletId,
    entry_type: entry.entryType,
    amount_usd: toUsd(entry.amountMicro),
    balance_after_usd: toUsd(entry.balanceAfterMicro),
    reference_type: entry.reference?.type ?? null,
    reference_id: entry.reference?.id ?? null,
    note: entry.note,
    actor_user_id: entry.actorUserId,
    created_at: isoTime(entry.createdAtMs),
  };
}

function expiryToWire(expiry: UpcomingExpiry): z.infer<typeof expirySchema> {
  return {
    grant_id: expiry.grantId,
    amount_usd: toUsd(expiry.amountMicro),
    expires_at: isoTime(expiry.expiresAtMs),
  };
}
