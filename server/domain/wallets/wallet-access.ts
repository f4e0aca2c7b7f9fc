import { LandlineError } from '../../contract/errors.ts';
import { type Principal, requireRole } from '../credentials/principal.ts';
import type { WalletOwner } from './wallet.ts';
import type { WalletRecord } from './wallet-repository.ts';

/** The wallet that pays for what this caller does: their own, or the organization's for a key without a person. */
export function ownerFor(payer: { readonly organizationId: string; readonly userId: string | null }): WalletOwner {
  return payer.userId === null ? { type: 'org', id: payer.organizationId } : { type: 'user', id: payer.userId };
}

/**
 * One's own wallet, the organization's and its members' for an admin of it, any for a super admin. Throws
 * `wallet-not-found` across organizations, `forbidden` within one.
 */
export function requireReadable(principal: Principal, wallet: WalletRecord): void {
  if (principal.role === 'super_admin') return;
  if (wallet.organizationId !== principal.organizationId) {
    throw new LandlineError('wallet-not-found', 'There is no wallet with this id.', { id: wallet.id });
  }
  const own = ownerFor(principal);
  if (own.type === wallet.owner.type && own.id === wallet.owner.id) return;
  requireRole(principal, 'org_admin');
}

/** As `requireReadable`, for an admin only. */
export function requireManageable(principal: Principal, wallet: WalletRecord): void {
  requireReadable(principal, wallet);
  requireRole(principal, 'org_admin');
}

/** Throws `organization-not-found` for another's organization unless a super admin asks; `forbidden` below org_admin. */
export function requireAdminOf(principal: Principal, organizationId: string): void {
  if (principal.role !== 'super_admin' && principal.organizationId !== organizationId) {
    throw organizationNotFound(organizationId);
  }
  requireRole(principal, 'org_admin');
}

export function organizationNotFound(id: string): LandlineError {
  return new LandlineError('organization-not-found', 'There is no organization with this id.', { id });
}
