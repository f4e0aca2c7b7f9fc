/** A cookie that pages can't read and other sites' forms don't send (RFC 6265bis). */
export interface SessionCookie {
  readonly name: string;
  readonly value: string;
  /** Path below which the browser sends it. */
  readonly path: string;
  /** 0 takes it back. */
  readonly maxAgeS: number;
  /** Of the request that it answers: over HTTPS the cookie never leaves by HTTP. */
  readonly origin: string;
}

/** The `Set-Cookie` header. */
export function setCookie({ name, value, path, maxAgeS, origin }: SessionCookie): Readonly<Record<string, string>> {
  const secure = origin.startsWith('https:') ? '; Secure' : '';
  return { 'Set-Cookie': `${name}=${value}; Path=${path}; Max-Age=${maxAgeS}; HttpOnly; SameSite=Lax${secure}` };
}
