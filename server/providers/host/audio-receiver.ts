import { randomBytes } from 'node:crypto';
import { createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import type { Frame } from '../../media/frame.ts';
import { StreamFrameReader } from '../../media/frame-channel.ts';

/**
 * Where callers' audio arrives straight from the media process: a Unix socket in a folder that only this user can
 * enter, or a named pipe with an unguessable name.
 */
export class AudioReceiver {
  readonly #deliver: (streamId: number, frame: Frame) => void;
  readonly #sockets = new Set<Socket>();
  readonly #server: Server;
  #broken = 0;

  constructor(deliver: (streamId: number, frame: Frame) => void) {
    this.#deliver = deliver;
    this.#server = createServer((socket) => this.#accept(socket));
  }

  /** Connections ended because what came was not audio. */
  get broken(): number {
    return this.#broken;
  }

  /** Begins to listen in `folder`; resolves with the path to connect to. */
  async open(folder: string): Promise<string> {
    const name = `audio-${process.pid}-${randomBytes(12).toString('hex')}`;
    const path = process.platform === 'win32' ? `\\\\.\\pipe\\landline-${name}` : join(folder, name.slice(0, 30));
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(path, resolve);
    });
    return path;
  }

  close(): void {
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
  }

  #accept(socket: Socket): void {
    const reader = new StreamFrameReader();
    this.#sockets.add(socket);
    socket.on('data', (chunk) => {
      try {
        for (const { streamId, frame } of reader.push(chunk)) this.#deliver(streamId, frame);
      } catch {
        this.#broken++;
        socket.destroy();
      }
    });
    socket.on('error', () => socket.destroy());
    socket.once('close', () => this.#sockets.delete(socket));
  }
}
