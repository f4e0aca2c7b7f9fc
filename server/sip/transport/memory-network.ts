import type { Clock } from '../../lifetime/clock.ts';
import type { Flow, Target, TransportName } from '../txn/transaction-layer.ts';
import { unreachable } from './bind-error.ts';
import { peerKey, type SipTransport, type TransportCounters, type TransportEvents } from './sip-transport.ts';

/** A message on its way through the simulated network. */
export interface Packet {
  readonly transport: TransportName;
  readonly from: { readonly address: string; readonly port: number };
  readonly to: { readonly address: string; readonly port: number };
  readonly bytes: Buffer;
  /** Request or status line, for scripts that aim at certain messages. */
  readonly startLine: string;
}

/** Decides a UDP packet's fate: the delays in ms of the copies that arrive; none means lost. */
export type DeliveryScript = (packet: Packet) => readonly number[];

export interface MemoryNetworkOptions {
  readonly clock: Clock;
  /** One-way delay of everything that has no script, default 1 ms. */
  readonly delayMs?: number;
  readonly script?: DeliveryScript;
}

const LOG_LIMIT = 100_000;

/** A script that loses the first `count` UDP packets whose start line matches, and delivers the rest after `delayMs`. */
export function losing(count: number, pattern: RegExp, delayMs = 1): DeliveryScript {
  let left = count;
  return ({ startLine }) => {
    if (!pattern.test(startLine) || left <= 0) return [delayMs];
    left--;
    return [];
  };
}

/**
 * Hosts that exchange SIP in one process, timed by the given clock: UDP as the script says, streams reliable and in
 * order. A stream to an address without listener is refused, a datagram to it is lost.
 */
export class MemoryNetwork {
  readonly clock: Clock;
  readonly #delayMs: number;
  #script: DeliveryScript | undefined;
  readonly #hosts = new Map<string, MemoryTransport>();
  /** The packets that were sent, with the time: what a test looks at. The oldest go when there are 100,000. */
  readonly log: { readonly atMs: number; readonly packet: Packet }[] = [];

  constructor(options: MemoryNetworkOptions) {
    this.clock = options.clock;
    this.#delayMs = options.delayMs ?? 1;
    this.#script = options.script;
  }

  set script(script: DeliveryScript | undefined) {
    this.#script = script;
  }

  /** UDP and stream transport of one host. */
  host(address: string, port = 5060): readonly [SipTransport, SipTransport] {
    return [new MemoryTransport(this, 'udp', address, port), new MemoryTransport(this, 'tcp', address, port)];
  }

  /** Breaks all streams between two hosts. */
  disconnect(address: string, otherAddress: string): void {
    for (const host of this.#hosts.values()) {
      if (host.name === 'tcp' && host.address === address) host.dropPeer(otherAddress);
      if (host.name === 'tcp' && host.address === otherAddress) host.dropPeer(address);
    }
  }

  /** @internal */
  attach(host: MemoryTransport): void {
    this.#hosts.set(`${host.name}|${peerKey(host.address, host.port)}`, host);
  }

  /** @internal */
  detach(host: MemoryTransport): void {
    this.#hosts.delete(`${host.name}|${peerKey(host.address, host.port)}`);
  }

  /** @internal */
  find(transport: TransportName, address: string, port: number): MemoryTransport | undefined {
    return this.#hosts.get(`${transport}|${peerKey(address, port)}`);
  }

  /** @internal */
  carry(packet: Packet): void {
    if (this.log.length >= LOG_LIMIT) this.log.splice(0, LOG_LIMIT / 2);
    this.log.push({ atMs: this.clock.now(), packet });
    const delays = packet.transport === 'udp' && this.#script !== undefined ? this.#script(packet) : [this.#delayMs];
    for (const delayMs of delays) {
      this.clock.after(delayMs, () => this.find(packet.transport, packet.to.address, packet.to.port)?.receive(packet));
    }
  }
}

const NO_COUNTS: TransportCounters = { connections: 0, refusedConnections: 0, slowConnections: 0, sendErrors: 0 };

class MemoryTransport implements SipTransport {
  readonly name: TransportName;
  readonly address: string;
  readonly port: number;
  readonly #network: MemoryNetwork;
  #events: TransportEvents | undefined;
  readonly #streams = new Set<string>();

  constructor(network: MemoryNetwork, name: TransportName, address: string, port: number) {
    this.#network = network;
    this.name = name;
    this.address = address;
    this.port = port;
  }

  get addresses(): readonly string[] {
    return [this.address];
  }

  start(events: TransportEvents): Promise<void> {
    this.#events = events;
    this.#network.attach(this);
    return Promise.resolve();
  }

  flowTo(target: Target): Flow | Promise<Flow> {
    const flow = this.#flow(target.address, target.port);
    const key = peerKey(target.address, target.port);
    if (this.name === 'udp' || this.#streams.has(key)) return flow;
    if (this.#network.find('tcp', target.address, target.port) === undefined) {
      return Promise.reject(unreachable(`${target.address}:${target.port} refused the connection.`));
    }
    this.#streams.add(key);
    return flow;
  }

  send(flow: Flow, bytes: Buffer, failed: (detail: string) => void): void {
    const isOpen = this.name === 'udp' || this.#streams.has(peerKey(flow.remoteAddress, flow.remotePort));
    if (this.#events === undefined || !isOpen) {
      queueMicrotask(() => failed('The connection is closed.'));
      return;
    }
    const startLine = bytes.toString('utf8', 0, Math.max(0, bytes.indexOf('\r\n')));
    const from = { address: this.address, port: this.port };
    const to = { address: flow.remoteAddress, port: flow.remotePort };
    this.#network.carry({ transport: this.name, from, to, bytes: Buffer.from(bytes), startLine });
  }

  receive({ from, bytes, transport }: Packet): void {
    const flow = this.#flow(from.address, from.port);
    if (transport === 'tcp') this.#streams.add(peerKey(from.address, from.port));
    if (this.#events?.admit(flow, bytes) === true) this.#events.message(Buffer.from(bytes), flow);
  }

  dropPeer(address: string): void {
    for (const key of this.#streams) {
      const [peer = '', port = ''] = key.split('|');
      if (peer !== address) continue;
      this.#streams.delete(key);
      queueMicrotask(() => this.#events?.closed(this.#flow(peer, Number(port))));
    }
  }

  stop(): Promise<void> {
    this.#events = undefined;
    this.#network.detach(this);
    return Promise.resolve();
  }

  counters(): TransportCounters {
    return { ...NO_COUNTS, connections: this.#streams.size };
  }

  #flow(remoteAddress: string, remotePort: number): Flow {
    return { transport: this.name, remoteAddress, remotePort, localAddress: this.address, localPort: this.port };
  }
}
