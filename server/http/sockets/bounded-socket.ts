import type { WebSocket } from 'ws';

/** Above this much unsent data, messages that may be lost are left out. */
const droppableLimitBytes = 64 * 1024;
/** Above this much unsent data the reader is too slow to be kept. */
const hardLimitBytes = 1024 * 1024;

/** Counts over all sockets of a server. */
export class SocketCounters {
  opened = 0;
  refused = 0;
  /** Messages left out since their reader was slow. */
  dropped = 0;
  /** Readers that were cut off since they were too slow. */
  tooSlow = 0;
}

/**
 * Sends with a limit on what waits in memory for a slow reader: messages marked `droppable` are left out early, and
 * one that is not cuts the socket when far too much waits (a close frame would have to wait behind it all).
 */
export class BoundedSocket {
  readonly #socket: WebSocket;
  readonly #counters: SocketCounters;

  constructor(socket: WebSocket, counters: SocketCounters) {
    this.#socket = socket;
    this.#counters = counters;
  }

  send(message: object, rule: 'keep' | 'droppable' = 'keep'): void {
    const socket = this.#socket;
    if (socket.readyState !== socket.OPEN) return;
    if (rule === 'droppable' && socket.bufferedAmount > droppableLimitBytes) {
      this.#counters.dropped++;
      return;
    }
    if (socket.bufferedAmount > hardLimitBytes) {
      this.#counters.tooSlow++;
      socket.terminate();
      return;
    }
    socket.send(JSON.stringify(message));
  }

  close(code: number, reason: string): void {
    this.#socket.close(code, reason);
  }
}
