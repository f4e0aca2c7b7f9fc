import type { Socket } from 'node:net';
import type { Clock, Timer } from '../../lifetime/clock.ts';
import { type StreamEvent, StreamFramer } from '../msg/stream-framer.ts';
import type { Flow } from '../txn/transaction-layer.ts';

export interface TcpLimits {
  /** Connections from (and to) one address. */
  readonly perAddress: number;
  readonly total: number;
  /** From the first byte of a message, or from the accept, to the end of the message. */
  readonly messageTimeoutMs: number;
  readonly connectTimeoutMs: number;
  /** Bytes that may wait for a peer that does not read. */
  readonly unsentBytes: number;
}

export const TCP_LIMITS: TcpLimits = {
  perAddress: 100,
  total: 2000,
  messageTimeoutMs: 30_000,
  connectTimeoutMs: 5000,
  unsentBytes: 1024 * 1024,
};

const KEEP_ALIVE_MS = 60_000;
const PONG = Buffer.from('\r\n');

export interface ConnectionEvents {
  admit(flow: Flow, bytes: Buffer): boolean;
  message(bytes: Buffer, flow: Flow): void;
  unframed(bytes: Buffer, flow: Flow, reason: string): void;
  closed(connection: TcpConnection): void;
  slow(): void;
}

/** One established TCP connection: cuts its stream into messages, and ends when either side is too slow. */
export class TcpConnection {
  readonly flow: Flow;
  readonly #socket: Socket;
  readonly #clock: Clock;
  readonly #limits: TcpLimits;
  readonly #framer = new StreamFramer();
  #deadline: Timer | undefined;
  #isBroken = false;

  constructor(socket: Socket, flow: Flow, clock: Clock, limits: TcpLimits) {
    this.#socket = socket;
    this.flow = flow;
    this.#clock = clock;
    this.#limits = limits;
  }

  /** Whether anything can still be sent on it. */
  get isOpen(): boolean {
    return this.#socket.writable;
  }

  /** `isInbound`: the peer opened it and owes us a first message. */
  start(events: ConnectionEvents, isInbound: boolean): void {
    const socket = this.#socket;
    socket.setNoDelay(true);
    socket.setKeepAlive(true, KEEP_ALIVE_MS);
    socket.on('data', (chunk: Buffer) => this.#received(chunk, events));
    socket.on('error', () => socket.destroy());
    socket.on('end', () => socket.end());
    socket.on('close', () => {
      this.#deadline?.cancel();
      events.closed(this);
    });
    if (isInbound) this.#expectMessage(events);
  }

  /** `failed` is called when the connection is gone, or its peer does not read. */
  send(bytes: Buffer, failed: (detail: string) => void, events: ConnectionEvents): void {
    const socket = this.#socket;
    if (!socket.writable) {
      queueMicrotask(() => failed('The connection is closed.'));
      return;
    }
    if (socket.writableLength + bytes.length > this.#limits.unsentBytes) {
      events.slow();
      queueMicrotask(() => failed('The other side does not read.'));
      socket.destroy();
      return;
    }
    socket.write(bytes, (error) => {
      if (error) failed(`The connection failed (${error.message}).`);
    });
  }

  destroy(): void {
    this.#socket.destroy();
  }

  #received(chunk: Buffer, events: ConnectionEvents): void {
    if (this.#isBroken) return;
    if (!events.admit(this.flow, chunk)) {
      this.#socket.destroy();
      return;
    }
    const completed = this.#framer.push(chunk);
    if (completed.length > 0 || !this.#framer.isMidMessage) this.#settled();
    if (this.#framer.isMidMessage && this.#deadline === undefined) this.#expectMessage(events);
    for (const event of completed) this.#deliver(event, events);
  }

  #deliver(event: StreamEvent, events: ConnectionEvents): void {
    switch (event.kind) {
      case 'message':
        events.message(event.bytes, this.flow);
        return;
      case 'ping':
        this.send(PONG, () => {}, events);
        return;
      case 'failure':
        this.#isBroken = true;
        events.unframed(event.bytes, this.flow, event.reason);
        this.#socket.end();
        this.#expectMessage(events);
        return;
    }
  }

  #settled(): void {
    this.#deadline?.cancel();
    this.#deadline = undefined;
  }

  #expectMessage(events: ConnectionEvents): void {
    this.#settled();
    this.#deadline = this.#clock.after(this.#limits.messageTimeoutMs, () => {
      events.slow();
      this.#socket.destroy();
    });
  }
}
