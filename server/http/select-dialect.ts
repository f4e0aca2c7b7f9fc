/** What a request shows of itself before anyone knows who is calling. */
export interface RequestSigns {
  /** Without the query. */
  readonly path: string;
  readonly authorization: string | undefined;
}

/** `ambiguous`: several dialects own the path and the request shows no credential of any. */
export type DialectChoice = 'va' | 'ambiguous' | 'unknown';

/** Paths under /api/v1 that belong to the `va_` dialect alone. */
const vaAlone = /^\/api\/v1\/(tasks|calls)(\/|$)/;
/** Paths that it shares with dialects to come. */
const shared = /^\/api\/v1\/agents(\/|$)/;

/** Which API a request speaks: by its credential, else by a path that only one API has. */
export function selectDialect({ path, authorization }: RequestSigns): DialectChoice {
  if (bearerOf(authorization)?.startsWith('va_') === true) return 'va';
  if (vaAlone.test(path)) return 'va';
  return shared.test(path) ? 'ambiguous' : 'unknown';
}

/** The token of an `Authorization: Bearer` header (the scheme's case is free, RFC 9110 §11.1). */
export function bearerOf(authorization: string | undefined): string | undefined {
  return authorization === undefined ? undefined : /^bearer +(\S+) *$/i.exec(authorization)?.[1];
}
