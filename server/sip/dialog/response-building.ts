import { createResponse } from '../msg/build-message.ts';
import { tagOf } from '../msg/name-addr.ts';
import type { SipRequest, SipResponse } from '../msg/sip-message.ts';
import type { Flow } from '../txn/transaction-layer.ts';
import type { HeaderPairs, ResponseDraft } from './application-side.ts';
import { contactOn } from './compose-request.ts';
import { checkDraft, valueOf, withoutDialogHeaders } from './header-policy.ts';
import { hostPort } from './next-hop.ts';

export type BuiltResponse =
  | { readonly ok: true; readonly response: SipResponse }
  | { readonly ok: false; readonly reason: string };

/** Requests whose 2xx names a target for what follows. */
const CONTACT_METHODS = new Set(['INVITE', 'UPDATE', 'SUBSCRIBE', 'REFER']);

/**
 * A response made of the application's draft: its headers after those of the request, Contact with the address of the
 * flow on a 2xx (and where `needsContact`), Content-Type for SDP.
 */
export function buildResponse(
  request: SipRequest,
  draft: ResponseDraft,
  flow: Flow,
  toTag: string | undefined,
  extra: HeaderPairs = [],
  needsContact = false,
): BuiltResponse {
  const checked = checkDraft(draft, hostPort(flow.localAddress, flow.localPort));
  if (!checked.ok) return checked;
  const headers = withoutDialogHeaders(checked.headers);
  const isSuccess = draft.status >= 200 && draft.status < 300;
  const wantsContact = needsContact || (isSuccess && CONTACT_METHODS.has(request.method));
  if (wantsContact && valueOf(headers, 'contact') === undefined && valueOf(headers, 'm') === undefined) {
    headers.unshift(['Contact', contactOn(flow.transport, flow.localAddress, flow.localPort)]);
  }
  const { status, body } = draft;
  const { contentType } = checked;
  const reason = draft.reason === '' ? undefined : draft.reason;
  const response = createResponse(request, status, {
    reason,
    toTag,
    headers: [...headers, ...extra],
    body,
    contentType,
  });
  return { ok: true, response };
}

/** The tag that the application wants on To; undefined when it names none or one that is not safe to use as a name. */
export function tagWanted(draft: ResponseDraft): string | undefined {
  const tag = tagOf(valueOf(draft.headers, 'to') ?? valueOf(draft.headers, 't'));
  return tag !== undefined && /^[A-Za-z0-9\-.!%*_+`'~]{1,128}$/.test(tag) ? tag : undefined;
}
