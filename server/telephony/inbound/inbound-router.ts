import { messageOf } from '../../contract/errors.ts';
import { acceptedBodies, capabilities } from '../call/capabilities.ts';
import { refuseSdp } from '../call/dialog-call.ts';
import { sdpBodyOf } from '../call/sdp-body.ts';
import { parseNameAddress, parseSipUri } from '../call/sip-uri.ts';
import type { TelephonyContext } from '../call/telephony-context.ts';
import type { InboundAcceptor } from '../call-edge.ts';
import { localAddressFor } from '../connection/local-address.ts';
import type { SrfRequest, SrfResponse } from '../connection/srf.ts';
import { MediaSession } from '../offer-answer/media-session.ts';
import { InboundCall } from './inbound-call.ts';

/** Checks a new INVITE, makes it a call and has it decided upon. `isCurrent` is false once the connection is lost. */
export async function routeInvite(
  context: TelephonyContext,
  request: SrfRequest,
  response: SrfResponse,
  accept: InboundAcceptor,
  isCurrent: () => boolean,
): Promise<void> {
  const invite = checkInvite(context, request, response);
  if (invite === undefined) return;
  let cancelled = false;
  request.once('cancel', () => {
    cancelled = true;
  });
  const localAddress = await localAddressFor(request.source_address).catch(() => undefined);
  if (cancelled || !isCurrent()) return;
  if (localAddress === undefined) {
    response.send(503, { headers: capabilities });
    return;
  }
  decide(context, new InboundCall(context, { ...invite, request, response, localAddress }), accept);
}

/** Checks what the library would stumble over or answer wrongly; undefined when the INVITE has been refused. */
function checkInvite(context: TelephonyContext, request: SrfRequest, response: SrfResponse) {
  if (request.stackDialogId || /;\s*tag=/i.test(request.get('To') ?? '')) {
    response.send(481, { headers: capabilities });
    return undefined;
  }
  if (/\breplaces\b/i.test(request.get('Require') ?? '')) {
    response.send(420, { headers: { ...capabilities, Unsupported: 'replaces' } });
    return undefined;
  }
  const contact = parseNameAddress(request.get('Contact') ?? '')?.uri;
  if (contact === undefined || parseSipUri(contact) === undefined) {
    response.send(400, 'Missing or Malformed Contact', { headers: capabilities });
    return undefined;
  }
  const body = sdpBodyOf(request);
  if (body.kind === 'other') {
    response.send(415, { headers: { ...capabilities, ...acceptedBodies } });
    return undefined;
  }
  const media = new MediaSession(context.codecs);
  if (body.kind === 'none') return { media, offer: undefined, offered: undefined };
  const verdict = media.preview(body.text);
  if (verdict.ok) return { media, offer: body.text, offered: verdict.media };
  refuseSdp(response, verdict.refusal);
  return undefined;
}

function decide(context: TelephonyContext, call: InboundCall, accept: InboundAcceptor): void {
  call.start();
  try {
    const listener = accept(call);
    if (listener) call.listen(listener);
    else if (call.undecided) call.reject(480, 'Temporarily Unavailable');
  } catch (failure) {
    context.log.error({ sipCallId: call.sipCallId, failure: messageOf(failure) }, 'An inbound call was not accepted');
    if (call.undecided) call.reject(500, 'Server Internal Error');
  }
}
