import { connect, type Socket } from 'node:net';
import { Backoff } from '../../lifetime/backoff.ts';
import type { Clock, Timer } from '../../lifetime/clock.ts';
import type { Frame } from '../frame.ts';
import { encodeStreamFrame } from '../frame-channel.ts';
import type { FrameSender } from './frame-sender.ts';

/** Records kept while the channel is down: about a second of one call in 100 ms groups, shared by all. Oldest drop first. */
const mostWaiting = 64;
/** A reader this far behind gets nothing more until it has caught up: about 4 s of 50 calls. */
const mostUnsentBytes = 4 * 1024 * 1024;

interface Waiting {
  readonly record: Buffer;
  readonly dropped: () => void;
}

/** One connection per path, shared by all legs that send there, made again with back-off while anybody needs it. */
export class SinkChannels {
  readonly #clock: Clock;
  readonly #channels = new Map<string, SinkChannel>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  open(path: string, streamId: number, sampleRate: number): FrameSender {
    let channel = this.#channels.get(path);
    if (!channel) {
      channel = new SinkChannel(this.#clock, path);
      this.#channels.set(path, channel);
      channel.start();
    }
    const opened = channel;
    opened.users++;
    let dropped = 0;
    let isOpen = true;
    return {
      sampleRate,
      send: (frame: Frame) =>
        opened.send({ record: encodeStreamFrame(streamId, frame), dropped: () => void dropped++ }),
      takeDropped: () => {
        const taken = dropped;
        dropped = 0;
        return taken;
      },
      close: () => {
        if (!isOpen) return;
        isOpen = false;
        opened.users--;
        if (opened.users === 0) this.#drop(opened);
      },
    };
  }

  close(): void {
    for (const channel of this.#channels.values()) channel.close();
    this.#channels.clear();
  }

  #drop(channel: SinkChannel): void {
    this.#channels.delete(channel.path);
    channel.close();
  }
}

class SinkChannel {
  readonly path: string;
  users = 0;
  readonly #clock: Clock;
  readonly #backoff = new Backoff({ firstMs: 20, factor: 2, longestMs: 500 });
  #socket: Socket | undefined;
  #isConnected = false;
  #isClosed = false;
  #retry: Timer | undefined;
  #waiting: Waiting[] = [];

  constructor(clock: Clock, path: string) {
    this.#clock = clock;
    this.path = path;
  }

  start(): void {
    const socket = connect(this.path);
    this.#socket = socket;
    socket.on('connect', () => this.#connected(socket));
    socket.on('error', () => {});
    socket.on('close', () => this.#lost());
    // Nothing is ever expected to come back; reading notices the end.
    socket.resume();
  }

  send(waiting: Waiting): void {
    if (this.#isConnected && this.#socket) this.#write(this.#socket, waiting);
    else {
      this.#waiting.push(waiting);
      if (this.#waiting.length > mostWaiting) this.#waiting.shift()?.dropped();
    }
  }

  /** Ends the connection after what was written. */
  close(): void {
    this.#isClosed = true;
    this.#retry?.cancel();
    this.#waiting = [];
    if (this.#isConnected) this.#socket?.end();
    else this.#socket?.destroy();
  }

  #connected(socket: Socket): void {
    this.#isConnected = true;
    this.#backoff.reset();
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const record of waiting) this.#write(socket, record);
  }

  #write(socket: Socket, { record, dropped }: Waiting): void {
    if (socket.writableLength > mostUnsentBytes) dropped();
    else socket.write(record);
  }

  #lost(): void {
    this.#isConnected = false;
    this.#socket = undefined;
    if (!this.#isClosed) this.#retry = this.#clock.after(this.#backoff.nextMs(), () => this.start());
  }
}
