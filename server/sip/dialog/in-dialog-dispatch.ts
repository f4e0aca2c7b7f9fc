import { randomInt } from 'node:crypto';
import { createResponse } from '../msg/build-message.ts';
import { tagOf } from '../msg/name-addr.ts';
import type { SipRequest, SipResponse } from '../msg/sip-message.ts';
import { parseCSeq } from '../msg/via.ts';
import type { Flow, ServerTransaction } from '../txn/transaction-layer.ts';
import { OPTIONS_HEADERS } from './capabilities.ts';
import type { Dialog } from './dialog.ts';
import { type Conflict, inviteConflict, type Negotiation, updateConflict } from './glare.ts';
import { cancelFor, IncomingInvite } from './incoming-invite.ts';
import { IncomingRequest } from './plain-requests.ts';
import { refuse } from './refuse.ts';
import { parseRAck } from './reliable-provisional.ts';
import { intervalProblem, startSessionTimer } from './session-timer.ts';
import type { Subscriptions } from './subscriptions.ts';
import type { OpenIncoming, UaContext } from './ua-context.ts';

const UNKNOWN = { status: 481, headers: [] } as const;

/** Requests of the network inside dialogs (RFC 3261 12.2.2, 14.2, 15.1.2; RFC 3262 3; RFC 3311 5.2). */
export class InDialogDispatch {
  readonly #context: UaContext;
  readonly #subscriptions: Subscriptions;
  readonly #track: (transaction: ServerTransaction, invite: IncomingInvite) => void;

  constructor(
    context: UaContext,
    subscriptions: Subscriptions,
    track: (transaction: ServerTransaction, invite: IncomingInvite) => void,
  ) {
    this.#context = context;
    this.#subscriptions = subscriptions;
    this.#track = track;
  }

  request(transaction: ServerTransaction, toTag: string): void {
    const { request, flow } = transaction;
    const dialog = this.#find(request, toTag) ?? this.#overtaking(request, toTag, flow);
    if (dialog === undefined) {
      refuse(this.#context, transaction, UNKNOWN);
      return;
    }
    if (!dialog.alive) {
      // Both hung up at once: theirs is answered, ours is under way.
      const isBye = request.method === 'BYE';
      refuse(this.#context, transaction, isBye ? { status: 200, headers: [] } : UNKNOWN);
      return;
    }
    const cseq = parseCSeq(request.headers.get('CSeq') ?? '')?.number ?? 0;
    if (dialog.remoteCSeq !== undefined && cseq < dialog.remoteCSeq) {
      refuse(this.#context, transaction, { status: 500, reason: 'CSeq Out Of Order', headers: [] });
      return;
    }
    dialog.remoteCSeq = cseq;
    dialog.flow = flow;
    this.#dispatch(transaction, dialog);
  }

  /** The ACK of a 2xx stops its repetition and is told once. */
  ack(ack: SipRequest, flow: Flow): void {
    const dialog = this.#find(ack, tagOf(ack.headers.get('To')) ?? '');
    const waiting = dialog?.unconfirmed;
    if (dialog === undefined || waiting === undefined) return;
    if (parseCSeq(ack.headers.get('CSeq') ?? '')?.number !== waiting.cseq) return;
    if (dialog.alive) dialog.owner.ack(dialog, ack, flow);
    waiting.acknowledged();
  }

  #dispatch(transaction: ServerTransaction, dialog: Dialog): void {
    switch (transaction.request.method) {
      case 'INVITE':
        this.#invite(transaction, dialog);
        break;
      case 'UPDATE':
        this.#update(transaction, dialog);
        break;
      case 'BYE':
        this.#bye(transaction, dialog);
        break;
      case 'PRACK':
        this.#prack(transaction, dialog);
        break;
      case 'OPTIONS':
        refuse(this.#context, transaction, { status: 200, headers: OPTIONS_HEADERS });
        break;
      default:
        this.#deliver(transaction, dialog, (response, { request }) => this.#finished(dialog, request, response));
    }
  }

  #invite(transaction: ServerTransaction, dialog: Dialog): void {
    const refusal = intervalProblem(transaction.request);
    if (refusal !== undefined) {
      refuse(this.#context, transaction, refusal);
      return;
    }
    const conflict = inviteConflict(negotiationOf(dialog));
    if (conflict !== undefined) {
      this.#conflict(transaction, conflict);
      return;
    }
    // Whoever re-INVITEs has received our 2xx, even if its ACK went missing.
    dialog.unconfirmed?.acknowledged();
    const invite = new IncomingInvite(this.#context, transaction, dialog.owner, dialog);
    this.#track(transaction, invite);
    dialog.owner.request(invite);
  }

  #update(transaction: ServerTransaction, dialog: Dialog): void {
    const refusal = intervalProblem(transaction.request);
    if (refusal !== undefined) {
      refuse(this.#context, transaction, refusal);
      return;
    }
    const conflict = updateConflict(negotiationOf(dialog), transaction.request.body.length > 0);
    if (conflict !== undefined) {
      this.#conflict(transaction, conflict);
      return;
    }
    dialog.theirUpdate = true;
    this.#deliver(transaction, dialog, (response, { request, flow }) => {
      dialog.theirUpdate = false;
      if (response.status >= 300) return;
      dialog.refresh(request, flow);
      if (response.body.length > 0) dialog.localSdp = response.body;
      startSessionTimer(this.#context, dialog, response, 'uas');
    });
  }

  #bye(transaction: ServerTransaction, dialog: Dialog): void {
    if (dialog.state === 'early') {
      this.#byeWhileRinging(transaction, dialog);
      return;
    }
    dialog.state = 'terminating';
    dialog.stopSessionTimer?.();
    dialog.ourInvite?.abandon();
    dialog.theirInvite?.terminate();
    const incoming = new IncomingRequest(this.#context, transaction, dialog.owner, dialog, () => {
      dialog.end();
      return undefined;
    });
    dialog.owner.request(incoming);
  }

  /** A caller may end its early dialog by BYE (RFC 3261 15): to the application it is as good as a CANCEL. */
  #byeWhileRinging(transaction: ServerTransaction, dialog: Dialog): void {
    const invite = dialog.theirInvite;
    if (dialog.role === 'uac' || !(invite instanceof IncomingInvite)) {
      refuse(this.#context, transaction, UNKNOWN);
      return;
    }
    transaction.respond(createResponse(transaction.request, 200));
    invite.cancel(cancelFor(invite.request));
  }

  #prack(transaction: ServerTransaction, dialog: Dialog): void {
    const rack = parseRAck(transaction.request.headers.get('RAck'));
    const invite = dialog.theirInvite;
    if (rack === undefined || !(invite instanceof IncomingInvite) || !invite.acknowledges(rack)) {
      refuse(this.#context, transaction, UNKNOWN);
      return;
    }
    // The application hears of the PRACK before a final response that waited for it goes out.
    this.#deliver(transaction, dialog, () => {});
    invite.prack(rack);
  }

  #deliver(
    transaction: ServerTransaction,
    dialog: Dialog,
    final: (response: SipResponse, incoming: OpenIncoming) => void,
  ): void {
    const incoming = new IncomingRequest(this.#context, transaction, dialog.owner, dialog, (response, self) => {
      final(response, self);
      return undefined;
    });
    dialog.owner.request(incoming);
  }

  #finished(dialog: Dialog, request: SipRequest, response: SipResponse): void {
    if (request.method === 'NOTIFY') this.#subscriptions.notified(dialog, request);
    if (request.method !== 'SUBSCRIBE' || dialog.method !== 'SUBSCRIBE' || response.status >= 300) return;
    dialog.refresh(request, dialog.flow);
    this.#subscriptions.refreshed(dialog, response);
  }

  #conflict(transaction: ServerTransaction, conflict: Exclude<Conflict, undefined>): void {
    const headers = conflict === 500 ? ([['Retry-After', String(randomInt(0, 11))]] as const) : [];
    refuse(this.#context, transaction, { status: conflict, headers });
  }

  #overtaking(request: SipRequest, toTag: string, flow: Flow): Dialog | undefined {
    return request.method === 'NOTIFY' ? this.#subscriptions.early(request, toTag, flow) : undefined;
  }

  #find(request: SipRequest, toTag: string): Dialog | undefined {
    const { headers } = request;
    return this.#context.dialogs.find(headers.get('Call-ID') ?? '', toTag, tagOf(headers.get('From')) ?? '');
  }
}

function negotiationOf(dialog: Dialog): Negotiation {
  return {
    early: dialog.state === 'early',
    ourInvite: dialog.ourInvite?.pending === true,
    theirInvite: dialog.theirInvite !== undefined,
    ourUpdate: dialog.ourUpdate,
    theirUpdate: dialog.theirUpdate,
    earlyAnswer: dialog.theirInvite?.answeredEarly === true,
  };
}
