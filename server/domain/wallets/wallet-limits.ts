import { LandlineError } from '../../contract/errors.ts';
import type { GrantDraft, Wallet } from './wallet.ts';

/** A hundred million units of the currency: far above any credit, far below what a sum could lose precision at. */
const mostAtOnceMicro = 100_000_000_000_000;

/** Throws `insufficient-credits` unless this much may be spent now. */
export function refuseWithout(wallet: Wallet, neededMicro: number): void {
  if (wallet.availableMicro >= neededMicro) return;
  const isCap = wallet.balanceMicro >= neededMicro;
  throw new LandlineError(
    'insufficient-credits',
    isCap
      ? 'The monthly cap of this wallet is used up: raise it, or wait for the next month.'
      : 'This wallet holds too little credit: ask an admin for a grant.',
    { walletId: wallet.id, balanceMicro: wallet.balanceMicro, availableMicro: wallet.availableMicro },
  );
}

/** Throws `invalid-argument`. */
export function checkGrant(draft: GrantDraft, nowMs: number): void {
  checkAmount('The amount', draft.amountMicro, 1);
  if (typeof draft.expiresAtMs === 'number' && draft.expiresAtMs <= nowMs) {
    throw new LandlineError('invalid-argument', 'The grant would have expired already: choose a later time.', {
      expiresAtMs: draft.expiresAtMs,
    });
  }
}

/** Throws `invalid-argument` unless it is a whole number of micro-units within its limits. */
export function checkAmount(what: string, amountMicro: number, least: number): void {
  if (Number.isSafeInteger(amountMicro) && amountMicro >= least && amountMicro <= mostAtOnceMicro) return;
  throw new LandlineError(
    'invalid-argument',
    `${what} must be a whole number of micro-units from ${least} to ${mostAtOnceMicro}, not ${amountMicro}.`,
    { amountMicro },
  );
}
