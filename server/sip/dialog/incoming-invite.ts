import { randomUUID } from 'node:crypto';
import type { Timer } from '../../lifetime/clock.ts';
import { createResponse } from '../msg/build-message.ts';
import type { SipRequest, SipResponse } from '../msg/sip-message.ts';
import { parseCSeq } from '../msg/via.ts';
import type { Flow, ServerTransaction } from '../txn/transaction-layer.ts';
import type { ApplicationSide, ResponseDraft, SentListener } from './application-side.ts';
import { hasOption } from './capabilities.ts';
import { type Dialog, dialogAsUas, type TheirInvite } from './dialog.ts';
import { endDialog } from './ending.ts';
import { type RAck, ReliableProvisionals } from './reliable-provisional.ts';
import { buildResponse, tagWanted } from './response-building.ts';
import { Retransmission } from './retransmission.ts';
import { startSessionTimer } from './session-timer.ts';
import type { OpenIncoming, UaContext } from './ua-context.ts';

/** How long an INVITE waits for the application's first word. */
const SILENT_MS = 64_000;
/** How long it may ring. */
const RINGING_MS = 600_000;
const NO_BODY = Buffer.alloc(0);

/** An INVITE from the network, first or inside a dialog, from its arrival to the ACK (RFC 3261 13.3, 14.2; RFC 3262). */
export class IncomingInvite implements OpenIncoming, TheirInvite {
  readonly id = randomUUID();
  readonly cseq: number;
  readonly owner: ApplicationSide;
  readonly #context: UaContext;
  readonly #transaction: ServerTransaction;
  readonly #initial: boolean;
  readonly #reliable: ReliableProvisionals;
  #dialog: Dialog | undefined;
  #isOpen = true;
  #answeredEarly = false;
  #patience: Timer | undefined;
  #repetition: Retransmission | undefined;
  #endWhenAcknowledged = false;

  constructor(context: UaContext, transaction: ServerTransaction, owner: ApplicationSide, dialog?: Dialog) {
    this.#context = context;
    this.#transaction = transaction;
    this.owner = owner;
    this.#dialog = dialog;
    this.#initial = dialog === undefined;
    this.cseq = parseCSeq(transaction.request.headers.get('CSeq') ?? '')?.number ?? 0;
    this.#reliable = new ReliableProvisionals(context, () => this.#refuse(504, 'Reliable Response Not Acknowledged'));
    if (dialog !== undefined) dialog.theirInvite = this;
    context.incoming.set(this.id, this);
    this.#wait(SILENT_MS, 503);
  }

  get request(): SipRequest {
    return this.#transaction.request;
  }

  get flow(): Flow {
    return this.#transaction.flow;
  }

  get dialog(): Dialog | undefined {
    return this.#dialog;
  }

  get answeredEarly(): boolean {
    return this.#answeredEarly;
  }

  respond(draft: ResponseDraft, sent: SentListener<SipResponse>): void {
    if (!this.#isOpen) {
      sent({ ok: false, reason: 'the transaction has had its final response' });
      return;
    }
    if (draft.status === 100) {
      this.#sendTrying(draft, sent);
    } else if (draft.status >= 200 && draft.status < 300 && this.#reliable.holdsFinal) {
      this.#reliable.afterAcknowledgement((acknowledged) => {
        if (acknowledged) this.respond(draft, sent);
        else sent({ ok: false, reason: 'the transaction has had its final response' });
      });
    } else if (draft.status < 200) this.#sendProvisional(draft, sent);
    else this.#sendFinal(draft, sent);
  }

  /** Whether a PRACK with this RAck is what a reliable provisional waits for. */
  acknowledges(rack: RAck): boolean {
    return rack.cseq === this.cseq && this.#reliable.outstandingRSeq === rack.rseq;
  }

  /** That PRACK has arrived: the repetition ends, and a final response that waited goes out. */
  prack(rack: RAck): void {
    this.#reliable.acknowledge(rack);
  }

  /** The caller gave up. Tells the application unless the final response was faster (RFC 3261 9.2). */
  cancel(cancel: SipRequest): void {
    if (this.#isOpen) {
      this.#refuse(487);
      this.owner.cancelled(this, cancel);
    } else if (this.#dialog?.unconfirmed === this && this.#initial) this.#endWhenAcknowledged = true;
  }

  terminate(): void {
    this.#refuse(487);
  }

  refuse(status: number): void {
    this.#refuse(status);
  }

  acknowledged(): void {
    this.#repetition?.stop();
    const dialog = this.#dialog;
    if (dialog === undefined || dialog.unconfirmed !== this) return;
    dialog.acknowledged();
    if (this.#endWhenAcknowledged) endDialog(this.#context, dialog, 'answered after cancel', true);
  }

  #sendTrying(draft: ResponseDraft, sent: SentListener<SipResponse>): void {
    const built = buildResponse(this.request, draft, this.flow, undefined);
    if (!built.ok) sent(built);
    else this.#send(built.response, sent);
  }

  #sendProvisional(draft: ResponseDraft, sent: SentListener<SipResponse>): void {
    const { headers } = this.request;
    const asked = draft.headers.some(([name, value]) => /^require$/i.test(name) && /\b100rel\b/i.test(value));
    const reliably = asked || hasOption(headers, '100rel', 'Require');
    if (reliably && !hasOption(headers, '100rel', 'Supported', 'Require')) {
      sent({ ok: false, reason: 'the other side does not support 100rel' });
      return;
    }
    if (reliably && this.#reliable.outstandingRSeq !== undefined) {
      sent({ ok: false, reason: 'a reliable provisional response waits for its PRACK' });
      return;
    }
    const dialog = this.#ensureDialog(draft);
    const rseq = reliably ? this.#reliable.takeRSeq() : undefined;
    const extra: (readonly [string, string])[] = rseq === undefined ? [] : [['RSeq', String(rseq)]];
    if (reliably && !asked) extra.push(['Require', '100rel']);
    const built = buildResponse(this.request, draft, this.flow, dialog.localTag, extra, reliably);
    if (!built.ok) {
      sent(built);
      return;
    }
    this.#wait(RINGING_MS, 480);
    if (built.response.body.length > 0) this.#answeredEarly = true;
    this.#send(built.response, sent);
    if (rseq !== undefined) {
      this.#reliable.track(rseq, built.response, () => this.#transaction.respond(built.response));
    }
  }

  #sendFinal(draft: ResponseDraft, sent: SentListener<SipResponse>): void {
    const accepts = draft.status < 300;
    const tag = accepts ? this.#ensureDialog(draft).localTag : (this.#dialog?.localTag ?? this.#tag(draft));
    const built = buildResponse(this.request, draft, this.flow, tag);
    if (!built.ok) {
      sent(built);
      return;
    }
    this.#close();
    if (accepts) this.#accept(built.response, sent);
    else {
      this.#send(built.response, sent);
      this.#dropEarlyDialog();
    }
  }

  #accept(response: SipResponse, sent: SentListener<SipResponse>): void {
    const dialog = this.#dialog as Dialog;
    const { clock, timers, layer } = this.#context;
    dialog.confirm();
    dialog.unconfirmed = this;
    if (!this.#initial) dialog.refresh(this.request, this.flow);
    if (response.body.length > 0) dialog.localSdp = response.body;
    this.#send(response, sent);
    this.#repetition = new Retransmission(
      clock,
      timers,
      timers.t2Ms,
      () => layer.repeatResponse(response, this.flow),
      () => this.#neverAcknowledged(),
    );
    startSessionTimer(this.#context, dialog, response, 'uas');
  }

  #neverAcknowledged(): void {
    const dialog = this.#dialog;
    if (dialog === undefined) return;
    dialog.unconfirmed = undefined;
    endDialog(this.#context, dialog, 'ACK timeout', true);
    dialog.acknowledged();
  }

  #send(response: SipResponse, sent: SentListener<SipResponse>): void {
    this.#transaction.respond(response);
    const { id, flow } = this;
    const dialog = response.status === 100 ? undefined : this.#dialog;
    sent({ ok: true, message: response, flow, dialog, id });
  }

  #refuse(status: number, reason?: string): void {
    if (!this.#isOpen) return;
    this.#close();
    const toTag = this.#dialog?.localTag ?? this.#context.newTag();
    this.#transaction.respond(createResponse(this.request, status, { reason, toTag }));
    this.#dropEarlyDialog();
  }

  /** The dialog that the first response above 100 creates. */
  #ensureDialog(draft: ResponseDraft): Dialog {
    if (this.#dialog !== undefined) return this.#dialog;
    const dialog = dialogAsUas(this.request, this.#tag(draft), this.flow, this.owner);
    dialog.theirInvite = this;
    this.#dialog = dialog;
    this.#context.dialogs.add(dialog);
    return dialog;
  }

  #tag(draft: ResponseDraft): string {
    return tagWanted(draft) ?? this.#context.newTag();
  }

  #dropEarlyDialog(): void {
    if (this.#initial) this.#dialog?.end();
  }

  #close(): void {
    this.#isOpen = false;
    this.#context.incoming.delete(this.id);
    this.#patience?.cancel();
    this.#reliable.stop();
    if (this.#dialog?.theirInvite === this) this.#dialog.theirInvite = undefined;
  }

  #wait(limitMs: number, status: number): void {
    this.#patience?.cancel();
    this.#patience = this.#context.clock.after(limitMs, () => {
      this.#refuse(status);
      this.owner.cancelled(this, cancelFor(this.request));
    });
  }
}

/** The CANCEL that would have ended this INVITE: what the application is told when the core gives up in its place. */
export function cancelFor(invite: SipRequest): SipRequest {
  const headers = invite.headers.clone();
  for (const { name } of invite.headers.fields) {
    if (!/^(?:Via|From|To|Call-ID|CSeq|Max-Forwards)$/.test(name)) headers.remove(name);
  }
  headers.set('CSeq', `${parseCSeq(invite.headers.get('CSeq') ?? '')?.number ?? 1} CANCEL`);
  return { kind: 'request', method: 'CANCEL', uri: invite.uri, headers, body: NO_BODY };
}
