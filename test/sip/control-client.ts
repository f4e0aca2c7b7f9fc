import { randomUUID } from 'node:crypto';
import { connect, type Socket } from 'node:net';

/** A frame from the core: its tokens, and the SIP text after them. */
export interface ReceivedFrame {
  readonly tokens: readonly string[];
  readonly text: string;
}

/** A bare client of the control protocol, for what drachtio-srf would never send. */
export class ControlClient {
  readonly frames: ReceivedFrame[] = [];
  isClosed = false;
  readonly #socket: Socket;
  #pending = Buffer.alloc(0);

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.on('error', () => {});
    socket.on('close', () => {
      this.isClosed = true;
    });
    socket.on('data', (chunk: Buffer) => this.#received(chunk));
  }

  static async open(port: number): Promise<ControlClient> {
    const socket = connect({ port, host: '127.0.0.1' });
    await new Promise((resolve, reject) => socket.once('connect', resolve).once('error', reject));
    return new ControlClient(socket);
  }

  static frame(payload: string): Buffer {
    return Buffer.from(`${Buffer.byteLength(payload)}#${payload}`);
  }

  /** Sends a command and returns its message id. */
  command(rest: string, pieceBytes = Number.POSITIVE_INFINITY): string {
    const id = randomUUID();
    const bytes = ControlClient.frame(`${id}|${rest}`);
    for (let at = 0; at < bytes.length; at += pieceBytes) this.raw(bytes.subarray(at, at + pieceBytes));
    return id;
  }

  raw(bytes: Buffer): void {
    this.#socket.write(bytes);
  }

  /** The answer to a command, when it is there. */
  answerTo(id: string): ReceivedFrame | undefined {
    return this.frames.find(({ tokens }) => tokens[1] === 'response' && tokens[2] === id);
  }

  close(): void {
    this.#socket.destroy();
  }

  #received(chunk: Buffer): void {
    this.#pending = Buffer.concat([this.#pending, chunk]);
    for (;;) {
      const hash = this.#pending.indexOf('#');
      const length = Number(this.#pending.toString('latin1', 0, Math.max(0, hash)));
      if (hash <= 0 || this.#pending.length < hash + 1 + length) return;
      const payload = this.#pending.toString('utf8', hash + 1, hash + 1 + length);
      this.#pending = this.#pending.subarray(hash + 1 + length);
      const end = payload.indexOf('\r\n');
      const line = end === -1 ? payload : payload.slice(0, end);
      this.frames.push({ tokens: line.split('|'), text: end === -1 ? '' : payload.slice(end + 2) });
    }
  }
}
