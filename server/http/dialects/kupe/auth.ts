import type { Request } from 'express';
import { LandlineError } from '../../../contract/errors.ts';
import { isWithinScopes, type Principal } from '../../../domain/credentials/principal.ts';
import type { RouteContract } from '../../route.ts';
import { bearerOf } from '../../select-dialect.ts';

/** Who is calling. */
export type KupeCaller = Principal;

export interface KupeAuthParts {
  /** Whose key this is; undefined for one that is unknown, revoked or expired. */
  readonly principalOfKey: (key: string) => Principal | undefined;
  /** Who signed in with this token; rejects with `token-invalid` or `token-expired`. */
  readonly principalOfToken: (token: string) => Promise<Principal>;
}

/**
 * By `x-api-key`, else by `Authorization: Bearer <JWT>`; a key that fails does not spoil a good bearer. Undefined for a
 * public route without a credential. Throws `unauthorized`, or `scope-missing` for a key that may not do this.
 */
export function authenticate(
  request: Request,
  route: Pick<RouteContract, 'isPublic'>,
  parts: KupeAuthParts,
): Promise<KupeCaller | undefined> | KupeCaller | undefined {
  // Login libraries send a project's public key along, which is nobody's here.
  if (route.isPublic && request.path.startsWith('/auth/v1/')) return undefined;
  const key = request.get('x-api-key');
  const byKey = key === undefined ? undefined : parts.principalOfKey(key);
  if (byKey) return inScope(byKey, request);
  const token = bearerOf(request.get('authorization'));
  if (token !== undefined) return byToken(request, token, parts);
  if (key === undefined && route.isPublic) return undefined;
  return refuse(key === undefined ? 'Not authenticated' : 'Invalid API key');
}

async function byToken(request: Request, token: string, parts: KupeAuthParts): Promise<KupeCaller> {
  try {
    return inScope(await parts.principalOfToken(token), request);
  } catch (thrown) {
    if (thrown instanceof LandlineError && thrown.code.startsWith('token-')) return refuse('Invalid or expired token');
    throw thrown;
  }
}

/** A key without scopes may do all that its user may. */
function inScope(caller: KupeCaller, request: Request): KupeCaller {
  const path = request.path.startsWith('/billing/') ? `/api/v1${request.path}` : request.path;
  if (isWithinScopes(caller.scopes, request.method, path)) return caller;
  throw new LandlineError('scope-missing', 'Forbidden: API Key does not have required scopes');
}

function refuse(message: string): never {
  throw new LandlineError('unauthorized', message);
}
