import { LandlineError } from '../../contract/errors.ts';
import { hasRole, type Principal, type Role } from '../credentials/principal.ts';
import type { User, UserChange } from './user.ts';

/** Whether the caller may know of this person at all. */
export function canSee(principal: Principal, user: User): boolean {
  if (hasRole(principal.role, 'super_admin') || principal.userId === user.id) return true;
  return principal.organizationId === user.organizationId;
}

/** Throws `forbidden`: who is no administrator changes only their own name, address and phone. */
export function requireChange(principal: Principal, user: User, change: UserChange): void {
  const isAdmin = hasRole(principal.role, 'org_admin');
  if (!isAdmin && principal.userId !== user.id) throw forbidden('Only an administrator changes other people.');
  if (change.role === undefined && change.isActive === undefined) {
    if (isAdmin) requireRank(principal, user.role);
    return;
  }
  if (!isAdmin) throw forbidden('Only an administrator changes a role or lets somebody in or out.');
  requireRank(principal, user.role);
  if (change.role !== undefined) requireRank(principal, change.role);
  if (change.isActive === false && principal.userId === user.id) throw forbidden('Nobody shuts themselves out.');
}

/** Throws `forbidden`: nobody acts on, or hands out, a role above their own. */
export function requireRank(principal: Principal, role: Role): void {
  if (hasRole(principal.role, 'org_admin') && hasRole(principal.role, role)) return;
  throw forbidden(`This needs the role ${hasRole(role, 'org_admin') ? role : 'org_admin'}.`);
}

/** Throws `last-administrator` when nobody would be left who can let others in. */
export function requireSuccessor(before: User, after: User | undefined, activeSuperAdmins: number): void {
  const was = before.role === 'super_admin' && before.isActive;
  const is = after?.role === 'super_admin' && after.isActive;
  if (!was || is || activeSuperAdmins > 1) return;
  throw new LandlineError('last-administrator', 'This is the last super administrator: make another one first.');
}

function forbidden(sentence: string): LandlineError {
  return new LandlineError('forbidden', sentence);
}
