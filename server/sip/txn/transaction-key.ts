import { randomBytes } from 'node:crypto';
import { tagOf } from '../msg/name-addr.ts';
import type { SipRequest, SipResponse, Via } from '../msg/sip-message.ts';
import { parseCSeq, parseVia } from '../msg/via.ts';

/** What a branch of RFC 3261 begins with (8.1.1.7). */
export const MAGIC_COOKIE = 'z9hG4bK';

export const createBranch = (): string => MAGIC_COOKIE + randomBytes(8).toString('hex');

/**
 * Names the server transaction a request belongs to (RFC 3261 17.2.3). An ACK has the key of its INVITE. Requests of
 * RFC 2543 senders, whose branch lacks the magic cookie, match by Request-URI, From tag, Call-ID, CSeq and Via; the To
 * tag is left out, because an ACK carries the one of our response.
 */
export function serverKey(request: SipRequest, via: Via, method: string = request.method): string {
  const matched = method === 'ACK' ? 'INVITE' : method;
  const sentBy = `${via.host.toLowerCase()}:${via.port ?? ''}`;
  const branch = via.params.get('branch') ?? '';
  // A bare magic cookie identifies nothing (RFC 4475 3.1.1.12 has one).
  if (branch.startsWith(MAGIC_COOKIE) && branch.length > MAGIC_COOKIE.length) return `${branch}|${sentBy}|${matched}`;
  const { headers, uri } = request;
  const sequence = parseCSeq(headers.get('CSeq') ?? '')?.number ?? '';
  const parts = [
    uri,
    tagOf(headers.get('From')) ?? '',
    headers.get('Call-ID') ?? '',
    sequence,
    sentBy,
    branch,
    matched,
  ];
  return parts.join('|');
}

/** The CSeq method tells a CANCEL's response from its INVITE's, which have the same branch (RFC 3261 17.1.3). */
export const clientKey = (branch: string, method: string): string => `${branch}|${method}`;

export function responseKey(response: SipResponse): string | undefined {
  const via = parseVia(response.headers.get('Via') ?? '');
  const cseq = parseCSeq(response.headers.get('CSeq') ?? '');
  const branch = via?.params.get('branch');
  return branch === undefined || cseq === undefined ? undefined : clientKey(branch, cseq.method);
}
