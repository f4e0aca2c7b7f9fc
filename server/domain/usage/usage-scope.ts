import { LandlineError } from '../../contract/errors.ts';
import { hasRole, type Principal } from '../credentials/principal.ts';

/** Whose usage somebody asks for. */
export interface UsageScopeRequest {
  /**
   * `mine`: the caller's own; `organization`: everybody's in it, for its admins; `all`: as much as the caller may see.
   * When absent, admins get the organization and others their own.
   */
  readonly scope?: 'mine' | 'organization' | 'all' | undefined;
  /** Narrows to these; other organizations than one's own for super admins alone. */
  readonly organizationIds?: readonly string[] | undefined;
  /** Narrows to these people. */
  readonly ownerUserIds?: readonly string[] | undefined;
}

export interface UsageScope {
  readonly organizationIds?: readonly string[];
  readonly userIds?: readonly string[];
}

/** What the caller may see of what they ask for. Throws `forbidden`. */
export function resolveScope(principal: Principal, request: UsageScopeRequest = {}): UsageScope {
  if (principal.role === 'super_admin') return superAdminScope(principal, request);
  const own: UsageScope = { organizationIds: [principal.organizationId] };
  if (request.organizationIds?.some((id) => id !== principal.organizationId)) throw forbidden();
  // A key that belongs to no person is the organization's own.
  if (hasRole(principal.role, 'org_admin') || principal.userId === null) {
    const userIds = request.scope === 'mine' ? mineOf(principal) : request.ownerUserIds;
    return userIds ? { ...own, userIds } : own;
  }
  const asksForOthers = request.ownerUserIds?.some((id) => id !== principal.userId) ?? false;
  if (request.scope === 'organization' || asksForOthers) throw forbidden();
  return { ...own, userIds: [principal.userId] };
}

function superAdminScope(principal: Principal, request: UsageScopeRequest): UsageScope {
  const { organizationIds, ownerUserIds, scope } = request;
  const isNamed = organizationIds !== undefined || ownerUserIds !== undefined;
  if (scope === 'mine') return { userIds: mineOf(principal) ?? [] };
  if (scope === 'organization' || (scope === undefined && !isNamed)) {
    return { organizationIds: [principal.organizationId], ...(ownerUserIds ? { userIds: ownerUserIds } : {}) };
  }
  return { ...(organizationIds ? { organizationIds } : {}), ...(ownerUserIds ? { userIds: ownerUserIds } : {}) };
}

function mineOf({ userId }: Principal): readonly string[] | undefined {
  return userId === null ? undefined : [userId];
}

function forbidden(): LandlineError {
  return new LandlineError('forbidden', "Only an admin may see the usage of others, and only their organization's.");
}
