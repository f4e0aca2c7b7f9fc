import type { Request } from 'express';
import { LandlineError } from '../../../contract/errors.ts';
import type { CallService } from '../../../domain/calls/call-service.ts';
import type { CredentialService } from '../../../domain/credentials/credential-service.ts';
import { isWithinScopes, type Principal } from '../../../domain/credentials/principal.ts';
import type { IdentityService } from '../../../domain/sessions/identity-service.ts';
import { requireOwnOrigin } from '../../own-origin.ts';
import { isUuid } from '../../route.ts';
import { bearerOf, cookieOf, vaSessionCookie } from '../../select-dialect.ts';
import type { TokenSigner } from '../../signed-token.ts';

/** Who is calling. */
export interface VaCaller {
  readonly organizationId: string;
  /** What the rate limit counts by. */
  readonly rateKey: string;
  /** Undefined for who shows nothing but a recording's signed URL. */
  readonly principal: Principal | undefined;
}

export interface VaAuthParts {
  readonly credentials: CredentialService;
  readonly identity: IdentityService;
  readonly calls: CallService;
  readonly signer: TokenSigner;
}

/** What only people manage, by a cookie. */
const management = /^\/api\/v1\/(api-keys|auth|organizations|users)(\/|$)/;

/**
 * By a `va_` key as bearer, by a recording's signed URL (that recording only), or by the cookie of a management
 * session. Undefined for a public route without any. Throws `unauthorized` or `forbidden`.
 */
export function authenticate(
  request: Request,
  route: { readonly isPublic: boolean },
  parts: VaAuthParts,
): VaCaller | undefined {
  const key = bearerOf(request.get('authorization'));
  const caller =
    key === undefined ? (byRecordingToken(request, parts) ?? byCookie(request, parts)) : byKey(request, key, parts);
  if (route.isPublic) return caller;
  if (!caller) return refuse('Missing API key');
  if (management.test(request.path)) requireSession(caller);
  return caller;
}

function byKey(request: Request, key: string, { credentials }: VaAuthParts): VaCaller {
  const principal = credentials.authenticate(key, 'va');
  if (!principal) return refuse('Invalid API key');
  if (!isWithinScopes(principal.scopes, request.method, request.path)) {
    throw new LandlineError('forbidden', 'The scopes of this API key do not cover the request');
  }
  return callerOf(principal);
}

/** What a request counts by that no row takes; undefined for one that shows no good key. */
export function rateKeyOf(request: Request, { credentials }: VaAuthParts): string | undefined {
  const key = bearerOf(request.get('authorization'));
  return key === undefined ? undefined : credentials.authenticate(key, 'va')?.credentialId;
}

function byCookie(request: Request, { identity }: VaAuthParts): VaCaller | undefined {
  const token = cookieOf(request.get('cookie') ?? '', vaSessionCookie);
  const principal = token === undefined ? undefined : identity.verifyCookie(token, 'va');
  if (!principal) return undefined;
  requireOwnOrigin(request);
  return callerOf(principal);
}

function callerOf(principal: Principal): VaCaller {
  return { organizationId: principal.organizationId, rateKey: principal.credentialId, principal };
}

/** Who signed in by cookie. Throws `forbidden` for a key: it manages nobody. */
export function requireSession({ principal }: VaCaller): Principal {
  if (principal?.via === 'session') return principal;
  throw new LandlineError('forbidden', 'Session authentication required');
}

function byRecordingToken(request: Request, { calls, signer }: VaAuthParts): VaCaller | undefined {
  const { token } = request.query;
  const id = /^\/api\/v1\/calls\/([^/]+)\/recording\/stream$/.exec(request.path)?.[1]?.toLowerCase();
  if (typeof token !== 'string' || id === undefined || !isUuid(id)) return undefined;
  if (!signer.verify('recording', id, token)) return undefined;
  const call = calls.find(id);
  return call && { organizationId: call.organizationId, rateKey: `recording ${id}`, principal: undefined };
}

function refuse(message: string): never {
  throw new LandlineError('unauthorized', message);
}
