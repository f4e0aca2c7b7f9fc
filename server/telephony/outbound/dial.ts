import { LandlineError, messageOf } from '../../contract/errors.ts';
import type { LocalMediaPoint, NegotiatedMedia } from '../../contract/media-session.ts';
import type { Timer } from '../../lifetime/clock.ts';
import { DialogCall } from '../call/dialog-call.ts';
import { EdgeLife } from '../call/edge-life.ts';
import { identityOf } from '../call/identity.ts';
import type { LiveCall } from '../call/telephony-context.ts';
import type { CallEdge, DialRequest, EdgeEnd, EdgeListener } from '../call-edge.ts';
import { type Route, routeTo } from '../connection/local-address.ts';
import { MediaSession } from '../offer-answer/media-session.ts';
import { Attempt, type AttemptFailure, type AttemptOutcome } from './attempt.ts';
import type { DialContext } from './dial-context.ts';
import { type DialTarget, isPeerFailure } from './dial-plan.ts';
import { OutboundCall } from './outbound-call.ts';

type OpenMedia = (localAddress: string) => Promise<LocalMediaPoint>;

interface Dialled {
  readonly edge: CallEdge;
  readonly media: NegotiatedMedia;
}

/** Where the call's RTP socket is, and its peer. */
interface MediaRoute extends Route {
  readonly local: LocalMediaPoint;
}

/** Carries the end of a call to whoever waits for it. */
class Ended extends Error {
  readonly end: EdgeEnd;

  constructor(end: EdgeEnd) {
    super(`The call ended: ${end.kind}`);
    this.end = end;
  }
}

/** One outgoing call: dialling, from `dial` to its 200 or failure; then the call that came of it. */
export class Dial implements LiveCall {
  readonly #context: DialContext;
  readonly #request: DialRequest;
  readonly #listener: EdgeListener;
  readonly #life: EdgeLife;
  readonly #media: MediaSession;
  readonly #stopped: Promise<never>;
  #stop: (end: EdgeEnd) => void = () => {};
  #call: DialogCall | undefined;
  #acknowledge: (() => void) | undefined;

  constructor(context: DialContext, request: DialRequest, listener: EdgeListener) {
    this.#context = context;
    this.#request = request;
    this.#listener = listener;
    this.#media = new MediaSession(context.codecs);
    this.#life = new EdgeLife(context.log, () => context.calls.delete(this));
    this.#life.listen(listener);
    this.#stopped = new Promise((_resolve, reject) => {
      this.#stop = (end) => reject(new Ended(end));
    });
    // Nobody may be waiting when it is stopped.
    this.#stopped.catch(() => {});
  }

  /** Dials the targets one after the other. Rejects with a LandlineError after the listener has heard of the end. */
  async run(targets: readonly DialTarget[], openMedia: OpenMedia, signal: AbortSignal): Promise<Dialled> {
    const onAbort = () => this.#stop({ kind: 'local' });
    signal.addEventListener('abort', onAbort, { once: true });
    if (signal.aborted) onAbort();
    this.#context.calls.add(this);
    let ringing: Timer | undefined;
    try {
      const { first, route } = await this.#prepare(targets, openMedia);
      ringing = this.#context.clock.after(this.#request.ringTimeoutMs, () =>
        this.#stop({ kind: 'failed', status: 408, reason: 'No answer in time' }),
      );
      return await this.#dialInTurn(targets.slice(first), route, signal);
    } catch (failure) {
      const end = endOf(failure);
      this.#life.end(end);
      throw errorOf(end, this.#request.to, failure);
    } finally {
      ringing?.cancel();
      signal.removeEventListener('abort', onAbort);
    }
  }

  hangup(): Promise<void> {
    const call = this.#call;
    if (call === undefined) {
      this.#stop({ kind: 'local' });
    } else if (this.#life.ended === undefined) {
      this.#acknowledgeOnce();
      this.#context.runBye(call.bye());
      this.#life.end({ kind: 'local' });
    }
    return Promise.resolve();
  }

  /** Nothing may follow a 200 before its ACK. */
  #acknowledgeOnce(): void {
    this.#acknowledge?.();
    this.#acknowledge = undefined;
  }

  coreLost(): void {
    this.#stop({ kind: 'core-lost' });
    this.#call?.abandon();
    this.#life.end({ kind: 'core-lost' });
  }

  /** Finds the first target that there is a route to, and opens the RTP socket on that route. */
  async #prepare(targets: readonly DialTarget[], openMedia: OpenMedia) {
    let noRoute: unknown;
    for (const [first, target] of targets.entries()) {
      let route: Route;
      try {
        route = await this.#orStopped(routeTo(target.host));
      } catch (failure) {
        if (failure instanceof Ended) throw failure;
        noRoute = failure;
        continue;
      }
      const local = await this.#orStopped(openMedia(route.localAddress));
      return { first, route: { ...route, local } };
    }
    throw noRoute;
  }

  async #dialInTurn(targets: readonly DialTarget[], media: MediaRoute, signal: AbortSignal): Promise<Dialled> {
    let failure: AttemptFailure = { kind: 'failed', status: 503, reason: 'There is no peer to try' };
    for (const [at, target] of targets.entries()) {
      // The RTP socket sits on one route: this call's SDP is no good for a peer on another one.
      const found = await this.#orStopped(routeTo(target.host).catch(() => undefined));
      if (found?.localAddress !== media.localAddress) continue;
      const route = { ...found, local: media.local };
      const outcome = await this.#attempt(target, route, at < targets.length - 1);
      if (outcome.kind === 'answered') {
        this.#context.peerBehaved(target, true);
        return this.#establish(outcome, target, route, signal);
      }
      failure = outcome;
      this.#context.peerBehaved(target, !isPeerFailure(outcome.status));
      if (!isPeerFailure(outcome.status)) break;
    }
    throw new Ended(failure);
  }

  #attempt(target: DialTarget, route: MediaRoute, mayGiveUpEarly: boolean): Promise<AttemptOutcome> {
    const sdp = this.#media.offer(this.#context.publicPoint(route.local, route.peerAddress));
    const { from } = this.#request;
    const onRinging = () => this.#life.tell((listener) => listener.ringing?.());
    return new Attempt(this.#context, { from, sdp, mayGiveUpEarly, onRinging, stopped: this.#stopped }).run(target);
  }

  /** The dialog's events are taken over at once; the ACK waits until the listener has dealt with the answer. */
  async #establish(
    { dialog, sdp, acknowledge }: Extract<AttemptOutcome, { kind: 'answered' }>,
    target: DialTarget,
    route: MediaRoute,
    signal: AbortSignal,
  ): Promise<Dialled> {
    const { srf, clock, log } = this.#context;
    const life = this.#life;
    const local = this.#context.publicPoint(route.local, route.peerAddress);
    const digest = this.#context.digestForTarget(target);
    const call = new DialogCall({ srf, dialog, media: this.#media, local, life, digest, clock, log });
    call.attach();
    this.#call = call;
    const verdict = this.#media.accept(sdp);
    this.#acknowledge = acknowledge;
    try {
      await this.#listener.answered?.(dialog.sip.callId);
    } catch (failure) {
      this.#acknowledgeOnce();
      this.#context.runBye(call.bye());
      throw failure;
    }
    if (life.ended !== undefined) throw new Ended(life.ended);
    this.#acknowledgeOnce();
    if (!verdict.ok || signal.aborted) {
      this.#context.runBye(call.bye());
      if (verdict.ok) throw new Ended({ kind: 'local' });
      throw new Ended({ kind: 'failed', status: 488, reason: verdict.refusal.why });
    }
    const facts = { sipCallId: dialog.sip.callId, identity: identityOf(dialog.req), localAddress: route.localAddress };
    return { edge: new OutboundCall(this.#context, facts, life, call), media: verdict.media };
  }

  #orStopped<T>(work: Promise<T>): Promise<T> {
    return Promise.race([work, this.#stopped]);
  }
}

function endOf(failure: unknown): EdgeEnd {
  if (failure instanceof Ended) return failure.end;
  const status = failure instanceof LandlineError && failure.code === 'no-route' ? 503 : 500;
  return { kind: 'failed', status, reason: messageOf(failure) };
}

function errorOf(end: EdgeEnd, to: string, failure: unknown): LandlineError {
  const cause = failure instanceof Ended ? undefined : failure;
  if (end.kind === 'failed') {
    const { status, reason } = end;
    return new LandlineError(
      'call-failed',
      `${to} could not be reached: ${status} ${reason}.`,
      { status, reason },
      cause,
    );
  }
  if (end.kind === 'core-lost') {
    return new LandlineError('sip-core-lost', 'The SIP core was lost while dialling.', { status: 503 }, cause);
  }
  return new LandlineError('dial-cancelled', `The call to ${to} was cancelled.`, { status: 487 }, cause);
}
