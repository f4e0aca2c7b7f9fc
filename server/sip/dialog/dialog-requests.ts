import { createResponse } from '../msg/build-message.ts';
import type { SipRequest, SipResponse } from '../msg/sip-message.ts';
import { parseCSeq } from '../msg/via.ts';
import type { Flow } from '../txn/transaction-layer.ts';
import type { ApplicationSide, HeaderPairs, RequestDraft, SentListener } from './application-side.ts';
import { contactOn } from './compose-request.ts';
import type { Dialog } from './dialog.ts';
import { acknowledgeFirst, endDialog, loseDialog } from './ending.ts';
import { checkDraft, valueOf, withoutDialogHeaders } from './header-policy.ts';
import { hostPort, type Way } from './next-hop.ts';
import { OutgoingInvite } from './outgoing-invite.ts';
import { OutgoingRequest } from './plain-requests.ts';
import { parseRAck } from './reliable-provisional.ts';
import { startSessionTimer } from './session-timer.ts';
import type { Subscriptions } from './subscriptions.ts';
import type { UaContext } from './ua-context.ts';

const NO_BODY = Buffer.alloc(0);
const NO_DIALOG = { ok: false, reason: 'unable to find dialog' } as const;
/** Requests that name our target for what follows. */
const CONTACT_METHODS = new Set(['INVITE', 'UPDATE', 'SUBSCRIBE', 'REFER']);

/** The application's requests inside dialogs (RFC 3261 12.2.1, 14.1, 15.1.1; RFC 3262 4; RFC 3311). */
export class DialogRequests {
  readonly #context: UaContext;
  readonly #subscriptions: Subscriptions;

  constructor(context: UaContext, subscriptions: Subscriptions) {
    this.#context = context;
    this.#subscriptions = subscriptions;
  }

  send(handle: string, draft: RequestDraft, sent: SentListener<SipRequest>): void {
    if (draft.method === 'PRACK') {
      this.#prack(handle, draft, sent);
      return;
    }
    const dialog = this.#context.dialogs.byHandle(handle);
    if (dialog === undefined) {
      sent(NO_DIALOG);
      return;
    }
    if (draft.method === 'ACK') this.#acknowledge(dialog, draft, sent);
    else if (draft.method === 'BYE') dialog.whenAcknowledged(() => this.#hangUp(dialog, draft, sent));
    else if (draft.method === 'INVITE') this.#reinvite(dialog, draft, sent);
    else if (draft.method === 'CANCEL') sent({ ok: false, reason: 'a CANCEL needs the transaction of its INVITE' });
    else this.#build(dialog, draft, dialog.owner, sent);
  }

  /** A session refresh of the core's own; the application hears of it only if it ends the dialog. */
  refresh(
    dialog: Dialog,
    method: 'UPDATE' | 'INVITE',
    headers: HeaderPairs,
    done: (response: SipResponse) => void,
  ): void {
    if (dialog.ourInvite !== undefined || dialog.theirInvite !== undefined || dialog.ourUpdate) {
      done(createResponse(dialog.buildRequest(method, dialog.localCSeq, [], NO_BODY), 491));
      return;
    }
    const body = method === 'INVITE' ? (dialog.localSdp ?? NO_BODY) : NO_BODY;
    const draft = { method, uri: dialog.remoteTarget, headers, body };
    this.#build(dialog, draft, refreshSide(dialog, done), () => {});
  }

  #acknowledge(dialog: Dialog, draft: RequestDraft, sent: SentListener<SipRequest>): void {
    if (dialog.unacknowledged === undefined) sent({ ok: false, reason: 'no INVITE waits for an ACK' });
    else dialog.unacknowledged.acknowledge(draft, sent);
  }

  #hangUp(dialog: Dialog, draft: RequestDraft, sent: SentListener<SipRequest>): void {
    if (dialog.state !== 'confirmed') {
      sent(dialog.state === 'early' ? { ok: false, reason: 'the dialog is not confirmed' } : NO_DIALOG);
      return;
    }
    this.#way(dialog, (way) => {
      const request = this.#compose(dialog, draft, way);
      if (typeof request === 'string') {
        sent({ ok: false, reason: request });
        return;
      }
      acknowledgeFirst(dialog);
      dialog.state = 'terminating';
      dialog.ourInvite?.abandon();
      dialog.theirInvite?.terminate();
      new OutgoingRequest(this.#context, request, dialog.owner, dialog, ({ status }) => {
        if (status === 401 || status === 407) dialog.state = 'confirmed';
        else dialog.end();
        return undefined;
      }).start(way, sent);
    });
  }

  /** A second INVITE while another is open would be refused by the other side: refused here instead (RFC 3261 14.1). */
  #reinvite(dialog: Dialog, draft: RequestDraft, sent: SentListener<SipRequest>): void {
    if (dialog.state !== 'confirmed') {
      sent({ ok: false, reason: 'the dialog is not confirmed' });
      return;
    }
    this.#build(dialog, draft, dialog.owner, sent);
  }

  #prack(handle: string, draft: RequestDraft, sent: SentListener<SipRequest>): void {
    const rseq = parseRAck(valueOf(draft.headers, 'rack'))?.rseq;
    const dialog = this.#context.dialogs
      .siblings(handle)
      .find(({ ourInvite, remoteTag }) => rseq !== undefined && ourInvite?.takePrack(remoteTag, rseq) === true);
    const invite = dialog?.ourInvite;
    if (dialog === undefined || rseq === undefined || invite === undefined) {
      sent(NO_DIALOG);
      return;
    }
    const rack = ['RAck', `${rseq} ${invite.cseq} INVITE`] as const;
    const others = draft.headers.filter(([name]) => name.toLowerCase() !== 'rack');
    this.#build(dialog, { ...draft, headers: [...others, rack] }, dialog.owner, sent);
  }

  #build(dialog: Dialog, draft: RequestDraft, owner: ApplicationSide, sent: SentListener<SipRequest>): void {
    this.#way(dialog, (way) => {
      const request = this.#compose(dialog, draft, way);
      if (typeof request === 'string') {
        sent({ ok: false, reason: request });
      } else if (draft.method !== 'INVITE') {
        this.#launch(dialog, request, owner, way, sent);
      } else if (dialog.ourInvite === undefined && dialog.theirInvite === undefined) {
        new OutgoingInvite(this.#context, request, owner, dialog).start(way, sent);
      } else {
        this.#refuseHere(dialog, request, owner, sent);
      }
    });
  }

  #launch(
    dialog: Dialog,
    request: SipRequest,
    owner: ApplicationSide,
    way: Way | undefined,
    sent: SentListener<SipRequest>,
  ): void {
    const hasOffer = request.method === 'UPDATE' && request.body.length > 0;
    if (hasOffer) dialog.ourUpdate = true;
    const outgoing = new OutgoingRequest(this.#context, request, owner, dialog, (response, flow) => {
      if (hasOffer) dialog.ourUpdate = false;
      this.#answered(dialog, request, response, flow);
      return undefined;
    });
    outgoing.start(way, sent);
  }

  #answered(dialog: Dialog, request: SipRequest, response: SipResponse, flow: Flow | undefined): void {
    const { method } = request;
    const isSuccess = response.status < 300 && flow !== undefined;
    if (method === 'UPDATE' && isSuccess) {
      dialog.refresh(response, flow);
      if (request.body.length > 0) dialog.localSdp = request.body;
      startSessionTimer(this.#context, dialog, response, 'uac');
    } else if (method === 'SUBSCRIBE' && isSuccess && dialog.method === 'SUBSCRIBE') {
      dialog.refresh(response, flow);
      this.#subscriptions.refreshed(dialog, response);
    } else if (method === 'NOTIFY') this.#subscriptions.notified(dialog, request);
    if (method !== 'UPDATE') return;
    if (response.status === 481) loseDialog(dialog, 'the other side does not know the call');
    if (response.status === 408 && flow === undefined) endDialog(this.#context, dialog, 'no answer to UPDATE', true);
  }

  #refuseHere(dialog: Dialog, request: SipRequest, owner: ApplicationSide, sent: SentListener<SipRequest>): void {
    const outgoing = new OutgoingRequest(this.#context, request, owner, dialog, () => undefined);
    sent({ ok: true, message: request, flow: undefined, dialog, id: outgoing.id });
    owner.response(outgoing, createResponse(request, 491), undefined, dialog);
  }

  /** The finished request, or what is wrong with the draft. */
  #compose(dialog: Dialog, draft: RequestDraft, way: Way | undefined): SipRequest | string {
    const { flow } = way ?? dialog;
    const checked = checkDraft(draft, hostPort(flow.localAddress, flow.localPort));
    if (!checked.ok) return checked.reason;
    const wanted = parseCSeq(valueOf(checked.headers, 'cseq')?.trim() ?? '')?.number;
    const headers = withoutDialogHeaders(checked.headers).filter(([name]) => name.toLowerCase() !== 'max-forwards');
    const hasContact = valueOf(headers, 'contact') !== undefined || valueOf(headers, 'm') !== undefined;
    if (CONTACT_METHODS.has(draft.method) && !hasContact) {
      headers.unshift(['Contact', contactOn(flow.transport, flow.localAddress, flow.localPort)]);
    }
    return dialog.buildRequest(draft.method, dialog.nextCSeq(wanted), headers, draft.body, checked.contentType);
  }

  #way(dialog: Dialog, use: (way: Way | undefined) => void): void {
    this.#context.router.find(dialog.nextHop(), use);
  }
}

/** Stands in for the application while the core refreshes a session by itself. */
function refreshSide(dialog: Dialog, done: (response: SipResponse) => void): ApplicationSide {
  const { owner } = dialog;
  return {
    request: (incoming) => owner.request(incoming),
    ack: (ofDialog, ack, flow) => owner.ack(ofDialog, ack, flow),
    cancelled: (invite, cancel) => owner.cancelled(invite, cancel),
    ended: (ofDialog, bye) => owner.ended(ofDialog, bye),
    response: ({ request }, response) => {
      if (response.status < 200) return;
      if (request.method === 'INVITE' && response.status < 300) {
        const ack = { method: 'ACK', uri: request.uri, headers: [], body: NO_BODY };
        dialog.unacknowledged?.acknowledge(ack, () => {});
      }
      done(response);
    },
  };
}
