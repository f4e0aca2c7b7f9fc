import type { EventEmitter } from 'node:events';
import { createRequire } from 'node:module';
import { type Clock, realClock } from '../../server/lifetime/clock.ts';
import { VirtualClock } from '../../server/lifetime/virtual-clock.ts';
import { silentLogger } from '../../server/log/logger.ts';
import { type SipCore, startSipCore } from '../../server/sip/core.ts';
import type { SipCoreConfig } from '../../server/sip/core-config.ts';
import { MemoryNetwork } from '../../server/sip/transport/memory-network.ts';
import { listenInMemory } from '../support/memory-socket.ts';
import { memoryWire, tcpWire, udpWire } from './peer-wire.ts';
import { type PeerMessage, SipPeer } from './sip-peer.ts';

/** The part of drachtio-srf that the contract is about. */
export interface SrfMessage extends EventEmitter {
  readonly method: string;
  readonly uri: string;
  readonly status: number;
  readonly body: string;
  readonly raw: string;
  readonly source: string;
  readonly source_address: string;
  readonly source_port: number;
  readonly protocol: string;
  readonly stackTxnId: string;
  readonly stackDialogId: string;
  readonly receivedOn: string;
  get(name: string): string;
  has(name: string): boolean;
  cancel(done?: (error: unknown) => void): void;
}
export interface SrfReply {
  readonly status: number;
  send(
    status: number,
    options?: object,
    done?: (error: unknown, message: SrfMessage) => void,
    prack?: (prack: SrfMessage) => void,
  ): void;
}
export interface SrfDialog extends EventEmitter {
  readonly id: string;
  readonly sip: { readonly callId: string; readonly localTag: string; readonly remoteTag: string };
  readonly local: { sdp: string };
  readonly remote: { sdp: string };
  destroy(options?: object): Promise<SrfMessage>;
  modify(sdp: string, options?: object): Promise<string>;
  request(options: object): Promise<SrfMessage>;
}
export interface Srf extends EventEmitter {
  connect(options: object): void;
  disconnect(): void;
  invite(route: (request: SrfMessage, reply: SrfReply) => void): void;
  use(method: string, route: (request: SrfMessage, reply: SrfReply) => void): void;
  createUAS(request: SrfMessage, reply: SrfReply, options: object): Promise<SrfDialog>;
  createUAC(uri: string, options: object, progress?: object): Promise<SrfDialog>;
  request(uri: string, options: object): Promise<SrfMessage>;
}

const SrfClass = createRequire(import.meta.url)('drachtio-srf') as new () => Srf;

export type World = 'in memory' | 'over loopback sockets';

/** A core with one unmodified drachtio-srf application, in one process, in virtual or real time. */
export class House {
  readonly srf: Srf = new SrfClass();
  readonly core: SipCore;
  readonly network: MemoryNetwork | undefined;
  readonly clock: Clock;
  readonly secret: string;
  /** T1 of the core in ms: what its waiting times are multiples of. */
  readonly t1Ms: number;
  readonly #cleanUps: (() => void)[] = [];

  private constructor(parts: {
    core: SipCore;
    clock: Clock;
    network: MemoryNetwork | undefined;
    secret: string;
    t1Ms: number;
  }) {
    this.core = parts.core;
    this.clock = parts.clock;
    this.network = parts.network;
    this.secret = parts.secret;
    this.t1Ms = parts.t1Ms;
  }

  static async open(world: World, config: Partial<SipCoreConfig> = {}): Promise<House> {
    const virtual = world === 'in memory' ? new VirtualClock(Date.UTC(2026, 0, 5)) : undefined;
    const clock = virtual ?? realClock;
    const network = virtual === undefined ? undefined : new MemoryNetwork({ clock: virtual });
    const t1Ms = virtual === undefined ? 40 : 500;
    const secret = 'the secret of this boot';
    const core = await startSipCore({
      config: { port: 0, timers: { t1Ms, t2Ms: 8 * t1Ms, t4Ms: 10 * t1Ms }, ...config },
      secret,
      log: silentLogger,
      clock,
      ...(network === undefined ? {} : { transports: network.host('127.0.0.1', 5060) }),
    });
    const house = new House({ core, clock, network, secret, t1Ms });
    if (network !== undefined) {
      house.#cleanUps.push(listenInMemory({ port: core.controlPort, accept: (socket) => core.attachControl(socket) }));
    }
    await house.connect(house.srf);
    return house;
  }

  /** Port that SIP is spoken on. */
  get port(): number {
    return Number(this.core.endpoints[0]?.split(':').at(-1));
  }

  get uri(): string {
    return `sip:agent@127.0.0.1:${this.port}`;
  }

  async connect(srf: Srf): Promise<void> {
    srf.on('error', () => {});
    let isConnected = false;
    srf.on('connect', () => {
      isConnected = true;
    });
    srf.connect({ host: '127.0.0.1', port: this.core.controlPort, secret: this.secret, reconnect: { maxAttempts: 1 } });
    await this.until(() => isConnected, 'the application connects');
  }

  /** A peer on an address of its own. */
  async peer(transport: 'udp' | 'tcp' = 'udp', host = '127.0.0.2'): Promise<SipPeer> {
    const remote = { host: '127.0.0.1', port: this.port };
    let wire;
    if (this.network !== undefined) wire = await memoryWire(this.network, remote, host);
    else wire = transport === 'udp' ? await udpWire(remote) : await tcpWire(remote);
    this.#cleanUps.push(() => wire.close());
    return new SipPeer(wire);
  }

  /** Lets this much time pass. */
  async pass(ms: number): Promise<void> {
    if (this.clock instanceof VirtualClock) await this.clock.advance(ms);
    else await new Promise((resolve) => setTimeout(resolve, ms));
  }

  /** Lets time pass until it is so, at most 5 s; `what` is named when it never is. */
  async until(isSo: () => boolean, what: string, withinMs = 5_000): Promise<void> {
    for (let waitedMs = 0; waitedMs <= withinMs; waitedMs += 5) {
      if (isSo()) return;
      await this.pass(5);
    }
    throw new Error(`It did not happen: ${what}`);
  }

  /** What a promise of the application comes to, while time passes. */
  async result<T>(promise: Promise<T>): Promise<T> {
    let isSettled = false;
    const settle = (): void => {
      isSettled = true;
    };
    promise.then(settle, settle);
    await this.until(() => isSettled, 'the application gets its result');
    return await promise;
  }

  /** The next message to this peer that fits. */
  async expect(
    peer: SipPeer,
    what: string | number,
    also: (message: PeerMessage) => boolean = () => true,
  ): Promise<PeerMessage> {
    let found: PeerMessage | undefined;
    const fits = (message: PeerMessage): boolean =>
      (typeof what === 'number' ? message.status === what : message.status === 0 && message.method === what) &&
      also(message);
    await this.until(
      () => {
        found = peer.take(fits);
        return found !== undefined;
      },
      `the peer gets ${what}; it has ${peer.inbox.map(({ start }) => start).join(', ') || 'nothing'}`,
    );
    return found as PeerMessage;
  }

  async close(): Promise<void> {
    try {
      this.srf.disconnect();
    } catch {
      // It asserts that it has a connection.
    }
    for (const cleanUp of this.#cleanUps) cleanUp();
    await this.core.stop(0);
  }
}
