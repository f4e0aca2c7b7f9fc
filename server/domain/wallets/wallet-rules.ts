import type { UpcomingExpiry } from './wallet.ts';

/** What is left of a grant, as far as spending is concerned. */
export interface UsableGrant {
  readonly id: string;
  readonly remainingMicro: number;
  readonly locked: boolean;
  readonly expiresAtMs: number | null;
  readonly createdAtMs: number;
}

export interface Taking {
  readonly grantId: string;
  readonly amountMicro: number;
}

/** First what expires first, then what never does; the older one among equals. */
export function byExpiry(a: UsableGrant, b: UsableGrant): number {
  const expiry = (a.expiresAtMs ?? Number.POSITIVE_INFINITY) - (b.expiresAtMs ?? Number.POSITIVE_INFINITY);
  // Two that never expire: infinity minus infinity.
  if (!Number.isNaN(expiry) && expiry !== 0) return expiry;
  return a.createdAtMs - b.createdAtMs || (a.id < b.id ? -1 : 1);
}

/** What will be lost when, soonest first. */
export function upcomingExpiry(usable: readonly UsableGrant[]): readonly UpcomingExpiry[] {
  return [...usable].sort(byExpiry).flatMap(({ id, remainingMicro, expiresAtMs }) => {
    return expiresAtMs === null ? [] : [{ grantId: id, amountMicro: remainingMicro, expiresAtMs }];
  });
}

/** How much of each grant pays `amountMicro`, in order of expiry; what no grant covers comes from the free balance. */
export function takeFromGrants(grants: readonly UsableGrant[], amountMicro: number): readonly Taking[] {
  const takings: Taking[] = [];
  let leftMicro = amountMicro;
  for (const { id, remainingMicro } of [...grants].sort(byExpiry)) {
    const takenMicro = Math.min(leftMicro, remainingMicro);
    if (takenMicro > 0) takings.push({ grantId: id, amountMicro: takenMicro });
    leftMicro -= takenMicro;
  }
  return takings;
}

/** What a new grant still holds after it has covered an overdraft. */
export function remainingAfterOverdraft(amountMicro: number, balanceBeforeMicro: number): number {
  return Math.max(0, amountMicro - Math.max(0, -balanceBeforeMicro));
}

/** The part of the balance that may be handed on: all but what locked grants hold. */
export function transferableMicro(balanceMicro: number, grants: readonly UsableGrant[]): number {
  const lockedMicro = grants.reduce((sum, { locked, remainingMicro }) => sum + (locked ? remainingMicro : 0), 0);
  return Math.max(0, balanceMicro - lockedMicro);
}

/** What may be spent now: the balance, or what the month's cap leaves of it. */
export function availableMicro(balanceMicro: number, capMicro: number | null, spentMicro: number): number {
  if (capMicro === null) return balanceMicro;
  return Math.min(balanceMicro, Math.max(0, capMicro - spentMicro));
}

/** When the month that holds `atMs` began; months are in UTC everywhere, since wallets have no place. */
export function monthStartMs(atMs: number): number {
  const at = new Date(atMs);
  return Date.UTC(at.getUTCFullYear(), at.getUTCMonth());
}

export function nextMonthStartMs(atMs: number): number {
  const at = new Date(atMs);
  return Date.UTC(at.getUTCFullYear(), at.getUTCMonth() + 1);
}
