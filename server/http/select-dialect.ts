import type { DialectName } from './dialect.ts';

/** What a request shows of itself before anyone knows who is calling. */
export interface RequestSigns {
  /** Dialects that have a row for this method and path. */
  readonly owners: readonly DialectName[];
  /** Dialects that have the path, by whatever method. */
  readonly pathOwners: readonly DialectName[];
  /** Set when the listener it came in by belongs to one dialect. */
  readonly pinned: DialectName | undefined;
  readonly apiKey: string | undefined;
  /** Whether the API key lets anybody in. */
  readonly isKey: (apiKey: string) => boolean;
  readonly authorization: string | undefined;
  readonly cookie: string | undefined;
}

/** `ambiguous`: several dialects own the path and the request shows no credential of any. */
export type DialectChoice = DialectName | 'ambiguous' | 'unknown';

/** Name of the cookie that a `va_` management session has. */
export const vaSessionCookie = 'va_session';

/**
 * Which API a request speaks: by its listener, by a row that only one API has, else by its credential. A credential of
 * an API that has the path by other methods only is that API's to refuse.
 */
export function selectDialect(signs: RequestSigns): DialectChoice {
  const { owners, pathOwners, pinned } = signs;
  if (pinned !== undefined && (owners.length === 0 || pathOwners.includes(pinned))) return pinned;
  const shown = dialectOfCredential(signs);
  if (shown !== undefined && (pathOwners.length === 0 || pathOwners.includes(shown))) return shown;
  const [first, second] = owners.length > 0 ? owners : pathOwners;
  if (first === undefined) return 'unknown';
  return second === undefined ? first : 'ambiguous';
}

/** An API key goes first; one that lets nobody in leaves it to the bearer token of another API. */
function dialectOfCredential({ apiKey, authorization, cookie, isKey }: RequestSigns): DialectName | undefined {
  const bearer = bearerOf(authorization);
  const byBearer = bearer?.startsWith('va_') ? 'va' : bearer && audienceDialect(bearer);
  // No Kupe key begins like this; some clients put the same key into both headers.
  if (apiKey !== undefined && !apiKey.startsWith('va_')) return byBearer && !isKey(apiKey) ? byBearer : 'kupe';
  if (bearer !== undefined) return byBearer || undefined;
  return cookie !== undefined && cookieOf(cookie, vaSessionCookie) !== undefined ? 'va' : undefined;
}

const audiences: Readonly<Record<string, DialectName>> = { 'voicera-api': 'voicera', authenticated: 'kupe' };

/** By what a token says of itself; the dialect verifies it. */
function audienceDialect(token: string): DialectName | undefined {
  const payload = token.split('.')[1];
  if (payload === undefined) return undefined;
  try {
    const claims: unknown = JSON.parse(Buffer.from(payload, 'base64url').toString('utf8'));
    const { aud } = Object(claims) as { readonly aud?: unknown };
    return typeof aud === 'string' ? audiences[aud] : undefined;
  } catch {
    return undefined;
  }
}

/** The token of an `Authorization: Bearer` header (the scheme's case is free, RFC 9110 §11.1). */
export function bearerOf(authorization: string | undefined): string | undefined {
  return authorization === undefined ? undefined : /^bearer +(\S+) *$/i.exec(authorization)?.[1];
}

/** Value of one cookie of a `Cookie` header (RFC 6265 §4.2). */
export function cookieOf(header: string | undefined, name: string): string | undefined {
  const pairs = header?.split(';').map((pair) => pair.trim()) ?? [];
  return pairs.find((pair) => pair.startsWith(`${name}=`))?.slice(name.length + 1);
}
