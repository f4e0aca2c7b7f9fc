import { LandlineError } from '../../contract/errors.ts';

/** What a person or a program may do, from most to least. */
export const roles = ['super_admin', 'org_admin', 'developer', 'user'] as const;
export type Role = (typeof roles)[number];

/** Who is calling, whatever they showed. Every use case takes its organization from here, never from a request. */
export interface Principal {
  readonly organizationId: string;
  /** Null for a key that belongs to no person. */
  readonly userId: string | null;
  readonly email: string | null;
  readonly role: Role;
  readonly via: 'api-key' | 'token' | 'session';
  /** The key's or the session's id: what limits count by. */
  readonly credentialId: string;
  /** Narrow the key when there are any. */
  readonly scopes: readonly Scope[];
}

/** Requests that a key may make. */
export interface Scope {
  readonly pathPrefix: string;
  /** Upper case, or `*`. */
  readonly method: string;
}

/** Whether `role` is at least `least`. */
export function hasRole(role: Role, least: Role): boolean {
  return roles.indexOf(role) <= roles.indexOf(least);
}

/** Throws `forbidden` for somebody whose role is below `least`. */
export function requireRole({ role }: Pick<Principal, 'role'>, least: Role): void {
  if (hasRole(role, least)) return;
  throw new LandlineError('forbidden', `This needs the role ${least}; you have ${role}.`, { least });
}

/** Whether a key's scopes let this request through; without scopes all do. */
export function isWithinScopes(scopes: readonly Scope[], method: string, path: string): boolean {
  if (scopes.length === 0) return true;
  // Whoever may read may ask for the headers alone.
  const wanted = method === 'HEAD' ? 'GET' : method;
  return scopes.some((scope) => (scope.method === '*' || scope.method === wanted) && isUnder(path, scope.pathPrefix));
}

/** `/api/v1/agents` covers `/api/v1/agents/1` and not `/api/v1/agents-files`. */
function isUnder(path: string, prefix: string): boolean {
  if (!path.startsWith(prefix)) return false;
  return prefix.endsWith('/') || path.length === prefix.length || path[prefix.length] === '/';
}
