import type { IncomingMessage } from 'node:http';
import { LandlineError } from '../../../contract/errors.ts';
import { isWithinScopes, type Principal } from '../../../domain/credentials/principal.ts';
import { bearerOf } from '../../select-dialect.ts';
import type { KupeAuthParts } from './auth.ts';

/**
 * Who opens a socket: by header, or by `api_key` or `token` in the query, since a browser's WebSocket can't set
 * headers. Throws `unauthorized`, `scope-missing`, `token-expired` or `token-invalid`.
 */
export async function principalOfSocket(
  request: IncomingMessage,
  query: URLSearchParams,
  parts: KupeAuthParts,
): Promise<Principal> {
  const key = String(request.headers['x-api-key'] ?? query.get('api_key') ?? '');
  const byKey = key === '' ? undefined : parts.principalOfKey(key);
  if (byKey) return inScope(byKey, request);
  const token = bearerOf(request.headers.authorization) ?? query.get('token') ?? '';
  const byToken = token === '' ? undefined : await parts.principalOfToken(token);
  if (byToken) return byToken;
  throw new LandlineError('unauthorized', 'Not authenticated');
}

/** A key's scopes hold for the request that opens the socket. */
function inScope(principal: Principal, { url = '/' }: IncomingMessage): Principal {
  if (isWithinScopes(principal.scopes, 'GET', url.replace(/\?.*$/s, ''))) return principal;
  throw new LandlineError('scope-missing', 'Forbidden: API Key does not have required scopes');
}

export const socketCloseCodes = {
  done: 1000,
  internal: 1011,
  badCredential: 4401,
  forbidden: 4403,
  unknownAgent: 4404,
  busy: 4429,
} as const;

const codesByFailure: Readonly<Record<string, number>> = {
  unauthorized: socketCloseCodes.badCredential,
  'token-expired': socketCloseCodes.badCredential,
  'token-invalid': socketCloseCodes.badCredential,
  'scope-missing': socketCloseCodes.forbidden,
  'agent-not-found': socketCloseCodes.unknownAgent,
  'agent-disabled': socketCloseCodes.unknownAgent,
  'too-many-calls': socketCloseCodes.busy,
};

/** The code with which a socket is closed that could not be served. */
export function closeCodeOf(thrown: unknown): number {
  const code = thrown instanceof LandlineError ? thrown.code : '';
  return codesByFailure[code] ?? socketCloseCodes.internal;
}
