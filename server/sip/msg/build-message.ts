import { createHeaderList } from './header-list.ts';
import { tagOf } from './name-addr.ts';
import { reasonPhrase } from './reason-phrases.ts';
import type { SipRequest, SipResponse } from './sip-message.ts';

export interface RequestParts {
  readonly method: string;
  readonly uri: string;
  /** Whole header values, tags included. */
  readonly from: string;
  readonly to: string;
  readonly callId: string;
  readonly cseq: number;
  readonly contact?: string | undefined;
  /** Route header values in the order they go out. */
  readonly routes?: readonly string[];
  readonly headers?: Iterable<readonly [string, string]>;
  readonly body?: Buffer;
  readonly contentType?: string | undefined;
}

const NO_BODY = Buffer.alloc(0);

/** A request with everything but Via, which the transaction layer puts on (RFC 3261 8.1.1). Max-Forwards is 70. */
export function createRequest(parts: RequestParts): SipRequest {
  const { method, uri, body = NO_BODY } = parts;
  const headers = createHeaderList([
    ...(parts.routes ?? []).map((route) => ['Route', route] as const),
    ['Max-Forwards', '70'],
    ['From', parts.from],
    ['To', parts.to],
    ['Call-ID', parts.callId],
    ['CSeq', `${parts.cseq} ${method}`],
  ]);
  if (parts.contact !== undefined) headers.set('Contact', parts.contact);
  for (const [name, value] of parts.headers ?? []) headers.append(name, value);
  if (parts.contentType !== undefined) headers.set('Content-Type', parts.contentType);
  return { kind: 'request', method, uri, headers, body };
}

export interface ResponseParts {
  readonly reason?: string | undefined;
  /** Put on To unless it has a tag already. */
  readonly toTag?: string | undefined;
  readonly headers?: Iterable<readonly [string, string]>;
  readonly body?: Buffer;
  readonly contentType?: string | undefined;
}

const DIALOG_CREATING = new Set(['INVITE', 'SUBSCRIBE', 'REFER', 'NOTIFY']);
const COPIED = ['Via', 'From', 'To', 'Call-ID', 'CSeq'];

/**
 * A response with Via, From, To, Call-ID and CSeq of its request (RFC 3261 8.2.6), Timestamp in a 100, and Record-Route
 * where it creates a dialog (12.1.1). Headers that a malformed request lacks are left out.
 */
export function createResponse(request: SipRequest, status: number, parts: ResponseParts = {}): SipResponse {
  const headers = createHeaderList();
  for (const name of COPIED) for (const value of request.headers.all(name)) headers.append(name, value);
  const to = request.headers.get('To');
  const isInDialog = tagOf(to) !== undefined;
  if (to !== undefined && parts.toTag !== undefined && !isInDialog) headers.set('To', `${to};tag=${parts.toTag}`);
  if (status > 100 && status < 300 && DIALOG_CREATING.has(request.method) && !isInDialog) {
    for (const route of request.headers.all('Record-Route')) headers.append('Record-Route', route);
  }
  const timestamp = status === 100 ? request.headers.get('Timestamp') : undefined;
  if (timestamp !== undefined) headers.append('Timestamp', timestamp);
  for (const [name, value] of parts.headers ?? []) headers.append(name, value);
  if (parts.contentType !== undefined) headers.set('Content-Type', parts.contentType);
  const reason = (parts.reason ?? reasonPhrase(status)).replaceAll(/[\r\n\0]/g, ' ');
  return { kind: 'response', status, reason, headers, body: parts.body ?? NO_BODY };
}
