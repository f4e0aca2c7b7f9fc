import { type IncomingMessage, type Server, STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import type { Clock } from '../../lifetime/clock.ts';
import type { SocketCounters } from './bounded-socket.ts';

/** A path that speaks WebSocket. */
export interface SocketRoute {
  /** Its groups are handed to `accept`. */
  readonly path: RegExp;
  /** Longest message that a client may send; 4 kB unless told, enough for pings. */
  readonly largestMessageBytes?: number;
  readonly accept: (
    socket: WebSocket,
    groups: readonly string[],
    query: URLSearchParams,
    request: IncomingMessage,
  ) => void;
}

const defaultMessageBytes = 4 * 1024;
/** Sockets at once; one more is answered 503. */
const mostSockets = 1_000;

/** Answers upgrade requests of HTTP servers by a table of socket paths; anything else is 404. */
export class SocketUpgrades {
  readonly #routes: readonly SocketRoute[];
  readonly #counters: SocketCounters;
  /** One for each limit on the length of messages. */
  readonly #webSockets = new Map<number, WebSocketServer>();

  constructor(routes: readonly SocketRoute[], counters: SocketCounters) {
    this.#routes = routes;
    this.#counters = counters;
    for (const { largestMessageBytes: maxPayload = defaultMessageBytes } of routes) {
      this.#webSockets.set(maxPayload, new WebSocketServer({ noServer: true, maxPayload, perMessageDeflate: false }));
    }
  }

  attach(server: Server): void {
    server.on('upgrade', (request: IncomingMessage, stream: Duplex, head: Buffer) => {
      stream.on('error', () => stream.destroy());
      this.#upgrade(request, stream, head);
    });
  }

  /** Ends every socket with code 1001 (going away); cuts those that have not closed after the grace time. */
  async stop(clock: Clock, graceMs: number): Promise<void> {
    const closing = this.#clients().map((socket) => {
      return new Promise<void>((resolve) => {
        const cut = clock.after(graceMs, () => socket.terminate());
        socket.once('close', () => {
          cut.cancel();
          resolve();
        });
        socket.close(1001, 'Landline is stopping');
      });
    });
    await Promise.all(closing);
  }

  #clients(): readonly WebSocket[] {
    return [...this.#webSockets.values()].flatMap(({ clients }) => [...clients]);
  }

  #upgrade(request: IncomingMessage, stream: Duplex, head: Buffer): void {
    const url = URL.parse(request.url ?? '', 'http://localhost');
    for (const { path, accept, largestMessageBytes = defaultMessageBytes } of this.#routes) {
      const match = url && path.exec(url.pathname);
      if (!match) continue;
      if (this.#clients().length >= mostSockets) {
        this.#counters.refused++;
        refuse(stream, 503);
        return;
      }
      this.#webSockets.get(largestMessageBytes)?.handleUpgrade(request, stream, head, (socket) => {
        this.#counters.opened++;
        accept(socket, match.slice(1), url.searchParams, request);
      });
      return;
    }
    refuse(stream, 404);
  }
}

function refuse(stream: Duplex, status: number): void {
  stream.end(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
}
