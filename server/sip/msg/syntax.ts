/** The small pieces of RFC 3261's grammar (section 25.1) that several header values share. */

import { isIPv6 } from 'node:net';

const TOKEN = /^[A-Za-z0-9\-.!%*_+`'~]+$/;
const PARAM_VALUE = /^[^\s;,"<>]+$/;
const QUOTED = /^"(?:[^"\\]|\\[^\r\n])*"$/;

export const isToken = (text: string): boolean => TOKEN.test(text);

/** Index just after the quoted string that begins at `from`, or -1 if it never ends. */
export function endOfQuoted(text: string, from: number): number {
  for (let at = from + 1; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === 0x5c) at++;
    else if (code === 0x22) return at + 1;
  }
  return -1;
}

/**
 * Splits at a separator that stands outside quoted strings and angle brackets; parts come trimmed. Undefined when a
 * quote or bracket stays open.
 */
export function splitOutside(text: string, separator: ',' | ';'): string[] | undefined {
  if (!text.includes(separator) && !text.includes('"') && !text.includes('<')) return [text.trim()];
  const parts: string[] = [];
  let start = 0;
  let inBrackets = false;
  for (let at = 0; at < text.length; at++) {
    const char = text[at];
    if (char === '"' && !inBrackets) {
      at = endOfQuoted(text, at) - 1;
      if (at < 0) return undefined;
    } else if (char === '<') inBrackets = true;
    else if (char === '>') inBrackets = false;
    else if (char === separator && !inBrackets) {
      parts.push(text.slice(start, at).trim());
      start = at + 1;
    }
  }
  if (inBrackets) return undefined;
  parts.push(text.slice(start).trim());
  return parts;
}

/** Elements of a comma list of tokens (Supported, Require, Allow…), without empty ones. */
export const splitTokens = (values: readonly string[]): string[] =>
  values.flatMap((value) => value.split(',')).flatMap((part) => part.trim() || []);

/** Takes the quotes off a quoted string and resolves its `\` escapes; other text comes back as it is. */
export function unquote(text: string): string {
  if (!QUOTED.test(text)) return text;
  return text.slice(1, -1).replaceAll(/\\(.)/gs, '$1');
}

export const quote = (text: string): string => `"${text.replaceAll(/["\\]/g, String.raw`\$&`)}"`;

/**
 * Header parameters after the value, from the first `;` on. Names come in lower case, values as written (a quoted string
 * keeps its quotes); of a repeated name the first counts. Undefined when malformed.
 */
export function parseParams(text: string): Map<string, string> | undefined {
  const params = new Map<string, string>();
  if (text === '') return params;
  const parts = splitOutside(text, ';');
  if (parts === undefined || parts[0] !== '') return undefined;
  for (let index = 1; index < parts.length; index++) {
    const part = parts[index] ?? '';
    const equals = part.indexOf('=');
    const name = (equals === -1 ? part : part.slice(0, equals).trimEnd()).toLowerCase();
    const value = equals === -1 ? '' : part.slice(equals + 1).trimStart();
    if (!TOKEN.test(name)) return undefined;
    if (equals !== -1 && !PARAM_VALUE.test(value) && !QUOTED.test(value)) return undefined;
    if (!params.has(name)) params.set(name, value);
  }
  return params;
}

export function formatParams(params: ReadonlyMap<string, string>): string {
  let text = '';
  for (const [name, value] of params) text += value === '' ? `;${name}` : `;${name}=${value}`;
  return text;
}

const HOST_NAME = /^[A-Za-z0-9_](?:[A-Za-z0-9_.-]*[A-Za-z0-9_])?\.?$/;
const IPV6 = /^\[([0-9A-Fa-f:.]{2,45})\]$/;

/** A host name, IPv4 address or bracketed IPv6 address; the brackets are taken off. */
export function parseHost(text: string): string | undefined {
  if (text.startsWith('[')) {
    const address = IPV6.exec(text)?.[1];
    return address !== undefined && isIPv6(address) ? address : undefined;
  }
  return HOST_NAME.test(text) ? text : undefined;
}

export const formatHost = (host: string): string => (host.includes(':') ? `[${host}]` : host);

/** 1 to 65535 in decimal digits. */
export function parsePort(text: string): number | undefined {
  if (!/^\d{1,5}$/.test(text)) return undefined;
  const port = Number(text);
  return port >= 1 && port <= 65_535 ? port : undefined;
}
