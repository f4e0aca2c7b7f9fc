import type { CallIdentity } from '../../contract/call.ts';
import { LandlineError } from '../../contract/errors.ts';
import type { LocalMediaPoint, NegotiatedMedia } from '../../contract/media-session.ts';
import { capabilities, sdpType } from '../call/capabilities.ts';
import { DialogCall } from '../call/dialog-call.ts';
import { EdgeLife } from '../call/edge-life.ts';
import { identityOf } from '../call/identity.ts';
import { sessionTimerHeaders } from '../call/session-timer.ts';
import type { LiveCall, TelephonyContext } from '../call/telephony-context.ts';
import type { EdgeListener, InboundEdge, TransferOutcome } from '../call-edge.ts';
import type { SrfDialog, SrfRequest, SrfResponse } from '../connection/srf.ts';
import type { MediaSession } from '../offer-answer/media-session.ts';

export interface InboundInvite {
  readonly request: SrfRequest;
  readonly response: SrfResponse;
  /** Undefined: the INVITE came without offer. */
  readonly offer: string | undefined;
  readonly media: MediaSession;
  readonly offered: NegotiatedMedia | undefined;
  readonly localAddress: string;
}

interface Awaited {
  resolve(media: NegotiatedMedia): void;
  reject(error: LandlineError): void;
}

type State =
  | { readonly kind: 'offered' }
  /** The 200 is on its way to the core. */
  | { readonly kind: 'answering'; readonly awaited: Awaited; readonly hangup: boolean }
  /** The 200 is out. A BYE must wait for the ACK (RFC 3261, 15). */
  | { readonly kind: 'unacknowledged'; readonly awaited: Awaited; readonly call: DialogCall; readonly hangup: boolean }
  | { readonly kind: 'established'; readonly call: DialogCall }
  | { readonly kind: 'over' };

/** A call that came in, from the INVITE on. */
export class InboundCall implements InboundEdge, LiveCall {
  readonly direction = 'inbound';
  readonly identity: CallIdentity;
  readonly sipCallId: string;
  readonly localAddress: string;
  readonly offered: NegotiatedMedia | undefined;
  readonly #context: TelephonyContext;
  readonly #invite: InboundInvite;
  readonly #life: EdgeLife;
  #state: State = { kind: 'offered' };

  constructor(context: TelephonyContext, invite: InboundInvite) {
    this.#context = context;
    this.#invite = invite;
    this.identity = identityOf(invite.request);
    this.sipCallId = invite.request.get('Call-ID') ?? '';
    this.localAddress = invite.localAddress;
    this.offered = invite.offered;
    this.#life = new EdgeLife(context.log, () => context.calls.delete(this));
  }

  /** Begins to follow the call: from here on it can end. */
  start(): void {
    this.#context.calls.add(this);
    this.#invite.request.on('cancel', () => this.#cancelled());
  }

  listen(listener: EdgeListener): void {
    this.#life.listen(listener);
  }

  get undecided(): boolean {
    return this.#state.kind === 'offered';
  }

  ring(): void {
    if (this.#state.kind !== 'offered') return;
    const reliable = /\b100rel\b/i.test(this.#invite.request.get('Require') ?? '');
    this.#invite.response.send(180, { headers: { ...capabilities, ...(reliable ? { Require: '100rel' } : {}) } });
  }

  reject(status: number, reason: string, headers: Readonly<Record<string, string>> = {}): void {
    if (this.#state.kind !== 'offered') return;
    this.#state = { kind: 'over' };
    try {
      this.#invite.response.send(status, reason, { headers: { ...capabilities, ...headers } });
    } catch {
      // The library knows the registered statuses only.
      this.#invite.response.send(480, { headers: capabilities });
    }
    this.#life.end({ kind: 'local' });
  }

  answer(local: LocalMediaPoint): Promise<NegotiatedMedia> {
    const { offer, media, request } = this.#invite;
    if (this.#state.kind !== 'offered') return Promise.reject(callGone(this.sipCallId));
    const point = this.#context.publicPoint(local, request.source_address);
    const verdict = offer === undefined ? undefined : media.answer(offer, point);
    if (verdict?.ok === false) {
      this.reject(verdict.refusal.status, 'Not Acceptable Here');
      return Promise.reject(callGone(this.sipCallId));
    }
    return new Promise((resolve, reject) => {
      this.#state = { kind: 'answering', awaited: { resolve, reject }, hangup: false };
      this.#send200(verdict?.sdp ?? media.offer(point), point);
    });
  }

  #send200(sdp: string, point: LocalMediaPoint): void {
    const { request, response } = this.#invite;
    const headers = { ...capabilities, ...sessionTimerHeaders(request), Accept: sdpType, 'Content-Type': sdpType };
    this.#context.srf.createUAS(request, response, { localSdp: sdp, headers }, (error, dialog) => {
      if (this.#state.kind !== 'answering') return;
      if (error || !dialog) this.#notAnswered();
      else this.#answered(dialog, this.#state, point);
    });
  }

  /** The core refused our 200: the caller's CANCEL got there first. */
  #notAnswered(): void {
    this.#over(callGone(this.sipCallId));
    this.#life.end({ kind: 'remote', cancelled: true });
  }

  #answered(dialog: SrfDialog, state: Extract<State, { kind: 'answering' }>, point: LocalMediaPoint): void {
    const { srf, clock, log } = this.#context;
    const { media, request, offer } = this.#invite;
    const digest = this.#context.digestFor(request.source_address);
    const call = new DialogCall({ srf, dialog, media, local: point, life: this.#life, digest, clock, log });
    const { awaited, hangup } = state;
    this.#state = { kind: 'unacknowledged', awaited, call, hangup };
    dialog.once('ack', (ack: SrfRequest) => this.#acknowledged(ack));
    // Ahead of the call's own listener, so that no ACK is not taken for a hang-up.
    dialog.once('destroy', (bye: SrfRequest) => this.#destroyed(bye));
    if (offer === undefined) call.expectAnswerInAck(request);
    call.attach();
  }

  #acknowledged(ack: SrfRequest): void {
    if (this.#state.kind !== 'unacknowledged') return;
    const { call, awaited, hangup } = this.#state;
    const { offer, media } = this.#invite;
    const agreed = offer === undefined ? call.acceptFirstAnswer(ack) : media.agreed;
    if (!hangup && agreed !== undefined) {
      this.#state = { kind: 'established', call };
      awaited.resolve(agreed);
      return;
    }
    this.#over(callGone(this.sipCallId));
    this.#context.runBye(call.bye());
    if (!hangup) this.#life.end({ kind: 'failed', status: 488, reason: 'The ACK did not answer our offer' });
  }

  #destroyed(bye: SrfRequest): void {
    const unacknowledged = this.#state.kind === 'unacknowledged';
    this.#over(callGone(this.sipCallId));
    if (!unacknowledged || bye.source !== 'application') return;
    // The core hangs up on a caller whose CANCEL crossed our 200, and on one who never acknowledged it.
    const crossed = /after cancel/.test(bye.get('Reason') ?? '');
    this.#life.end(crossed ? { kind: 'remote', cancelled: true } : { kind: 'failed', status: 408, reason: 'No ACK' });
  }

  #cancelled(): void {
    this.#over(callGone(this.sipCallId));
    this.#life.end({ kind: 'remote', cancelled: true });
  }

  hangup(): Promise<void> {
    const state = this.#state;
    switch (state.kind) {
      case 'offered':
        this.reject(480, 'Temporarily Unavailable');
        break;
      case 'answering':
      case 'unacknowledged':
        this.#state = { ...state, hangup: true };
        state.awaited.reject(callGone(this.sipCallId));
        this.#life.end({ kind: 'local' });
        break;
      case 'established':
        this.#state = { kind: 'over' };
        this.#context.runBye(state.call.bye());
        this.#life.end({ kind: 'local' });
        break;
      case 'over':
        break;
    }
    return Promise.resolve();
  }

  transfer(target: string): Promise<TransferOutcome> {
    if (this.#state.kind !== 'established') return Promise.resolve({ kind: 'refused', status: 481 });
    return this.#state.call.transfer(target);
  }

  coreLost(): void {
    const state = this.#state;
    if (state.kind === 'established' || state.kind === 'unacknowledged') state.call.abandon();
    this.#over(new LandlineError('call-gone', 'The SIP core was lost.', { sipCallId: this.sipCallId }));
    this.#life.end({ kind: 'core-lost' });
  }

  #over(error: LandlineError): void {
    const state = this.#state;
    this.#state = { kind: 'over' };
    if (state.kind === 'answering' || state.kind === 'unacknowledged') state.awaited.reject(error);
  }
}

function callGone(sipCallId: string): LandlineError {
  return new LandlineError('call-gone', 'The call ended before it was answered.', { sipCallId });
}
