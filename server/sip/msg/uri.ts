import type { SipUri } from './sip-message.ts';
import { formatHost, formatParams, parseHost, parsePort } from './syntax.ts';

/** `#` is not in RFC 3261's user part, but phones send feature codes with it unescaped. */
const USER = /^(?:[A-Za-z0-9\-_.!~*'()&=+$,;?/#]|%[0-9A-Fa-f]{2})+$/;
const PASSWORD = /^(?:[A-Za-z0-9\-_.!~*'()&=+$,]|%[0-9A-Fa-f]{2})*$/;
const PARAM = /^(?:[A-Za-z0-9\-_.!~*'()[\]/:&+$]|%[0-9A-Fa-f]{2})+$/;
const HEADERS = /^(?:[A-Za-z0-9\-_.!~*'()[\]/?:+$&=]|%[0-9A-Fa-f]{2})+$/;
const TEL = /^(?:\+[\d\-.()]*\d[\d\-.()]*|[0-9A-Fa-f*#\-.()]+)$/;
const SCHEME = /^([A-Za-z][A-Za-z0-9+.-]*):/;

/** Scheme of any URI in lower case; undefined when the text does not begin like a URI. */
export const uriScheme = (text: string): string | undefined => SCHEME.exec(text)?.[1]?.toLowerCase();

function parseUriParams(text: string): Map<string, string> | undefined {
  const params = new Map<string, string>();
  if (text === '') return params;
  for (const part of text.split(';')) {
    const equals = part.indexOf('=');
    const name = equals === -1 ? part : part.slice(0, equals);
    const value = equals === -1 ? '' : part.slice(equals + 1);
    if (!PARAM.test(name) || (value !== '' && !PARAM.test(value))) return undefined;
    const key = name.toLowerCase();
    if (!params.has(key)) params.set(key, value);
  }
  return params;
}

/** `text` split at the first `mark`: before, and after (undefined when there is none). */
function cut(text: string, mark: string): [string, string | undefined] {
  const at = text.indexOf(mark);
  return at === -1 ? [text, undefined] : [text.slice(0, at), text.slice(at + 1)];
}

function parseTel(rest: string): SipUri | undefined {
  const [number, paramText] = cut(rest, ';');
  const params = parseUriParams(paramText ?? '');
  if (!TEL.test(number) || params === undefined) return undefined;
  return { scheme: 'tel', user: number, password: undefined, host: '', port: undefined, params, headers: undefined };
}

function parseUserInfo(text: string): { user: string; password: string | undefined } | undefined {
  const [user, password] = cut(text, ':');
  if (!USER.test(user) || (password !== undefined && !PASSWORD.test(password))) return undefined;
  return { user, password };
}

function parseHostPort(text: string): { host: string; port: number | undefined } | undefined {
  const colon = text.indexOf(':', text.startsWith('[') ? text.indexOf(']') : 0);
  const host = parseHost(colon === -1 ? text : text.slice(0, colon));
  const port = colon === -1 ? undefined : parsePort(text.slice(colon + 1));
  if (host === undefined || (colon !== -1 && port === undefined)) return undefined;
  return { host, port };
}

/**
 * Parses a sip, sips or tel URI (RFC 3261 19.1, RFC 3966); undefined when malformed or of another scheme.
 *
 * User, password, parameter values and headers stay escaped as written, because `%3B` and `;` are not the same there;
 * `unescapeUri` resolves them. A tel URI has its number in `user` and an empty host.
 */
export function parseUri(text: string): SipUri | undefined {
  const scheme = uriScheme(text);
  if (scheme !== 'sip' && scheme !== 'sips' && scheme !== 'tel') return undefined;
  const rest = text.slice(scheme.length + 1);
  if (scheme === 'tel') return parseTel(rest);
  const at = rest.indexOf('@');
  const userInfo = at === -1 ? undefined : parseUserInfo(rest.slice(0, at));
  if (at !== -1 && userInfo === undefined) return undefined;
  const [addressed, headers] = cut(rest.slice(at + 1), '?');
  const [hostPort, paramText] = cut(addressed, ';');
  const place = parseHostPort(hostPort);
  const params = paramText === undefined ? new Map<string, string>() : parseUriParams(paramText);
  if (place === undefined || params === undefined || paramText === '') return undefined;
  if (headers !== undefined && !HEADERS.test(headers)) return undefined;
  return { scheme, user: userInfo?.user, password: userInfo?.password, ...place, params, headers };
}

export function formatUri(uri: SipUri): string {
  if (uri.scheme === 'tel') return `tel:${uri.user ?? ''}${formatParams(uri.params)}`;
  const password = uri.password === undefined ? '' : `:${uri.password}`;
  const user = uri.user === undefined ? '' : `${uri.user}${password}@`;
  const port = uri.port === undefined ? '' : `:${uri.port}`;
  const headers = uri.headers === undefined ? '' : `?${uri.headers}`;
  return `${uri.scheme}:${user}${formatHost(uri.host)}${port}${formatParams(uri.params)}${headers}`;
}

/** Resolves `%HH` escapes; text that does not decode as UTF-8 comes back as it is. */
export function unescapeUri(text: string): string {
  if (!text.includes('%')) return text;
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** Escapes what may not stand in the user part of a sip URI. */
export const escapeUser = (text: string): string =>
  encodeURIComponent(text).replaceAll(/%(?:26|3D|2B|24|2C)/g, decodeURIComponent);
