import { createHash, timingSafeEqual } from 'node:crypto';
import { createServer, type Server, type Socket } from 'node:net';
import type { Clock, Timer } from '../../lifetime/clock.ts';
import type { Logger } from '../../log/logger.ts';
import type { ApplicationSelector, ApplicationSide } from '../dialog/application-side.ts';
import type { UserAgent } from '../dialog/user-agent.ts';
import { ControlSession } from './control-session.ts';
import { encodeFrame, FrameDecoder, FramingError } from './frame-codec.ts';
import { type CommandFrame, parseCommandFrame, resultLine } from './meta-line.ts';

/** The version that clients compare: the protocol's feature level, not ours. */
export const PROTOCOL_VERSION = 'v0.9.10';

const CONNECTIONS_LIMIT = 16;
const AUTHENTICATE_WITHIN_MS = 5_000;
/** SIP messages served before other events get their turn: about a millisecond of work. */
const MESSAGES_PER_TURN = 4;
/** A client that reads nothing for this much of its messages has lost them. */
const UNREAD_LIMIT_BYTES = 32 * 1024 * 1024;

export interface ControlServerOptions {
  readonly clock: Clock;
  readonly log: Logger;
  readonly secret: string;
  readonly userAgent: () => UserAgent;
  /** `proto/host:port` of every listening address. */
  readonly endpoints: () => readonly string[];
}

export interface ControlCounters {
  readonly clients: number;
  readonly refusedBeforeAuthentication: number;
  readonly framesIn: number;
  readonly framesOut: number;
}

/** The control port: loopback only, and deaf to everything but `authenticate` until the secret was right. */
export class ControlServer implements ApplicationSelector {
  readonly #options: ControlServerOptions;
  readonly #secretDigest: Buffer;
  readonly #connections = new Set<ControlConnection>();
  readonly counts = { refusedBeforeAuthentication: 0, framesIn: 0, framesOut: 0 };
  #server: Server | undefined;
  #next = 0;

  constructor(options: ControlServerOptions) {
    this.#options = options;
    this.#secretDigest = digestOf(options.secret);
  }

  get present(): boolean {
    for (const { session } of this.#connections) if (session !== undefined) return true;
    return false;
  }

  /** Takes turns among the clients that want this method. */
  select(method: string): ApplicationSide | undefined {
    const sessions: ControlSession[] = [];
    for (const { session } of this.#connections) if (session?.takes(method) === true) sessions.push(session);
    return sessions.length === 0 ? undefined : sessions[this.#next++ % sessions.length];
  }

  counters(): ControlCounters {
    const clients = [...this.#connections].filter(({ session }) => session !== undefined).length;
    return { clients, ...this.counts };
  }

  /** Listens on an ephemeral port of 127.0.0.1 and returns it. */
  listen(): Promise<number> {
    const server = createServer({ noDelay: true }, (socket) => this.attach(socket));
    this.#server = server;
    return new Promise((resolve, reject) => {
      server.once('error', reject);
      server.listen(0, '127.0.0.1', () => {
        server.off('error', reject);
        server.on('error', (error) => this.#options.log.error({ err: error }, 'control port failed'));
        const address = server.address();
        resolve(typeof address === 'object' && address !== null ? address.port : 0);
      });
    });
  }

  /** Serves one connection; also one that came another way than through the port. */
  attach(socket: Socket): void {
    if (this.#connections.size >= CONNECTIONS_LIMIT) {
      socket.destroy();
      return;
    }
    const connection = new ControlConnection(socket, this.#options, this.counts, (secret) => this.#isSecret(secret));
    this.#connections.add(connection);
    socket.once('close', () => this.#connections.delete(connection));
    connection.start();
  }

  close(): Promise<void> {
    for (const connection of this.#connections) connection.destroy();
    return new Promise((resolve) => {
      if (this.#server === undefined) resolve();
      else this.#server.close(() => resolve());
    });
  }

  #isSecret(given: string): boolean {
    return timingSafeEqual(digestOf(given), this.#secretDigest);
  }
}

const digestOf = (text: string): Buffer => createHash('sha256').update(text).digest();

/** One control connection, from its first byte to its end. */
class ControlConnection {
  session: ControlSession | undefined;
  readonly #socket: Socket;
  readonly #options: ControlServerOptions;
  readonly #counts: ControlServer['counts'];
  readonly #isSecret: (given: string) => boolean;
  readonly #decoder = new FrameDecoder();
  /** Payloads of the last chunk that wait for their turn; the socket is paused meanwhile. */
  readonly #waiting: Buffer[] = [];
  #deadline: Timer | undefined;
  #isCorked = false;

  constructor(
    socket: Socket,
    options: ControlServerOptions,
    counts: ControlServer['counts'],
    isSecret: (given: string) => boolean,
  ) {
    this.#socket = socket;
    this.#options = options;
    this.#counts = counts;
    this.#isSecret = isSecret;
  }

  start(): void {
    const socket = this.#socket;
    socket.on('data', (chunk: Buffer) => this.#received(chunk));
    socket.on('error', () => {});
    socket.once('close', () => this.#closed());
    this.#deadline = this.#options.clock.after(AUTHENTICATE_WITHIN_MS, () => this.destroy());
  }

  destroy(): void {
    this.#socket.destroy();
  }

  #closed(): void {
    this.#deadline?.cancel();
    this.#waiting.length = 0;
    this.session?.close();
    this.session = undefined;
  }

  #received(chunk: Buffer): void {
    try {
      this.#decoder.push(chunk, (payload) => this.#waiting.push(payload));
    } catch (error) {
      if (!(error instanceof FramingError)) throw error;
      this.#options.log.warn({ reason: error.message }, 'control connection closed: broken frame');
      this.destroy();
      return;
    }
    this.#serve();
  }

  /** A client that was busy sends all its answers at once: between portions of them the network is looked at. */
  #serve(): void {
    let messages = 0;
    let served = 0;
    // Routes cost nothing and come first: until all are there, requests would be refused for want of them.
    while (served < this.#waiting.length && messages < MESSAGES_PER_TURN) {
      const payload = this.#waiting[served++] as Buffer;
      if (payload.includes('\n')) messages++;
      this.#payload(payload);
    }
    this.#waiting.splice(0, served);
    if (this.#waiting.length === 0) {
      if (this.#socket.isPaused()) this.#socket.resume();
      return;
    }
    this.#socket.pause();
    setImmediate(() => this.#serve());
  }

  #payload(payload: Buffer): void {
    if (this.#socket.destroyed || this.#socket.writableEnded) return;
    this.#counts.framesIn++;
    const frame = parseCommandFrame(payload);
    if (frame === undefined) {
      this.destroy();
    } else if (frame.tokens[0] === 'authenticate') this.#authenticate(frame);
    else if (this.session !== undefined) this.session.command(frame);
    else {
      this.#counts.refusedBeforeAuthentication++;
      this.#refuse(frame, 'not authenticated');
    }
  }

  #authenticate(frame: CommandFrame): void {
    if (!this.#isSecret(frame.tokens[1] ?? '')) {
      this.#counts.refusedBeforeAuthentication++;
      this.#options.log.warn('control connection refused: wrong secret');
      this.#refuse(frame, 'wrong secret');
      return;
    }
    this.#deadline?.cancel();
    const { clock, userAgent, endpoints } = this.#options;
    this.session ??= new ControlSession({ clock, userAgent: userAgent(), write: (bytes) => this.#write(bytes) });
    const list = endpoints().join(',');
    this.#write(encodeFrame(resultLine(frame.messageId, 'OK', list, PROTOCOL_VERSION, list)));
  }

  #refuse(frame: CommandFrame, reason: string): void {
    this.#socket.end(encodeFrame(resultLine(frame.messageId, 'NO', reason)));
  }

  /** Frames of one turn of the loop leave in one system call. */
  #write(frame: Buffer): void {
    const socket = this.#socket;
    if (socket.destroyed) return;
    this.#counts.framesOut++;
    if (!this.#isCorked) {
      this.#isCorked = true;
      socket.cork();
      process.nextTick(() => {
        this.#isCorked = false;
        socket.uncork();
      });
    }
    socket.write(frame);
    if (socket.writableLength > UNREAD_LIMIT_BYTES) {
      this.#options.log.error(
        { unreadBytes: socket.writableLength },
        'control connection closed: client reads nothing',
      );
      this.destroy();
    }
  }
}
