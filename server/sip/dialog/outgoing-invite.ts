import { randomUUID } from 'node:crypto';
import { createResponse } from '../msg/build-message.ts';
import { tagOf } from '../msg/name-addr.ts';
import type { SipRequest, SipResponse } from '../msg/sip-message.ts';
import { parseCSeq } from '../msg/via.ts';
import type { ClientTransaction, Flow, Target } from '../txn/transaction-layer.ts';
import type { ApplicationSide, HeaderPairs, Outgoing, RequestDraft, SentListener } from './application-side.ts';
import { hasOption } from './capabilities.ts';
import { contactUri, type Dialog, dialogAsUac, type OurInvite, routeSetOf } from './dialog.ts';
import { acknowledgeAndEnd, endDialog, loseDialog } from './ending.ts';
import { checkDraft, withoutDialogHeaders } from './header-policy.ts';
import { cancelFor } from './incoming-invite.ts';
import { hostPort, type Way } from './next-hop.ts';
import { startSessionTimer } from './session-timer.ts';
import { launch, type OpenInvite, type UaContext } from './ua-context.ts';

/** Credentials go along with the ACK (RFC 3261 13.2.2.4). */
const CREDENTIALS = ['Authorization', 'Proxy-Authorization'];

/** An INVITE of ours, first or inside a dialog, with every answer it gets (RFC 3261 13.2, 14.1). */
export class OutgoingInvite implements Outgoing, OurInvite, OpenInvite {
  readonly id = randomUUID();
  readonly owner: ApplicationSide;
  readonly #context: UaContext;
  readonly #inDialog: Dialog | undefined;
  /** By remote tag: one per answering device. */
  readonly #dialogs = new Map<string, Dialog>();
  /** RSeq of the last reliable provisional, by remote tag; and of the one that waits for its PRACK. */
  readonly #lastRSeq = new Map<string, number>();
  readonly #awaitingPrack = new Map<string, number>();
  #request: SipRequest;
  #transaction: ClientTransaction | undefined;
  #state: 'pending' | 'accepted' | 'over' = 'pending';
  #abandoned = false;
  #cancelHeaders: HeaderPairs | undefined;
  #accepted: Dialog | undefined;
  #ack: { readonly request: SipRequest; readonly target: Target } | undefined;

  constructor(context: UaContext, request: SipRequest, owner: ApplicationSide, dialog?: Dialog) {
    this.#context = context;
    this.#request = request;
    this.owner = owner;
    this.#inDialog = dialog;
    if (dialog !== undefined) dialog.ourInvite = this;
    context.outgoingInvites.set(this.id, this);
  }

  get request(): SipRequest {
    return this.#request;
  }

  get flow(): Flow | undefined {
    return this.#transaction?.flow;
  }

  get cseq(): number {
    return parseCSeq(this.#request.headers.get('CSeq') ?? '')?.number ?? 1;
  }

  get pending(): boolean {
    return this.#state === 'pending';
  }

  start(way: Way | undefined, sent: SentListener<SipRequest>): void {
    launch(
      this.#context,
      this.#request,
      way,
      {
        sent: (message, flow) => {
          this.#request = message;
          sent({ ok: true, message, flow, dialog: this.#inDialog, id: this.id });
        },
        response: (response, flow) => this.#response(response, flow),
        failed: (response, why) => this.#failed(response, why),
      },
      (transaction) => {
        this.#transaction = transaction;
        if (this.#cancelHeaders !== undefined) transaction.cancel(this.#cancelHeaders);
      },
    );
  }

  cancel(headers: HeaderPairs): SipRequest | undefined {
    if (this.#state !== 'pending' || this.#cancelHeaders !== undefined) return undefined;
    this.#cancelHeaders = headers;
    this.#transaction?.cancel(headers);
    const cancel = cancelFor(this.#request);
    for (const [name, value] of headers) cancel.headers.append(name, value);
    return cancel;
  }

  abandon(): void {
    this.#abandoned = true;
    this.cancel([]);
  }

  takePrack(remoteTag: string, rseq: number): boolean {
    return this.#awaitingPrack.get(remoteTag) === rseq && this.#awaitingPrack.delete(remoteTag);
  }

  acknowledge(draft: RequestDraft, sent: SentListener<SipRequest>): void {
    const dialog = this.#accepted;
    if (dialog === undefined || this.#ack !== undefined) {
      sent({ ok: false, reason: 'no INVITE waits for an ACK' });
      return;
    }
    const built = this.#buildAck(dialog, draft);
    if (typeof built === 'string') {
      sent({ ok: false, reason: built });
      return;
    }
    dialog.unacknowledged = undefined;
    if (built.body.length > 0) dialog.localSdp = built.body;
    this.#context.router.find(dialog.nextHop(), (way) => {
      if (way === undefined) {
        sent({ ok: false, reason: 'no way to the other side' });
        return;
      }
      const request = this.#context.layer.sendAck(built, way.target);
      this.#ack = { request, target: way.target };
      sent({ ok: true, message: request, flow: way.flow, dialog, id: randomUUID() });
    });
  }

  #buildAck(dialog: Dialog, draft: RequestDraft): SipRequest | string {
    const checked = checkDraft(draft, hostPort(dialog.flow.localAddress, dialog.flow.localPort));
    if (!checked.ok) return checked.reason;
    const headers = withoutDialogHeaders(checked.headers);
    for (const name of CREDENTIALS) {
      for (const value of this.#request.headers.all(name)) headers.push([name, value]);
    }
    return dialog.buildRequest('ACK', this.cseq, headers, draft.body, checked.contentType);
  }

  #response(response: SipResponse, flow: Flow): void {
    if (response.status < 200) this.#provisional(response, flow);
    else if (response.status < 300) this.#success(response, flow);
    else if (this.#state === 'pending') this.#finish(response, flow);
  }

  #provisional(response: SipResponse, flow: Flow): void {
    if (this.#state !== 'pending') return;
    const tag = tagOf(response.headers.get('To'));
    const dialog = response.status > 100 && tag !== undefined ? this.#earlyDialog(tag, response, flow) : this.#inDialog;
    const rseq = Number(response.headers.get('RSeq'));
    if (tag !== undefined && rseq > 0 && hasOption(response.headers, '100rel', 'Require')) {
      const last = this.#lastRSeq.get(tag);
      // Repeated, or one went missing: it comes again (RFC 3262 4).
      if (last !== undefined && rseq !== last + 1) return;
      this.#lastRSeq.set(tag, rseq);
      this.#awaitingPrack.set(tag, rseq);
    }
    this.owner.response(this, response, flow, dialog);
  }

  #success(response: SipResponse, flow: Flow): void {
    const tag = tagOf(response.headers.get('To')) ?? '';
    if (this.#accepted !== undefined && (this.#inDialog !== undefined || this.#accepted.remoteTag === tag)) {
      if (this.#ack !== undefined) this.#context.layer.repeatAck(this.#ack.request, this.#ack.target);
      return;
    }
    if (this.#state === 'pending' && this.#isWanted(response)) this.#accept(tag, response, flow);
    else this.#decline(tag, response, flow);
  }

  #isWanted(response: SipResponse): boolean {
    if (this.#inDialog !== undefined) return this.#inDialog.alive;
    return !this.#abandoned && this.#cancelHeaders === undefined && contactUri(response) !== undefined;
  }

  #accept(tag: string, response: SipResponse, flow: Flow): void {
    const dialog = this.#inDialog ?? this.#earlyDialog(tag, response, flow);
    this.#leavePending('accepted');
    this.#accepted = dialog;
    dialog.refresh(response, flow);
    if (this.#inDialog === undefined) dialog.routeSet = routeSetOf(response);
    dialog.confirm();
    dialog.unacknowledged = this;
    if (this.#request.body.length > 0) dialog.localSdp = this.#request.body;
    for (const other of this.#dialogs.values()) if (other !== dialog) other.end();
    startSessionTimer(this.#context, dialog, response, 'uac');
    this.owner.response(this, response, flow, dialog);
  }

  /** An answer that nobody wants: a fork's, one after our CANCEL, or one without Contact. */
  #decline(tag: string, response: SipResponse, flow: Flow): void {
    if (this.#inDialog !== undefined) {
      acknowledgeAndEnd(this.#context, this.#inDialog, this.#request, 'answered too late');
      return;
    }
    const known = this.#dialogs.get(tag);
    if (known?.state === 'terminating') {
      this.#ackAgain(known);
      return;
    }
    const dialog = dialogAsUac(this.#request, response, flow, this.owner);
    known?.end();
    dialog.confirm();
    this.#context.dialogs.add(dialog);
    this.#dialogs.set(tag, dialog);
    const wasPending = this.#state === 'pending';
    const isCancelled = this.#cancelHeaders !== undefined;
    acknowledgeAndEnd(
      this.#context,
      dialog,
      this.#request,
      isCancelled ? 'answered after cancel' : 'answered elsewhere',
    );
    if (wasPending) this.#finish(createResponse(this.#request, isCancelled ? 487 : 502), undefined);
  }

  #ackAgain(dialog: Dialog): void {
    const ack = dialog.buildRequest('ACK', this.cseq, [], Buffer.alloc(0));
    this.#context.router.find(dialog.nextHop(), (way) => {
      if (way !== undefined) this.#context.layer.sendAck(ack, way.target);
    });
  }

  #failed(response: SipResponse, why: 'timeout' | 'transport'): void {
    if (this.#state !== 'pending') return;
    const dialog = this.#inDialog;
    this.#finish(response, undefined);
    if (dialog !== undefined && why === 'timeout') endDialog(this.#context, dialog, 'no answer to INVITE', true);
  }

  /** The final response that is no 2xx. `flow` is undefined when it was made here. */
  #finish(response: SipResponse, flow: Flow | undefined): void {
    this.#leavePending('over');
    const dialog = this.#inDialog;
    for (const early of this.#dialogs.values()) if (early.state === 'early') early.end();
    this.owner.response(this, response, flow, dialog);
    if (dialog !== undefined && response.status === 481) loseDialog(dialog, 'the other side does not know the call');
  }

  #leavePending(next: 'accepted' | 'over'): void {
    this.#state = next;
    this.#context.outgoingInvites.delete(this.id);
    for (const dialog of [this.#inDialog, ...this.#dialogs.values()]) {
      if (dialog?.ourInvite === this) dialog.ourInvite = undefined;
    }
  }

  #earlyDialog(tag: string, response: SipResponse, flow: Flow): Dialog {
    if (this.#inDialog !== undefined) return this.#inDialog;
    const known = this.#dialogs.get(tag);
    if (known !== undefined) {
      known.refresh(response, flow);
      return known;
    }
    const dialog = dialogAsUac(this.#request, response, flow, this.owner);
    dialog.ourInvite = this;
    this.#dialogs.set(tag, dialog);
    this.#context.dialogs.add(dialog);
    return dialog;
  }
}
