import { createHeaderList } from '../msg/header-list.ts';
import type { SipRequest, SipResponse } from '../msg/sip-message.ts';
import { parseCSeq } from '../msg/via.ts';

const NO_BODY = Buffer.alloc(0);

function followUp(
  invite: SipRequest,
  method: string,
  to: string,
  more: Iterable<readonly [string, string]>,
): SipRequest {
  const { headers, uri } = invite;
  const sequence = parseCSeq(headers.get('CSeq') ?? '')?.number ?? 0;
  const own = createHeaderList([
    ['Via', headers.get('Via') ?? ''],
    ...headers.all('Route').map((route) => ['Route', route] as const),
    ['Max-Forwards', '70'],
    ['From', headers.get('From') ?? ''],
    ['To', to],
    ['Call-ID', headers.get('Call-ID') ?? ''],
    ['CSeq', `${sequence} ${method}`],
    ...more,
    ['Content-Length', '0'],
  ]);
  return { kind: 'request', method, uri, headers: own, body: NO_BODY };
}

/** The ACK of a non-2xx final response: same branch, To of the response (RFC 3261 17.1.1.3). */
export const ackForFailure = (invite: SipRequest, response: SipResponse): SipRequest =>
  followUp(invite, 'ACK', response.headers.get('To') ?? invite.headers.get('To') ?? '', []);

/** The CANCEL of an INVITE: same branch, To and CSeq number (RFC 3261 9.1). */
export const cancelFor = (invite: SipRequest, extra: readonly (readonly [string, string])[]): SipRequest =>
  followUp(invite, 'CANCEL', invite.headers.get('To') ?? '', extra);
