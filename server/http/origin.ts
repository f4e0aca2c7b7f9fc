import type { Request } from 'express';

const hostShape = /^[A-Za-z0-9._~-]+(:\d{1,5})?$|^\[[0-9A-Fa-f:.]+\](:\d{1,5})?$/;

/** Scheme and host as the client used them, for absolute URLs in answers; `fallback` when the Host header is none. */
export function originOf(request: Request, fallback: string): string {
  const host = request.get('host');
  return host !== undefined && hostShape.test(host) ? `${request.protocol}://${host}` : fallback;
}
