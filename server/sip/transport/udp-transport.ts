import { createSocket, type RemoteInfo, type Socket } from 'node:dgram';
import { isIPv6 } from 'node:net';
import type { Flow, Target } from '../txn/transaction-layer.ts';
import { bindError, unreachable } from './bind-error.ts';
import { chooseLocal, isWildcard } from './local-address.ts';
import type { LocalRoutes } from './local-route.ts';
import type { SipTransport, TransportCounters, TransportEvents } from './sip-transport.ts';

/** So that a burst waits in the kernel while the loop is busy; the system may grant less. */
const SOCKET_BUFFER_BYTES = 4 * 1024 * 1024;

interface Bound {
  readonly address: string;
  readonly socket: Socket;
}

function enlargeBuffers(socket: Socket): void {
  try {
    socket.setRecvBufferSize(SOCKET_BUFFER_BYTES);
    socket.setSendBufferSize(SOCKET_BUFFER_BYTES);
  } catch {
    // A system that refuses the size keeps its default; fewer packets fit into a burst then.
  }
}

/** Binds one socket; addresses are numbers always, so nothing is looked up. */
function bindSocket(address: string, port: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const family = isIPv6(address) ? 6 : 4;
    const socket = createSocket({
      type: family === 6 ? 'udp6' : 'udp4',
      ipv6Only: family === 6,
      lookup: (host, _options, found) => found(null, host, family),
    });
    socket.once('error', (cause) => {
      socket.close();
      reject(bindError(cause, 'udp', address, port));
    });
    socket.bind({ address, port, exclusive: true }, () => {
      socket.removeAllListeners('error');
      enlargeBuffers(socket);
      resolve(socket);
    });
  });
}

/** SIP over UDP: one socket per bound address, answers leave from the socket that heard the question. */
export class UdpTransport implements SipTransport {
  readonly name = 'udp';
  readonly port: number;
  readonly addresses: readonly string[];
  /** Empty once stopped. */
  readonly #bound: Bound[];
  readonly #routes: LocalRoutes;
  #events: TransportEvents | undefined;
  #sendErrors = 0;

  private constructor(bound: Bound[], port: number, routes: LocalRoutes) {
    this.#bound = bound;
    this.port = port;
    this.addresses = bound.map(({ address }) => address);
    this.#routes = routes;
  }

  /** Binds all addresses to one port; 0 takes any port that is free on the first of them. */
  static async open(addresses: readonly string[], port: number, routes: LocalRoutes): Promise<UdpTransport> {
    const bound: Bound[] = [];
    let chosen = port;
    try {
      for (const address of addresses) {
        const socket = await bindSocket(address, chosen);
        bound.push({ address, socket });
        chosen = socket.address().port;
      }
    } catch (failure) {
      for (const { socket } of bound) socket.close();
      throw failure;
    }
    return new UdpTransport(bound, chosen, routes);
  }

  start(events: TransportEvents): Promise<void> {
    this.#events = events;
    for (const bound of this.#bound) {
      bound.socket.on('message', (bytes, source) => this.#received(bound, bytes, source));
      bound.socket.on('error', () => void this.#sendErrors++);
    }
    return Promise.resolve();
  }

  flowTo(target: Target): Flow | Promise<Flow> {
    const local = chooseLocal(this.addresses, target.address);
    if (local === undefined) return Promise.reject(unreachable(`No UDP socket can reach ${target.address}.`));
    return this.#flow(local, target.address, target.port);
  }

  send(flow: Flow, bytes: Buffer, failed: (detail: string) => void): void {
    const bound = this.#socketFor(flow);
    if (bound === undefined || this.#events === undefined) {
      queueMicrotask(() => failed('The UDP socket is closed.'));
      return;
    }
    bound.socket.send(bytes, flow.remotePort, flow.remoteAddress, (error) => {
      if (error === null) return;
      this.#sendErrors++;
      failed(`Sending to ${flow.remoteAddress}:${flow.remotePort} failed (${error.message}).`);
    });
  }

  async stop(): Promise<void> {
    this.#events = undefined;
    const open = this.#bound.splice(0);
    await Promise.all(open.map(({ socket }) => new Promise<void>((resolve) => void socket.close(() => resolve()))));
  }

  counters(): TransportCounters {
    return { connections: 0, refusedConnections: 0, slowConnections: 0, sendErrors: this.#sendErrors };
  }

  #socketFor(flow: Flow): Bound | undefined {
    const exact = this.#bound.find(({ address }) => address === flow.localAddress);
    const local = exact === undefined ? chooseLocal(this.addresses, flow.remoteAddress) : undefined;
    return exact ?? this.#bound.find(({ address }) => address === local);
  }

  #flow(local: string, remoteAddress: string, remotePort: number): Flow | Promise<Flow> {
    const flowFrom = (localAddress: string): Flow => ({
      transport: 'udp',
      remoteAddress,
      remotePort,
      localAddress,
      localPort: this.port,
    });
    if (!isWildcard(local)) return flowFrom(local);
    const localAddress = this.#routes.to(remoteAddress);
    return typeof localAddress === 'string' ? flowFrom(localAddress) : localAddress.then(flowFrom);
  }

  #received(bound: Bound, bytes: Buffer, source: RemoteInfo): void {
    const seen = {
      transport: 'udp',
      remoteAddress: source.address,
      remotePort: source.port,
      localPort: this.port,
    } as const;
    if (this.#events?.admit({ ...seen, localAddress: bound.address }, bytes) !== true) return;
    const flow = this.#flow(bound.address, source.address, source.port);
    if (!(flow instanceof Promise)) {
      this.#events.message(bytes, flow);
      return;
    }
    // Without a route back no answer could leave; the sender repeats what matters.
    flow.then(
      (known) => this.#events?.message(bytes, known),
      () => void this.#sendErrors++,
    );
  }
}
