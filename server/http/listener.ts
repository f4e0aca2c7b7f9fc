import { createServer, type RequestListener, type Server } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import { createServer as createNetServer, type Server as NetServer, type Socket } from 'node:net';
import type { SecureContextOptions } from 'node:tls';
import type { Clock } from '../lifetime/clock.ts';
import { type ListenOptions, listen, stopListening } from './listen.ts';
import type { SocketUpgrades } from './sockets/upgrade.ts';

export interface ListenerParts {
  readonly app: RequestListener;
  readonly upgrades: SocketUpgrades;
  /** Present when the port is to speak HTTPS and WSS as well. */
  readonly tls?: SecureContextOptions | undefined;
}

/** First byte of every TLS connection: a handshake record (RFC 8446 §5.1). */
const tlsHandshake = 0x16;
const firstByteWaitMs = 10_000;

/** One port. With a certificate it takes both HTTP and HTTPS: the first byte of a connection tells which. */
export class Listener {
  readonly #plain: Server;
  readonly #secure: Server | undefined;
  /** What is bound: the plain server itself, or a port that looks at the first byte. */
  readonly #bound: Server | NetServer;
  /** Requests in hand by connection; only a server that is bound itself keeps such a list of its own. */
  readonly #connections = new Map<Socket, number>();

  constructor({ app, upgrades, tls }: ListenerParts) {
    this.#plain = createServer(app);
    upgrades.attach(this.#plain);
    this.#secure = tls && createSecureServer(tls, app);
    if (this.#secure) upgrades.attach(this.#secure);
    this.#bound = this.#secure ? createNetServer((socket) => this.#sort(socket)) : this.#plain;
    if (this.#secure) {
      this.#watch(this.#plain, 'connection');
      this.#watch(this.#secure, 'secureConnection');
    }
  }

  /** Resolves with the port. Throws `http-port-taken` or `http-port-refused`. */
  start(options: ListenOptions): Promise<number> {
    return listen(this.#bound, options);
  }

  async stop(clock: Clock, graceMs: number): Promise<void> {
    if (!this.#secure) {
      await stopListening(this.#plain, clock, graceMs);
      return;
    }
    const closed = new Promise<void>((resolve) => {
      if (this.#bound.listening) this.#bound.close(() => resolve());
      else resolve();
    });
    const cut = clock.after(graceMs, () => this.#close(() => true));
    this.#close((requests) => requests === 0);
    await closed;
    cut.cancel();
  }

  #watch(server: Server, event: 'connection' | 'secureConnection'): void {
    const connections = this.#connections;
    server.on(event, (socket: Socket) => {
      connections.set(socket, 0);
      socket.once('close', () => connections.delete(socket));
    });
    server.on('request', ({ socket }, response) => {
      const count = (change: number) => {
        if (connections.has(socket)) connections.set(socket, (connections.get(socket) ?? 0) + change);
      };
      count(1);
      response.once('close', () => {
        count(-1);
        if (!this.#bound.listening && connections.get(socket) === 0) socket.end();
      });
    });
  }

  #close(which: (requests: number) => boolean): void {
    for (const [socket, requests] of this.#connections) if (which(requests)) socket.destroy();
  }

  #sort(socket: Socket): void {
    socket.setTimeout(firstByteWaitMs, () => socket.destroy());
    socket.once('error', () => socket.destroy());
    socket.once('data', (first: Buffer) => {
      socket.setTimeout(0);
      socket.removeAllListeners('timeout');
      socket.pause();
      socket.unshift(first);
      const server = first[0] === tlsHandshake ? this.#secure : this.#plain;
      server?.emit('connection', socket);
      process.nextTick(() => socket.resume());
    });
  }
}
