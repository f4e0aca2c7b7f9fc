import type { Request } from 'express';
import { LandlineError } from '../../../contract/errors.ts';
import type { CredentialService } from '../../../domain/credentials/credential-service.ts';
import { isWithinScopes, type Principal } from '../../../domain/credentials/principal.ts';
import type { IdentityService } from '../../../domain/sessions/identity-service.ts';
import { requireOwnOrigin } from '../../own-origin.ts';
import { bearerOf, cookieOf } from '../../select-dialect.ts';

/** Who is calling. */
export type AppCaller = Principal;

export interface AppAuthParts {
  readonly credentials: CredentialService;
  readonly identity: IdentityService;
}

export const appSessionCookie = 'landline_session';

/** By an API key of any kind as bearer, or by the cookie of a session. Throws `unauthorized` or `forbidden`. */
export function authenticate(
  request: Request,
  route: { readonly isPublic: boolean },
  parts: AppAuthParts,
): AppCaller | undefined {
  const key = bearerOf(request.get('authorization'));
  const caller = key === undefined ? byCookie(request, parts) : byKey(request, key, parts);
  if (caller || route.isPublic) return caller;
  throw new LandlineError('unauthorized', 'Sign in, or send a valid API key as a bearer token.');
}

function byKey(request: Request, key: string, { credentials }: AppAuthParts): AppCaller | undefined {
  const principal = credentials.authenticate(key);
  if (!principal || isWithinScopes(principal.scopes, request.method, request.path)) return principal;
  throw new LandlineError('forbidden', 'The scopes of this API key do not cover the request.');
}

function byCookie(request: Request, { identity }: AppAuthParts): AppCaller | undefined {
  const token = cookieOf(request.get('cookie') ?? '', appSessionCookie);
  const principal = token === undefined ? undefined : identity.verifyCookie(token, 'app');
  if (principal) requireOwnOrigin(request);
  return principal;
}
