import type { NameAddr } from './sip-message.ts';
import { endOfQuoted, formatParams, parseParams, quote, unquote } from './syntax.ts';
import { parseUri, uriScheme } from './uri.ts';

/** Unquoted display names are tokens; letters beyond ASCII are let through because phones send them so. */
const LOOSE_DISPLAY_NAME = /^[^",;<>()@:\\?={}[\]]*$/;
const PLAIN_DISPLAY_NAME = /^[A-Za-z0-9\-.!%*_+`'~]+(?: [A-Za-z0-9\-.!%*_+`'~]+)*$/;
const FORBIDDEN_IN_URI = /[\s<>"]/;

/** Whether the text may stand as a URI in a header: any scheme, but sip, sips and tel must follow their grammar. */
function isUri(text: string): boolean {
  const scheme = uriScheme(text);
  if (scheme === undefined || FORBIDDEN_IN_URI.test(text)) return false;
  return (scheme !== 'sip' && scheme !== 'sips' && scheme !== 'tel') || parseUri(text) !== undefined;
}

function bracketed(text: string, open: number, displayName: string | undefined): NameAddr | undefined {
  const close = text.indexOf('>', open);
  if (close === -1) return undefined;
  const uri = text.slice(open + 1, close);
  const params = parseParams(text.slice(close + 1).trim());
  return params !== undefined && isUri(uri) ? { displayName, uri, params } : undefined;
}

/**
 * Parses `name-addr` or `addr-spec` with header parameters (RFC 3261 20.10); undefined when malformed. Without angle
 * brackets everything after `;` belongs to the header, and `?` is not allowed. Quoted parameter values keep their quotes.
 */
export function parseNameAddr(value: string): NameAddr | undefined {
  const text = value.trim();
  if (text.startsWith('"')) {
    const end = endOfQuoted(text, 0);
    const open = end === -1 ? -1 : text.indexOf('<', end);
    if (open === -1 || text.slice(end, open).trim() !== '') return undefined;
    return bracketed(text, open, unquote(text.slice(0, end)));
  }
  const open = text.indexOf('<');
  const semicolon = text.indexOf(';');
  if (open !== -1 && (semicolon === -1 || open < semicolon)) {
    const displayName = text.slice(0, open).trim();
    return LOOSE_DISPLAY_NAME.test(displayName) ? bracketed(text, open, displayName || undefined) : undefined;
  }
  const uri = (semicolon === -1 ? text : text.slice(0, semicolon)).trimEnd();
  const params = parseParams(semicolon === -1 ? '' : text.slice(semicolon));
  if (params === undefined || uri.includes('?') || uri.includes(',') || !isUri(uri)) return undefined;
  return { displayName: undefined, uri, params };
}

/** Writes it with angle brackets always, and the display name in quotes unless it is made of plain tokens. */
export function formatNameAddr(address: NameAddr): string {
  const { displayName, uri, params } = address;
  const plain = displayName === undefined || PLAIN_DISPLAY_NAME.test(displayName);
  const prefix = displayName === undefined ? '' : `${plain ? displayName : quote(displayName)} `;
  return `${prefix}<${uri}>${formatParams(params)}`;
}

/** The `tag` of a From or To value; undefined when absent or the value is malformed. */
export function tagOf(value: string | undefined): string | undefined {
  return value === undefined || !/tag/i.test(value) ? undefined : parseNameAddr(value)?.params.get('tag');
}
