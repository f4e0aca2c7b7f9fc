import type { Socket } from 'node:net';
import { networkInterfaces } from 'node:os';
import { type Clock, realClock } from '../lifetime/clock.ts';
import type { Logger } from '../log/logger.ts';
import { type ControlCounters, ControlServer } from './control/control-server.ts';
import { bindAddressesOf, guardLimitsOf, type SipCoreConfig } from './core-config.ts';
import { hostPort } from './dialog/next-hop.ts';
import { UserAgent, type UserAgentCounters } from './dialog/user-agent.ts';
import { type Ban, Guard, type GuardCounters, type RefusalNotice } from './guard/guard.ts';
import { attachedPrivateNetworks } from './guard/networks.ts';
import type { SipMessage } from './msg/sip-message.ts';
import { type NameLookup, TransportRouter } from './router.ts';
import { Trace, type TracedMessage } from './trace/trace.ts';
import { openSocketTransports } from './transport/open-socket-transports.ts';
import type { SipTransport, TransportCounters } from './transport/sip-transport.ts';
import { createTransactionLayer, type RunningTransactionLayer } from './txn/create-transaction-layer.ts';
import { CountingClock, RFC_TIMERS } from './txn/timers.ts';
import type { Flow, TransactionCounters } from './txn/transaction-layer.ts';

export interface SipCoreOptions {
  readonly config: SipCoreConfig;
  /** What a client must know to use the control port. */
  readonly secret: string;
  readonly log: Logger;
  readonly clock?: Clock;
  /** Instead of sockets: for tests over a simulated network. */
  readonly transports?: readonly SipTransport[];
  readonly lookUp?: NameLookup;
}

export interface SipCoreStats {
  readonly transactions: TransactionCounters;
  readonly userAgent: UserAgentCounters;
  readonly control: ControlCounters;
  readonly guard: GuardCounters;
  readonly transports: Readonly<Record<string, TransportCounters>>;
  /** Timers of dialogs and control connections; those of transactions are in `transactions`. */
  readonly timers: number;
  readonly traceDropped: number;
  readonly rssBytes: number;
}

/** A running SIP core. */
export interface SipCore {
  /** Port of the control protocol on 127.0.0.1; 0 when it is not listening. */
  readonly controlPort: number;
  /** `proto/host:port` of every address that SIP is spoken on. */
  readonly endpoints: readonly string[];
  /** Serves a control connection that did not come through the port. */
  attachControl(socket: Socket): void;
  stats(): SipCoreStats;
  /** The last messages of a call, by its Call-ID. */
  trace(callId: string): readonly TracedMessage[];
  bans(): readonly Ban[];
  liftBan(address: string): boolean;
  /** BYE for every live call, now. */
  endAllCalls(): void;
  /** Ends all calls, waits at most `graceMs` for the other sides to confirm, and lets go of all ports. */
  stop(graceMs?: number): Promise<void>;
}

const POLL_MS = 50;

/**
 * Starts a SIP core in this process: transports, transactions, user agent, guard, trace and control port.
 * Throws `sip-port-taken` and the like.
 */
export async function startSipCore(options: SipCoreOptions): Promise<SipCore> {
  const { config, clock = realClock } = options;
  const transports =
    options.transports ??
    (await openSocketTransports({ addresses: bindAddressesOf(config), port: config.port, clock }));
  const core = new RunningCore(options, transports, clock);
  await core.start();
  return core;
}

class RunningCore implements SipCore {
  controlPort = 0;
  readonly #clock: CountingClock;
  readonly #log: Logger;
  readonly #transports: readonly SipTransport[];
  readonly #layer: RunningTransactionLayer;
  readonly #userAgent: UserAgent;
  readonly #control: ControlServer;
  readonly #guard: Guard;
  readonly #trace = new Trace();

  constructor({ config, secret, log, lookUp }: SipCoreOptions, transports: readonly SipTransport[], clock: Clock) {
    this.#clock = new CountingClock(clock);
    this.#log = log;
    this.#transports = transports;
    const lan = config.lan === true;
    this.#guard = new Guard({
      clock,
      lanNetworks: () => (lan ? attachedPrivateNetworks(networkInterfaces()) : []),
      peerSources: config.peerSources ?? [],
      limits: guardLimitsOf(config),
      refused: (notice) => this.#refused(notice),
    });
    this.#layer = createTransactionLayer({
      transports,
      clock,
      ...(config.timers === undefined ? {} : { timers: config.timers }),
      filter: (flow) => this.#guard.admits(flow.remoteAddress),
      tap: (direction, flow, bytes, message) => this.#tap(direction, flow, bytes, message),
      log,
    });
    this.#control = new ControlServer({
      clock: this.#clock,
      log,
      secret,
      userAgent: () => this.#userAgent,
      endpoints: () => this.endpoints,
    });
    this.#userAgent = new UserAgent({
      clock: this.#clock,
      timers: { ...RFC_TIMERS, ...config.timers },
      layer: this.#layer,
      router: new TransportRouter(transports, clock, lookUp),
      applications: this.#control,
    });
    this.#layer.setHandler(this.#userAgent.handler);
  }

  get endpoints(): readonly string[] {
    return this.#transports.flatMap(({ name, port, addresses }) =>
      addresses.flatMap(reachableAddresses).map((address) => `${name}/${hostPort(address, port)}`),
    );
  }

  async start(): Promise<void> {
    await this.#layer.start();
    this.controlPort = await this.#control.listen();
  }

  attachControl(socket: Socket): void {
    this.#control.attach(socket);
  }

  stats(): SipCoreStats {
    return {
      transactions: this.#layer.counters(),
      userAgent: this.#userAgent.counters(),
      control: this.#control.counters(),
      guard: this.#guard.counters(),
      transports: Object.fromEntries(this.#transports.map((transport) => [transport.name, transport.counters()])),
      timers: this.#clock.pending,
      traceDropped: this.#trace.dropped,
      rssBytes: process.memoryUsage.rss(),
    };
  }

  trace(callId: string): readonly TracedMessage[] {
    return this.#trace.read(callId);
  }

  bans(): readonly Ban[] {
    return this.#guard.bans();
  }

  liftBan(address: string): boolean {
    return this.#guard.lift(address);
  }

  endAllCalls(): void {
    this.#userAgent.lostAll();
  }

  async stop(graceMs = 1_500): Promise<void> {
    this.endAllCalls();
    await this.#control.close();
    const endMs = this.#clock.now() + graceMs;
    while (this.#userAgent.counters().dialogs > 0 && this.#clock.now() < endMs) {
      await new Promise<void>((resolve) => void this.#clock.after(POLL_MS, resolve));
    }
    await this.#layer.stop();
  }

  #tap(direction: 'in' | 'out', flow: Flow, bytes: Buffer, message: SipMessage | undefined): void {
    const callId = message?.headers.get('Call-ID');
    if (message === undefined || callId === undefined) return;
    if (direction === 'in' && message.kind === 'request') {
      const userAgent = message.headers.get('User-Agent');
      if (userAgent !== undefined) this.#guard.sawUserAgent(flow.remoteAddress, userAgent);
    }
    const { transport, localAddress, localPort, remoteAddress, remotePort } = flow;
    const where = { transport, localAddress, localPort, remoteAddress, remotePort };
    this.#trace.record(callId, { timeMs: this.#clock.now(), direction, ...where, bytes });
  }

  /** One line per refusal in a form that log watchers can rely on. */
  #refused({ address, why, userAgent, untilMs }: RefusalNotice): void {
    const until = untilMs === undefined ? {} : { bannedUntil: new Date(untilMs).toISOString() };
    this.#log.warn({ ip: address, why, userAgent, ...until }, `sip refused ip=${address} reason=${why}`);
  }
}

/** A wildcard stands for all addresses of its family on this machine. */
function reachableAddresses(address: string): readonly string[] {
  if (address !== '0.0.0.0' && address !== '::') return [address];
  const family = address === '::' ? 'IPv6' : 'IPv4';
  return Object.values(networkInterfaces())
    .flatMap((entries) => entries ?? [])
    .filter((entry) => entry.family === family && !entry.address.startsWith('fe80'))
    .map((entry) => entry.address);
}
