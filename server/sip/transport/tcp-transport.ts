import { once } from 'node:events';
import { connect, createServer, isIPv6, type Server, type Socket } from 'node:net';
import type { Clock } from '../../lifetime/clock.ts';
import type { Flow, Target } from '../txn/transaction-layer.ts';
import { bindError, unreachable } from './bind-error.ts';
import { chooseLocal, isWildcard, plainAddress } from './local-address.ts';
import { peerKey, type SipTransport, type TransportCounters, type TransportEvents } from './sip-transport.ts';
import { type ConnectionEvents, TcpConnection, type TcpLimits } from './tcp-connection.ts';

const NO_BYTES = Buffer.alloc(0);

async function listen(address: string, port: number): Promise<Server> {
  const server = createServer({ allowHalfOpen: true });
  try {
    server.listen({ host: address, port, ipv6Only: isIPv6(address), exclusive: true });
    await once(server, 'listening');
    return server;
  } catch (cause) {
    throw bindError(cause, 'tcp', address, port);
  }
}

/** SIP over TCP: listens on every bound address, opens connections where needed, and uses those that are open. */
export class TcpTransport implements SipTransport {
  readonly name = 'tcp';
  readonly port: number;
  readonly addresses: readonly string[];
  readonly #servers: readonly Server[];
  readonly #clock: Clock;
  readonly #limits: TcpLimits;
  readonly #connections = new Set<TcpConnection>();
  /** The connection to use towards a peer: the newest of those to its address and port. */
  readonly #byPeer = new Map<string, TcpConnection>();
  readonly #connecting = new Map<string, Promise<Flow>>();
  readonly #countByAddress = new Map<string, number>();
  #events: TransportEvents | undefined;
  #refused = 0;
  #slow = 0;
  #sendErrors = 0;

  private constructor(
    servers: readonly Server[],
    addresses: readonly string[],
    port: number,
    clock: Clock,
    limits: TcpLimits,
  ) {
    this.#servers = servers;
    this.addresses = addresses;
    this.port = port;
    this.#clock = clock;
    this.#limits = limits;
  }

  static async open(
    addresses: readonly string[],
    port: number,
    clock: Clock,
    limits: TcpLimits,
  ): Promise<TcpTransport> {
    const servers: Server[] = [];
    try {
      for (const address of addresses) servers.push(await listen(address, port));
    } catch (failure) {
      for (const server of servers) server.close();
      throw failure;
    }
    const transport = new TcpTransport(servers, addresses, port, clock, limits);
    for (const server of servers) {
      server.on('connection', (socket) => transport.#accept(socket));
      server.on('error', () => void transport.#refused++);
    }
    return transport;
  }

  start(events: TransportEvents): Promise<void> {
    this.#events = events;
    return Promise.resolve();
  }

  flowTo(target: Target): Flow | Promise<Flow> {
    const key = peerKey(target.address, target.port);
    const open = this.#byPeer.get(key);
    if (open?.isOpen === true) return open.flow;
    const pending = this.#connecting.get(key);
    if (pending !== undefined) return pending;
    const connecting = this.#connect(target).finally(() => this.#connecting.delete(key));
    this.#connecting.set(key, connecting);
    return connecting;
  }

  send(flow: Flow, bytes: Buffer, failed: (detail: string) => void): void {
    const connection = this.#byPeer.get(peerKey(flow.remoteAddress, flow.remotePort));
    const count = (detail: string) => {
      this.#sendErrors++;
      failed(detail);
    };
    if (connection === undefined) queueMicrotask(() => count('The connection is closed.'));
    else connection.send(bytes, count, this.#connectionEvents);
  }

  async stop(): Promise<void> {
    this.#events = undefined;
    for (const connection of this.#connections) connection.destroy();
    await Promise.all(
      this.#servers.map((server) => new Promise<void>((resolve) => void server.close(() => resolve()))),
    );
  }

  counters(): TransportCounters {
    return {
      connections: this.#connections.size,
      refusedConnections: this.#refused,
      slowConnections: this.#slow,
      sendErrors: this.#sendErrors,
    };
  }

  readonly #connectionEvents: ConnectionEvents = {
    admit: (flow, bytes) => this.#events?.admit(flow, bytes) === true,
    message: (bytes, flow) => this.#events?.message(bytes, flow),
    unframed: (bytes, flow, reason) => this.#events?.unframed(bytes, flow, reason),
    closed: (connection) => this.#closed(connection),
    slow: () => void this.#slow++,
  };

  #accept(socket: Socket): void {
    const remoteAddress = plainAddress(socket.remoteAddress ?? '');
    if (remoteAddress !== '' && this.#hasRoomFor(remoteAddress) && this.#isWelcome(socket, remoteAddress)) {
      this.#adopt(socket, remoteAddress, socket.remotePort ?? 0, true);
      return;
    }
    this.#refused++;
    socket.on('error', () => {});
    socket.destroy();
  }

  #hasRoomFor(remoteAddress: string): boolean {
    const { total, perAddress } = this.#limits;
    return this.#connections.size < total && (this.#countByAddress.get(remoteAddress) ?? 0) < perAddress;
  }

  #isWelcome(socket: Socket, remoteAddress: string): boolean {
    return this.#events?.admit(this.#flow(socket, remoteAddress, socket.remotePort ?? 0), NO_BYTES) === true;
  }

  #flow(socket: Socket, remoteAddress: string, remotePort: number): Flow {
    const localAddress = plainAddress(socket.localAddress ?? '');
    return { transport: 'tcp', remoteAddress, remotePort, localAddress, localPort: this.port };
  }

  #adopt(socket: Socket, remoteAddress: string, remotePort: number, isInbound: boolean): Flow {
    const flow = this.#flow(socket, remoteAddress, remotePort);
    const connection = new TcpConnection(socket, flow, this.#clock, this.#limits);
    this.#connections.add(connection);
    this.#byPeer.set(peerKey(remoteAddress, remotePort), connection);
    this.#countByAddress.set(remoteAddress, (this.#countByAddress.get(remoteAddress) ?? 0) + 1);
    connection.start(this.#connectionEvents, isInbound);
    return flow;
  }

  #closed(connection: TcpConnection): void {
    const { flow } = connection;
    this.#connections.delete(connection);
    const left = (this.#countByAddress.get(flow.remoteAddress) ?? 1) - 1;
    if (left > 0) this.#countByAddress.set(flow.remoteAddress, left);
    else this.#countByAddress.delete(flow.remoteAddress);
    const key = peerKey(flow.remoteAddress, flow.remotePort);
    if (this.#byPeer.get(key) !== connection) return;
    this.#byPeer.delete(key);
    this.#events?.closed(flow);
  }

  #connect(target: Target): Promise<Flow> {
    const local = chooseLocal(this.addresses, target.address);
    if (local === undefined) return Promise.reject(unreachable(`No TCP socket can reach ${target.address}.`));
    const where = `${target.address}:${target.port}`;
    const { promise, resolve, reject } = Promise.withResolvers<Flow>();
    const from = isWildcard(local) ? {} : { localAddress: local };
    const socket = connect({ host: target.address, port: target.port, allowHalfOpen: true, ...from });
    const fail = (why: string, cause?: Error) => {
      deadline.cancel();
      socket.destroy();
      reject(unreachable(`No TCP connection to ${where} (${why}).`, cause));
    };
    const onError = (cause: Error) => fail(cause.message, cause);
    const deadline = this.#clock.after(this.#limits.connectTimeoutMs, () => fail('no answer'));
    socket.once('error', onError);
    socket.once('connect', () => {
      deadline.cancel();
      socket.off('error', onError);
      if (this.#events === undefined) fail('the transport is closed');
      else resolve(this.#adopt(socket, target.address, target.port, false));
    });
    return promise;
  }
}
