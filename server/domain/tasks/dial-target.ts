import { isIPv4 } from 'node:net';

/** What a task may dial, or why it may not. */
export type DialTarget =
  | { readonly kind: 'number'; readonly number: string }
  | { readonly kind: 'uri'; readonly uri: string; readonly host: string }
  | { readonly kind: 'invalid'; readonly why: string };

const e164Shape = /^\+\d{7,15}$/;
/** user@host[:port][;parameters] of RFC 3261 §19.1, without headers: a caller must not add any to our INVITE. */
const sipUriShape = /^sip:[\w.!~*'()&=+$,;?/%-]{1,128}@(\[[0-9a-f:.]+\]|[a-z0-9.-]{1,253})(:\d{1,5})?(;[\w.=%-]+)*$/i;

/**
 * Reads a `to_number`: E.164 by shape (`+` and 7 to 15 digits), or a `sip:` URI whose host is loopback or a host that
 * `isPeerHost` knows.
 */
export function parseDialTarget(text: string, isPeerHost: (host: string) => boolean): DialTarget {
  if (e164Shape.test(text)) return { kind: 'number', number: text };
  if (!text.toLowerCase().startsWith('sip:')) {
    return { kind: 'invalid', why: 'must be an E.164 number (+ and 7 to 15 digits) or a sip: URI' };
  }
  const host = sipUriShape.exec(text)?.[1]?.toLowerCase();
  if (host === undefined) return { kind: 'invalid', why: 'is no sip: URI of the form sip:user@host[:port]' };
  if (isLoopback(host) || isPeerHost(host)) return { kind: 'uri', uri: text, host };
  return { kind: 'invalid', why: `names the host ${host}, which is neither loopback nor a configured peer` };
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '[::1]' || (isIPv4(host) && host.startsWith('127.'));
}
