import { createSocket } from 'node:dgram';
import { isIPv6 } from 'node:net';
import type { Clock } from '../../lifetime/clock.ts';
import { unreachable } from './bind-error.ts';

const CACHE_LIMIT = 4096;
const CACHE_MS = 60_000;
/** Any port will do: connecting a UDP socket sends nothing, it only asks the routing table. */
const PROBE_PORT = 9;

/** Asks the system which of our addresses it would use towards `remoteAddress`. */
function probe(remoteAddress: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = createSocket(isIPv6(remoteAddress) ? 'udp6' : 'udp4');
    const fail = (cause: Error) => {
      socket.close();
      reject(unreachable(`There is no route to ${remoteAddress} (${cause.message}).`, cause));
    };
    socket.once('error', fail);
    socket.connect(PROBE_PORT, remoteAddress, () => {
      const { address } = socket.address();
      socket.close();
      resolve(address);
    });
  });
}

interface Route {
  readonly localAddress: string;
  readonly knownUntilMs: number;
}

/**
 * Our address on the way to a peer, for sockets bound to a wildcard. Answers are kept for a minute, because addresses
 * change; at most 4096 of them, the oldest makes room.
 */
export class LocalRoutes {
  readonly #clock: Clock;
  readonly #probe: (remoteAddress: string) => Promise<string>;
  readonly #known = new Map<string, Route>();
  readonly #pending = new Map<string, Promise<string>>();

  constructor(clock: Clock, probeRoute: (remoteAddress: string) => Promise<string> = probe) {
    this.#clock = clock;
    this.#probe = probeRoute;
  }

  to(remoteAddress: string): string | Promise<string> {
    const route = this.#known.get(remoteAddress);
    if (route !== undefined && route.knownUntilMs > this.#clock.now()) return route.localAddress;
    const pending = this.#pending.get(remoteAddress);
    if (pending !== undefined) return pending;
    if (this.#pending.size >= CACHE_LIMIT) return Promise.reject(unreachable('Too many routes are being looked up.'));
    const asked = this.#probe(remoteAddress)
      .then((localAddress) => this.#remember(remoteAddress, localAddress))
      .finally(() => this.#pending.delete(remoteAddress));
    this.#pending.set(remoteAddress, asked);
    return asked;
  }

  #remember(remoteAddress: string, localAddress: string): string {
    this.#known.delete(remoteAddress);
    if (this.#known.size >= CACHE_LIMIT) {
      const oldest = this.#known.keys().next();
      if (oldest.done !== true) this.#known.delete(oldest.value);
    }
    this.#known.set(remoteAddress, { localAddress, knownUntilMs: this.#clock.now() + CACHE_MS });
    return localAddress;
  }
}
