import { parseNameAddr } from '../msg/name-addr.ts';
import { splitOutside } from '../msg/syntax.ts';
import { parseCSeq } from '../msg/via.ts';
import type { HeaderPairs } from './application-side.ts';

/** Headers that belong to the core whatever the application writes. */
const OWN = new Set(['via', 'route', 'record-route', 'rseq', 'content-length', 'l', 'v']);
/** Headers that name the dialog: taken from it, not from the application. */
const DIALOG = new Set(['from', 'f', 'to', 't', 'call-id', 'i', 'cseq']);
const LOCALHOST_HEADERS = new Set(['from', 'f', 'to', 't', 'contact', 'm', 'p-asserted-identity']);
const ADDRESS_HEADERS = new Set([...LOCALHOST_HEADERS, 'refer-to', 'r', 'referred-by', 'b']);
const NUMBER_HEADERS = new Set(['expires', 'max-forwards', 'min-se', 'min-expires']);
const LOCALHOST = /(sips?:(?:[^@<>\s;]*@)?)localhost(?::\d+)?(?=[;>?\s,]|$)/gi;

/** The client's headers ready to go out, or why they cannot. */
export type Checked = { readonly ok: true; readonly headers: HeaderPairs } | { readonly ok: false; readonly reason: string };

/** The value of the first header of this name among the pairs (lower case, no compact form). */
export function valueOf(headers: HeaderPairs, name: string): string | undefined {
  for (const [given, value] of headers) if (given.toLowerCase() === name) return value;
  return undefined;
}

/** The application's headers without those that the core owns, with `localhost` replaced by our own host and port. */
export function checkHeaders(headers: HeaderPairs, localHostPort: string): Checked {
  const kept: (readonly [string, string])[] = [];
  for (const [name, value] of headers) {
    const key = name.toLowerCase();
    if (OWN.has(key)) continue;
    if (!isWellFormed(key, value)) return { ok: false, reason: `invalid ${name} header` };
    kept.push([name, LOCALHOST_HEADERS.has(key) ? value.replace(LOCALHOST, `$1${localHostPort}`) : value]);
  }
  return { ok: true, headers: kept };
}

/** Without From, To, Call-ID and CSeq: those of the dialog or of the request stand. */
export function withoutDialogHeaders(headers: HeaderPairs): (readonly [string, string])[] {
  return headers.filter(([name]) => !DIALOG.has(name.toLowerCase()));
}

function isWellFormed(key: string, value: string): boolean {
  if (ADDRESS_HEADERS.has(key)) return areAddresses(value);
  if (NUMBER_HEADERS.has(key)) return /^\s*\d{1,10}\s*$/.test(value);
  if (key === 'cseq') return parseCSeq(value.trim()) !== undefined;
  if (key === 'call-id' || key === 'i') return /^[^\s|]{1,512}$/.test(value);
  if (key === 'content-type' || key === 'c') return /^\s*[^\s/;]+\s*\/\s*[^\s/;]+/.test(value);
  return true;
}

function areAddresses(value: string): boolean {
  if (value.trim() === '*') return true;
  const elements = splitOutside(value, ',');
  return elements?.every((element) => parseNameAddr(element) !== undefined) === true;
}

/**
 * The Content-Type of a body: the application's, or `application/sdp` for a body that begins like SDP.
 * `missing` when there is a body of an unknown kind.
 */
export function contentTypeFor(headers: HeaderPairs, body: Buffer): string | 'missing' | undefined {
  const given = valueOf(headers, 'content-type') ?? valueOf(headers, 'c');
  if (given !== undefined || body.length === 0) return given;
  return body.toString('latin1', 0, 3) === 'v=0' ? 'application/sdp' : 'missing';
}
