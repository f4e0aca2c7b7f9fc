import { LandlineError, messageOf } from '../contract/errors.ts';
import type { CodecName, LocalMediaPoint } from '../contract/media-session.ts';
import type { Peer } from '../contract/peer.ts';
import { Backoff } from '../lifetime/backoff.ts';
import { type Clock, realClock, type Timer } from '../lifetime/clock.ts';
import type { Logger } from '../log/logger.ts';
import type { LiveCall } from './call/telephony-context.ts';
import type { DialRequest, EdgeListener, InboundAcceptor, Telephony } from './call-edge.ts';
import { type CoreAddress, CoreConnection, type CoreFacts } from './connection/core-connection.ts';
import { isLocalNetwork } from './connection/local-address.ts';
import type { SrfRequest, SrfResponse } from './connection/srf.ts';
import { DigestClient } from './digest/digest-client.ts';
import { routeInvite } from './inbound/inbound-router.ts';
import { answerOtherRequests } from './inbound/other-requests.ts';
import { Dial } from './outbound/dial.ts';
import type { DialContext } from './outbound/dial-context.ts';
import { planDial, planRedirect } from './outbound/dial-plan.ts';
import { PeerHealth } from './outbound/peer-health.ts';

export interface TelephonyOptions {
  readonly peers: readonly Peer[];
  /** In order of preference. */
  readonly codecs: readonly CodecName[];
  /** Our address for peers outside the local networks (static NAT). */
  readonly externalAddress?: string;
  readonly log: Logger;
  readonly clock?: Clock;
  /** How long a peer may say nothing before the next one is tried. */
  readonly silentPeerMs?: number;
}

export interface TelephonyCounters {
  readonly liveCalls: number;
  /** BYEs of ours that nobody has answered yet. */
  readonly pendingByes: number;
}

type DialResult = ReturnType<Telephony['dial']>;

const silentPeerMs = 4_000;
/** How long `stop` waits for the answers to its BYEs. */
const stopGraceMs = 1_000;

/** The telephony of the house on drachtio-srf, over our own SIP core or a drachtio-server. */
export class TelephonyService implements Telephony {
  readonly #options: TelephonyOptions;
  readonly #accept: InboundAcceptor;
  readonly #clock: Clock;
  readonly #health: PeerHealth;
  readonly #calls = new Set<LiveCall>();
  readonly #byes = new Set<Promise<void>>();
  readonly #readinessListeners = new Set<(ready: boolean) => void>();
  readonly #backoff = new Backoff({ firstMs: 50, factor: 2, longestMs: 2_000 });
  #address: CoreAddress | undefined;
  #connection: CoreConnection | undefined;
  #context: DialContext | undefined;
  #retry: Timer | undefined;
  #stopped = false;

  constructor(options: TelephonyOptions, accept: InboundAcceptor) {
    this.#options = options;
    this.#accept = accept;
    this.#clock = options.clock ?? realClock;
    this.#health = new PeerHealth(this.#clock);
  }

  /** Whether there is a connection to a core now. */
  get ready(): boolean {
    return this.#context !== undefined;
  }

  /** Hears of every change of `ready`; returns a function that takes the listener back. */
  onReadiness(listener: (ready: boolean) => void): () => void {
    this.#readinessListeners.add(listener);
    return () => void this.#readinessListeners.delete(listener);
  }

  counters(): TelephonyCounters {
    return { liveCalls: this.#calls.size, pendingByes: this.#byes.size };
  }

  /**
   * Connects to a core, and stays with it: a lost connection is tried again with back-off until another core is named
   * or `stop`. Calls on the core before are ended as lost. Rejects with `no-sip-core` when the first try fails.
   */
  async useCore(address: CoreAddress): Promise<CoreFacts> {
    this.#dropConnection('another core takes over');
    this.#address = address;
    this.#backoff.reset();
    return await this.#connect();
  }

  canDial(to: string): { readonly ok: true } | { readonly ok: false; readonly why: string } {
    const plan = planDial(to, this.#options.peers);
    if (!plan.ok) return plan;
    return this.ready ? { ok: true } : { ok: false, why: 'The SIP core is not running at the moment.' };
  }

  async dial(
    request: DialRequest,
    openMedia: (localAddress: string) => Promise<LocalMediaPoint>,
    listener: EdgeListener,
    signal: AbortSignal,
  ): DialResult {
    const plan = planDial(request.to, this.#options.peers);
    const context = this.#context;
    if (!plan.ok || context === undefined) {
      const why = plan.ok ? 'The SIP core is not running at the moment.' : plan.why;
      const reason = 'Service Unavailable';
      listener.ended({ kind: 'failed', status: 503, reason });
      throw new LandlineError('cannot-dial', why, { status: 503, reason });
    }
    return await new Dial(context, request, listener).run(this.#health.sort(plan.targets), openMedia, signal);
  }

  /** Hangs up every call, waits a moment for the answers, and leaves the core. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#retry?.cancel();
    await Promise.all([...this.#calls].map((call) => call.hangup()));
    await this.#byesAnswered(stopGraceMs);
    this.#dropConnection('stopping');
  }

  #byesAnswered(atMostMs: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = this.#clock.after(atMostMs, resolve);
      void Promise.allSettled(this.#byes).then(() => {
        timer.cancel();
        resolve();
      });
    });
  }

  async #connect(): Promise<CoreFacts> {
    const address = this.#address;
    if (address === undefined || this.#stopped) {
      throw new LandlineError('no-sip-core', 'Telephony is stopped or was given no SIP core.');
    }
    const connection = new CoreConnection(address, (why) => this.#lost(connection, why));
    this.#connection = connection;
    const context = this.#makeContext(connection);
    // Routes go out with the first authentication, so they must be there before.
    connection.srf.use('invite', (invite, response) => this.#invited(context, connection, invite, response));
    answerOtherRequests(connection.srf);
    try {
      const facts = await connection.open();
      if (this.#connection !== connection) throw new LandlineError('no-sip-core', 'Another SIP core took over.');
      this.#context = context;
      this.#backoff.reset();
      this.#options.log.info({ endpoints: facts.endpoints, version: facts.version }, 'Connected to the SIP core');
      this.#tellReadiness(true);
      return facts;
    } catch (failure) {
      if (this.#connection === connection) this.#retryLater();
      throw failure;
    }
  }

  #invited(context: DialContext, connection: CoreConnection, invite: SrfRequest, response: SrfResponse): void {
    const isCurrent = () => this.#connection === connection && !this.#stopped;
    routeInvite(context, invite, response, this.#accept, isCurrent).catch((failure: unknown) =>
      this.#options.log.error({ failure: messageOf(failure) }, 'An INVITE could not be handled'),
    );
  }

  #lost(connection: CoreConnection, why: string): void {
    if (this.#connection !== connection) return;
    this.#options.log.warn({ why, calls: this.#calls.size }, 'The SIP core was lost');
    this.#dropConnection(why);
    this.#retryLater();
  }

  #retryLater(): void {
    if (this.#stopped) return;
    this.#retry?.cancel();
    this.#retry = this.#clock.after(this.#backoff.nextMs(), () => {
      this.#connect().catch((failure: unknown) =>
        this.#options.log.debug({ failure: messageOf(failure) }, 'The SIP core is not there yet'),
      );
    });
  }

  /** Leaves the core; every call that still lives there has lost it. */
  #dropConnection(why: string): void {
    this.#retry?.cancel();
    const connection = this.#connection;
    const wasReady = this.ready;
    this.#connection = undefined;
    this.#context = undefined;
    connection?.close();
    for (const call of this.#calls) call.coreLost();
    this.#byes.clear();
    if (wasReady) this.#tellReadiness(false);
    if (connection) this.#options.log.debug({ why }, 'Left the SIP core');
  }

  #tellReadiness(ready: boolean): void {
    for (const listener of this.#readinessListeners) listener(ready);
  }

  #makeContext(connection: CoreConnection): DialContext {
    const { peers, codecs, externalAddress, log } = this.#options;
    return {
      srf: connection.srf,
      clock: this.#clock,
      log,
      codecs,
      calls: this.#calls,
      silentPeerMs: this.#options.silentPeerMs ?? silentPeerMs,
      publicPoint: (local, peerAddress) =>
        externalAddress === undefined || isLocalNetwork(peerAddress) ? local : { ...local, address: externalAddress },
      digestFor: (address) =>
        digestOf(peers.find((peer) => peer.host === address || peer.allowedSources.includes(address))),
      digestForTarget: ({ peer }) => digestOf(peer),
      redirectTarget: (contact) => planRedirect(contact, peers),
      peerBehaved: (target, well) => this.#health.note(target, well),
      runBye: (bye) => this.#runBye(bye),
    };
  }

  #runBye(bye: Promise<void>): void {
    this.#byes.add(bye);
    const log = this.#options.log;
    void bye
      .catch((failure: unknown) => log.error({ failure: messageOf(failure) }, 'A BYE could not be sent'))
      .finally(() => this.#byes.delete(bye));
  }
}

/** Telephony that is connected to a core. Rejects with `no-sip-core`. */
export async function connectTelephony(
  options: TelephonyOptions & { readonly core: CoreAddress },
  accept: InboundAcceptor,
): Promise<TelephonyService> {
  const service = new TelephonyService(options, accept);
  try {
    await service.useCore(options.core);
  } catch (failure) {
    await service.stop();
    throw failure;
  }
  return service;
}

function digestOf(peer: Peer | undefined): DigestClient | undefined {
  if (peer?.username === undefined || peer.password === undefined) return undefined;
  return new DigestClient({ username: peer.username, password: peer.password }, peer.domain ?? peer.host);
}
