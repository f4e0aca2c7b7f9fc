import type { LocalMediaPoint, NegotiatedMedia } from '../../contract/media-session.ts';
import type { Clock } from '../../lifetime/clock.ts';
import type { Logger } from '../../log/logger.ts';
import type { TransferOutcome } from '../call-edge.ts';
import type { Srf, SrfDialog, SrfRequest, SrfResponse } from '../connection/srf.ts';
import type { DigestClient } from '../digest/digest-client.ts';
import { isHeld, type MediaSession, type SdpRefusal, sameMedia } from '../offer-answer/media-session.ts';
import { referTarget } from '../transfer/refer-target.ts';
import { referNews } from '../transfer/sipfrag.ts';
import { Transfer } from '../transfer/transfer.ts';
import { acceptedBodies, capabilities, sdpType, warning } from './capabilities.ts';
import type { EdgeLife } from './edge-life.ts';
import { requestInDialog } from './in-dialog.ts';
import { infoDigit } from './info-digit.ts';
import { sdpBodyOf } from './sdp-body.ts';
import { sessionTimerHeaders } from './session-timer.ts';
import { parseNameAddress } from './sip-uri.ts';

export interface DialogCallParts {
  readonly srf: Srf;
  readonly dialog: SrfDialog;
  readonly media: MediaSession;
  /** Our RTP socket as SDP must name it. */
  readonly local: LocalMediaPoint;
  readonly life: EdgeLife;
  readonly digest: DigestClient | undefined;
  readonly clock: Clock;
  readonly log: Logger;
}

/** Our side of an INVITE dialog, whoever began it: everything that may happen between the 200 and the BYE. */
export class DialogCall {
  readonly #parts: DialogCallParts;
  /** CSeq of the INVITE whose 2xx held our offer: the ACK with that number brings the answer. */
  #openOffer: number | undefined;
  #transfer: Transfer | undefined;
  #everTransferred = false;

  constructor(parts: DialogCallParts) {
    this.#parts = parts;
  }

  /** Takes over the dialog's events. Must run in the turn of the event loop in which the dialog was made. */
  attach(): void {
    const { dialog } = this.#parts;
    const on = (event: string, run: (request: SrfRequest, response: SrfResponse) => void) =>
      dialog.on(event, (request: SrfRequest, response: SrfResponse) =>
        this.#safely(event, () => run(request, response)),
      );
    on('modify', (request, response) => this.#reInvite(request, response));
    on('update', (request, response) => this.#update(request, response));
    on('info', (request, response) => this.#info(request, response));
    on('notify', (request, response) => this.#notify(request, response));
    on('options', (_request, response) => response.send(200, { headers: { ...capabilities, Accept: sdpType } }));
    // A caller may not send the agent elsewhere, nor text it: what we don't do is said, not swallowed.
    on('refer', (_request, response) => response.send(603, 'Decline', { headers: capabilities }));
    on('message', (_request, response) => response.send(405, { headers: capabilities }));
    on('publish', (_request, response) => response.send(405, { headers: capabilities }));
    on('subscribe', (_request, response) => response.send(489, { headers: capabilities }));
    on('ack', (request) => this.#ack(request));
    on('destroy', () => this.#left());
  }

  /** Says that the 2xx to this INVITE holds our offer: its answer comes in the ACK. */
  expectAnswerInAck(invite: SrfRequest): void {
    this.#openOffer = sequenceOf(invite);
  }

  /** Resolves when the BYE has been answered, or nobody will answer it. */
  async bye(): Promise<void> {
    const { srf, dialog, digest, log } = this.#parts;
    this.#transfer?.abandon();
    const answer = await requestInDialog(dialog, 'BYE', {}, digest);
    if (answer.status >= 300 && answer.status !== 481) log.debug({ status: answer.status }, 'BYE was not accepted');
    dialog.connected = false;
    srf.removeDialog(dialog);
    dialog.removeAllListeners();
  }

  async transfer(target: string): Promise<TransferOutcome> {
    const { dialog, digest, clock, life } = this.#parts;
    if (life.ended !== undefined) return { kind: 'refused', status: 481 };
    if (this.#transfer !== undefined) return { kind: 'refused', status: 491 };
    const uri = referTarget(target, dialog.remote.uri);
    if (uri === undefined) return { kind: 'refused', status: 400 };
    const transfer = new Transfer(clock);
    this.#transfer = transfer;
    this.#everTransferred = true;
    const own = parseNameAddress(dialog.local.contact ?? '')?.uri;
    const referredBy = own === undefined ? {} : { 'Referred-By': `<${own}>` };
    const headers = { 'Refer-To': `<${uri}>`, ...referredBy, ...capabilities };
    void requestInDialog(dialog, 'REFER', { headers }, digest).then(({ status }) => transfer.referAnswered(status));
    const outcome = await transfer.outcome;
    this.#transfer = undefined;
    return outcome;
  }

  /** The call is over without the dialog's doing (core lost): lets go of everything that waits. */
  abandon(): void {
    this.#transfer?.abandon();
    this.#parts.dialog.removeAllListeners();
  }

  #reInvite(request: SrfRequest, response: SrfResponse): void {
    const { media, local } = this.#parts;
    if (this.#refuseWhenBusy(response)) return;
    const body = sdpBodyOf(request);
    if (body.kind === 'none') {
      this.expectAnswerInAck(request);
      this.#sendSdp(request, response, media.offer(local));
      return;
    }
    this.#answer(body.kind === 'sdp' ? body.text : undefined, request, response);
  }

  #update(request: SrfRequest, response: SrfResponse): void {
    const body = sdpBodyOf(request);
    if (body.kind === 'none') response.send(200, { headers: { ...capabilities, ...sessionTimerHeaders(request) } });
    else if (!this.#refuseWhenBusy(response)) {
      this.#answer(body.kind === 'sdp' ? body.text : undefined, request, response);
    }
  }

  /** One offer at a time (RFC 3264, 4; RFC 3311, 5.2). */
  #refuseWhenBusy(response: SrfResponse): boolean {
    if (this.#parts.life.ended !== undefined) response.send(481);
    else if (this.#openOffer !== undefined) response.send(491);
    else return false;
    return true;
  }

  #answer(offer: string | undefined, request: SrfRequest, response: SrfResponse): void {
    const { media, local } = this.#parts;
    if (offer === undefined) {
      response.send(415, { headers: acceptedBodies });
      return;
    }
    const before = media.agreed;
    const verdict = media.answer(offer, local);
    if (!verdict.ok) {
      refuseSdp(response, verdict.refusal);
      return;
    }
    this.#sendSdp(request, response, verdict.sdp);
    this.#tellMedia(before, verdict.media);
  }

  #sendSdp(request: SrfRequest, response: SrfResponse, sdp: string): void {
    const { contact } = this.#parts.dialog.local;
    const own = contact === undefined ? {} : { Contact: contact };
    const headers = { ...capabilities, ...sessionTimerHeaders(request), 'Content-Type': sdpType, ...own };
    response.send(200, { body: sdp, headers });
  }

  #tellMedia(before: NegotiatedMedia | undefined, now: NegotiatedMedia): void {
    if (before !== undefined && sameMedia(before, now)) return;
    this.#parts.life.tell((listener) => listener.mediaChanged(now, isHeld(now)));
  }

  /**
   * The ACK to a re-INVITE without offer; the first ACK belongs to whoever sent the first 200. The library hands on an
   * ACK later than the request that came after it, so the number tells which INVITE it is for.
   */
  #ack(request: SrfRequest): void {
    const { media, log } = this.#parts;
    const before = media.agreed;
    if (before === undefined || this.#openOffer === undefined || sequenceOf(request) !== this.#openOffer) return;
    this.#openOffer = undefined;
    const body = sdpBodyOf(request);
    const verdict = body.kind === 'sdp' ? media.accept(body.text) : undefined;
    if (verdict?.ok === true) this.#tellMedia(before, verdict.media);
    else log.warn({ why: verdict?.refusal.why ?? 'no session description' }, 'An ACK did not answer our offer');
  }

  /** The answer to the offer of the first 200, from the ACK. */
  acceptFirstAnswer(request: SrfRequest): NegotiatedMedia | undefined {
    this.#openOffer = undefined;
    const body = sdpBodyOf(request);
    const verdict = body.kind === 'sdp' ? this.#parts.media.accept(body.text) : undefined;
    return verdict?.ok === true ? verdict.media : undefined;
  }

  #info(request: SrfRequest, response: SrfResponse): void {
    const digit = infoDigit(request.get('Content-Type'), request.body);
    if (digit !== undefined) {
      response.send(200);
      this.#parts.life.tell((listener) => listener.infoDigit(digit));
    } else if ((request.body ?? '') === '') {
      response.send(200);
    } else {
      response.send(415, { headers: { Accept: 'application/dtmf-relay, application/dtmf' } });
    }
  }

  #notify(request: SrfRequest, response: SrfResponse): void {
    const event = request.get('Event')?.split(';')[0]?.trim().toLowerCase();
    if (event !== 'refer') {
      response.send(489, { headers: capabilities });
    } else if (!this.#everTransferred) {
      response.send(481);
    } else {
      response.send(200);
      this.#transfer?.notified(referNews(request.body, request.get('Subscription-State')));
    }
  }

  #left(): void {
    this.#transfer?.otherSideLeft();
    this.#parts.life.end({ kind: 'remote', cancelled: false });
  }

  /** An exception must not reach the control connection's reader: it would lose its place in the stream. */
  #safely(event: string, run: () => void): void {
    try {
      run();
    } catch (failure) {
      this.#parts.log.error({ event, failure: String(failure) }, 'A request inside a call could not be handled');
    }
  }
}

function sequenceOf(request: SrfRequest): number {
  return Number.parseInt(request.get('CSeq') ?? '', 10);
}

export function refuseSdp(response: SrfResponse, refusal: SdpRefusal): void {
  response.send(refusal.status, { headers: { ...acceptedBodies, ...warning(refusal.why) } });
}
