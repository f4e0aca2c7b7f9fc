/** What we say about ourselves: nothing else adds these headers. */
export const capabilities = {
  Allow: 'INVITE, ACK, CANCEL, BYE, OPTIONS, UPDATE, INFO, NOTIFY, PRACK',
  'Allow-Events': 'refer',
  Supported: 'timer',
  'User-Agent': 'Landline',
} as const;

export const sdpType = 'application/sdp';

/** For 4xx responses about the body (RFC 3261, 21.4.13). */
export const acceptedBodies = { Accept: sdpType, 'Accept-Encoding': 'identity' } as const;

/** Warning 399 with a sentence for the other side's log (RFC 3261, 20.43). */
export function warning(sentence: string): Readonly<Record<string, string>> {
  return { Warning: `399 landline "${sentence.replace(/["\\\r\n]/g, "'")}"` };
}
