import { capabilities, sdpType } from '../call/capabilities.ts';
import { DialogCall } from '../call/dialog-call.ts';
import { EdgeLife } from '../call/edge-life.ts';
import { parseNameAddress } from '../call/sip-uri.ts';
import type { SrfResponse } from '../connection/srf.ts';
import { MediaSession } from '../offer-answer/media-session.ts';
import type { DialContext } from './dial-context.ts';
import { type DialTarget, fromHeader } from './dial-plan.ts';
import { Invite, type InviteOutcome } from './invite.ts';

export interface AttemptFailure {
  readonly kind: 'failed';
  readonly status: number;
  readonly reason: string;
}

export type AttemptOutcome = Extract<InviteOutcome, { kind: 'answered' }> | AttemptFailure;

export interface AttemptOptions {
  readonly from: string | undefined;
  readonly sdp: string;
  /** There is another target: don't wait for a peer that says nothing. */
  readonly mayGiveUpEarly: boolean;
  readonly onRinging: () => void;
  /** Rejects when the call is no longer wanted. */
  readonly stopped: Promise<never>;
}

/** One redirect, and both kinds of challenge with a stale nonce each, before and after it. */
const mostInvites = 10;

/** The INVITEs to one target: the first, and those that answer its challenges and follow its one redirect. */
export class Attempt {
  readonly #context: DialContext;
  readonly #options: AttemptOptions;
  /** Headers that bind a further INVITE to the same call (RFC 3261, 8.1.3.4 and 8.1.3.5). */
  #sameCall: Readonly<Record<string, string>> = {};

  constructor(context: DialContext, options: AttemptOptions) {
    this.#context = context;
    this.#options = options;
  }

  /** Rejects with what `stopped` rejected with, after a CANCEL. */
  async run(first: DialTarget): Promise<AttemptOutcome> {
    const outcome = await this.#inviteWithCredentials(first, mostInvites);
    if (outcome.kind === 'answered' || outcome.kind === 'failed') return outcome;
    const next = this.#redirect(outcome.status, outcome.response);
    if (next === undefined) return { kind: 'failed', status: outcome.status, reason: outcome.reason };
    const second = await this.#inviteWithCredentials(next, mostInvites);
    if (second.kind !== 'final') return second;
    return { kind: 'failed', status: second.status, reason: second.reason };
  }

  async #inviteWithCredentials(target: DialTarget, most: number): Promise<InviteResult> {
    const { sdp, from, onRinging } = this.#options;
    const { uri, peer } = target;
    const exchange = this.#context.digestForTarget(target)?.exchange({ method: 'INVITE', uri, body: sdp });
    const base = { From: fromHeader(from, peer), ...capabilities, Accept: sdpType, 'Content-Type': sdpType };
    let extra: { readonly credentials?: Readonly<Record<string, string>>; readonly proxy?: string } = {};
    for (let sent = 1; ; sent++) {
      const headers = { ...base, ...this.#sameCall, ...extra.credentials };
      const route = extra.proxy === undefined ? {} : { proxy: extra.proxy };
      const outcome = await this.#send(new Invite(this.#context.srf, { uri, headers, sdp, onRinging, ...route }));
      if (outcome.kind !== 'final' || outcome.response === undefined || sent === most) return outcome;
      const credentials = exchange?.answer(outcome.response);
      if (credentials === undefined) return outcome;
      extra = { credentials, proxy: challenger(outcome.response, uri) };
    }
  }

  async #send(invite: Invite): Promise<InviteResult> {
    const { mayGiveUpEarly, stopped } = this.#options;
    let outcome: InviteOutcome | AttemptFailure;
    try {
      const result = mayGiveUpEarly ? this.#unlessSilent(invite) : invite.outcome;
      outcome = await Promise.race([result, stopped]);
    } catch (stop) {
      this.#abandon(invite);
      throw stop;
    }
    this.#remember(invite);
    return outcome.kind === 'unsent' ? { kind: 'failed', status: 503, reason: outcome.why } : outcome;
  }

  /** Node sees no ICMP error on UDP, so "refused" looks like silence: only a timer tells a dead peer early. */
  #unlessSilent(invite: Invite): Promise<InviteOutcome | AttemptFailure> {
    return new Promise((resolve) => {
      const timer = this.#context.clock.after(this.#context.silentPeerMs, () => {
        this.#abandon(invite);
        resolve({ kind: 'failed', status: 408, reason: 'The peer said nothing' });
      });
      void invite.progress.then(() => timer.cancel());
      void invite.outcome.then((outcome) => {
        timer.cancel();
        resolve(outcome);
      });
    });
  }

  #remember(invite: Invite): void {
    const { request } = invite;
    if (request === undefined) return;
    const sequence = Number.parseInt(request.get('CSeq') ?? '0', 10) + 1;
    this.#sameCall = {
      'Call-ID': request.get('Call-ID') ?? '',
      From: request.get('From') ?? '',
      CSeq: `${sequence} INVITE`,
    };
  }

  #redirect(status: number, response: SrfResponse | undefined): DialTarget | undefined {
    if (status < 300 || status > 399) return undefined;
    const contact = parseNameAddress(response?.get('Contact') ?? '')?.uri;
    return contact === undefined ? undefined : this.#context.redirectTarget(contact);
  }

  /** The 200 may cross our CANCEL: then the call is answered all the same, and ended by BYE (RFC 3261, 9.1). */
  #abandon(invite: Invite): void {
    invite.cancel();
    const { srf, clock, log, codecs } = this.#context;
    void invite.outcome.then((outcome) => {
      if (outcome.kind !== 'answered') return;
      outcome.acknowledge();
      const life = new EdgeLife(log, () => {});
      life.end({ kind: 'local' });
      const nowhere = { address: '0.0.0.0', port: 0 };
      const parts = { srf, clock, log, life, local: nowhere, media: new MediaSession(codecs), digest: undefined };
      const call = new DialogCall({ ...parts, dialog: outcome.dialog });
      call.attach();
      this.#context.runBye(call.bye());
    });
  }
}

type InviteResult = Exclude<InviteOutcome, { kind: 'unsent' }> | AttemptFailure;

/** The server that challenged is the one to answer: behind a name there may be several. */
function challenger(response: SrfResponse, uri: string): string {
  const transport = /;transport=\w+/i.exec(uri)?.[0] ?? '';
  return `sip:${response.source_address}:${response.source_port}${transport}`;
}
