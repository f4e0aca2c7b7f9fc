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

/** The application's headers and body ready to go out, or why they cannot. */
export type Checked =
  | { readonly ok: true; readonly headers: HeaderPairs; readonly contentType: string | undefined }
  | { readonly ok: false; readonly reason: string };

/** The value of the first header of this name among the pairs (lower case, no compact form). */
export function valueOf(headers: HeaderPairs, name: string): string | undefined {
  for (const [given, value] of headers) if (given.toLowerCase() === name) return value;
  return undefined;
}

/**
 * The application's headers without those that the core owns, with `localhost` replaced by our own host and port, and
 * the Content-Type apart: SDP is recognised, any other body must name its type.
 */
export function checkDraft(
  draft: { readonly headers: HeaderPairs; readonly body: Buffer },
  localHostPort: string,
): Checked {
  const kept: (readonly [string, string])[] = [];
  let contentType: string | undefined;
  for (const [name, value] of draft.headers) {
    const key = name.toLowerCase();
    if (OWN.has(key)) continue;
    if (!isWellFormed(key, value)) return { ok: false, reason: `invalid ${name} header` };
    if (key === 'content-type' || key === 'c') contentType = value.trim();
    else kept.push([name, LOCALHOST_HEADERS.has(key) ? value.replace(LOCALHOST, `$1${localHostPort}`) : value]);
  }
  if (contentType === undefined && draft.body.length > 0) {
    if (draft.body.toString('latin1', 0, 3) !== 'v=0') return { ok: false, reason: 'missing content-type' };
    contentType = 'application/sdp';
  }
  return { ok: true, headers: kept, contentType };
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
