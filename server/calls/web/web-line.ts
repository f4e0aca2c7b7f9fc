import { randomInt } from 'node:crypto';
import type { LocalMediaPoint, NegotiatedMedia } from '../../contract/media-session.ts';
import type { Clock, Timer } from '../../lifetime/clock.ts';
import { levelDb } from '../../media/dsp/level.ts';
import { parseRtp, rtpHeaderBytes, writeRtpHeader } from '../../media/rtp/rtp-packet.ts';
import type { PacketSocket, PacketTransport } from '../../media/transport/packet-transport.ts';

/** What the audio of a web caller looks like: samples at 16 kHz (big endian, as on the wire), or G.711 µ-law. */
export type WebCodec = 'L16' | 'PCMU';

const frameMs = 20;
const frames: Readonly<
  Record<WebCodec, { readonly bytes: number; readonly payloadType: number; readonly quiet: number }>
> = {
  L16: { bytes: 640, payloadType: 97, quiet: 0x00 },
  PCMU: { bytes: 160, payloadType: 0, quiet: 0xff },
};
const clockUnitsPerFrame = 160;
/** More than this waiting is a client that sends faster than time: the oldest is dropped and counted. */
const mostWaitingFrames = 50;
/** With more than this waiting, quiet frames are left out until the line is up to date again. */
const lateFrames = 8;
const quietDb = -50;
/** Frames of a longer stall of this process are not made up for. */
const longestCatchUpMs = 500;

export interface WebLineParts {
  readonly clock: Clock;
  readonly transport: PacketTransport;
  readonly codec: WebCodec;
  /** One 20 ms payload of the agent's side; the bytes are the listener's. */
  readonly onAudio: (payload: Buffer) => void;
}

/**
 * The far end of a media leg for a caller who comes by WebSocket: RTP over loopback, a frame every 20 ms, silence where
 * the caller sends none. So a web call has everything that a phone call has: clock, echo guard, barge-in, recording.
 */
export class WebLine {
  readonly #clock: Clock;
  readonly #codec: WebCodec;
  readonly #socket: PacketSocket;
  readonly #silence: Buffer;
  readonly #ssrc = randomInt(2 ** 32);
  #waiting: Buffer[] = [];
  #rest = Buffer.alloc(0);
  #leg: LocalMediaPoint | undefined;
  #timer: Timer | undefined;
  #dueMs = 0;
  #sequence = randomInt(2 ** 15);
  #timestamp = randomInt(2 ** 31);
  #dropped = 0;
  #closed = false;

  private constructor({ clock, codec }: WebLineParts, socket: PacketSocket) {
    this.#clock = clock;
    this.#codec = codec;
    this.#socket = socket;
    this.#silence = Buffer.alloc(frames[codec].bytes, frames[codec].quiet);
  }

  /** Rejects with the system's error when no loopback port can be had. */
  static async open(parts: WebLineParts): Promise<WebLine> {
    let line: WebLine | undefined;
    const socket = await parts.transport.open({ address: '127.0.0.1', port: 0 }, (packet, from) => {
      const rtp = line?.isLeg(from) === true ? parseRtp(packet) : undefined;
      if (rtp?.payloadType === frames[parts.codec].payloadType) parts.onAudio(Buffer.from(rtp.payload));
    });
    line = new WebLine(parts, socket);
    return line;
  }

  /** Whether a datagram comes from the leg this line is connected with. */
  isLeg({ address, port }: LocalMediaPoint): boolean {
    return this.#leg?.port === port && this.#leg.address === address;
  }

  /** Frames of the caller that were given up because they came faster than time. */
  get dropped(): number {
    return this.#dropped;
  }

  /** What the leg is to be connected with; from now on frames flow. */
  connect(leg: LocalMediaPoint): NegotiatedMedia {
    this.#leg = leg;
    this.#dueMs = this.#clock.now();
    this.#tick();
    const { address, port } = this.#socket.local;
    const { payloadType } = frames[this.#codec];
    const direction = 'sendrecv';
    return { remoteAddress: address, remotePort: port, codec: this.#codec, payloadType, direction, ptimeMs: frameMs };
  }

  /** Audio of the caller in any lengths. */
  push(audio: Buffer): void {
    const { bytes } = frames[this.#codec];
    const whole = this.#rest.length === 0 ? audio : Buffer.concat([this.#rest, audio]);
    let at = 0;
    for (; whole.length - at >= bytes; at += bytes) this.#enqueue(whole.subarray(at, at + bytes));
    this.#rest = Buffer.from(whole.subarray(at));
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#timer?.cancel();
    this.#waiting = [];
    await this.#socket.close();
  }

  #enqueue(frame: Buffer): void {
    this.#waiting.push(Buffer.from(frame));
    if (this.#waiting.length <= mostWaitingFrames) return;
    this.#waiting.shift();
    this.#dropped++;
  }

  #tick(): void {
    if (this.#closed) return;
    const nowMs = this.#clock.now();
    this.#dueMs = Math.max(this.#dueMs, nowMs - longestCatchUpMs);
    // After a stall of this process the frames that were due meanwhile go out at once.
    while (this.#dueMs <= nowMs) {
      this.#sendFrame(this.#next());
      this.#dueMs += frameMs;
    }
    this.#timer = this.#clock.after(this.#dueMs - nowMs, () => this.#tick());
  }

  #next(): Buffer {
    while (this.#waiting.length > lateFrames && isQuiet(this.#waiting[0], this.#codec)) this.#waiting.shift();
    return this.#waiting.shift() ?? this.#silence;
  }

  #sendFrame(payload: Buffer): void {
    if (!this.#leg) return;
    const packet = Buffer.allocUnsafe(rtpHeaderBytes + payload.length);
    const { payloadType } = frames[this.#codec];
    const [sequence, timestamp, ssrc] = [this.#sequence, this.#timestamp, this.#ssrc];
    writeRtpHeader(packet, { marker: false, payloadType, sequence, timestamp, ssrc });
    packet.set(payload, rtpHeaderBytes);
    this.#sequence = (this.#sequence + 1) & 0xffff;
    this.#timestamp = (this.#timestamp + clockUnitsPerFrame) >>> 0;
    this.#socket.send(packet, this.#leg);
  }
}

function isQuiet(frame: Buffer | undefined, codec: WebCodec): boolean {
  if (!frame || codec !== 'L16') return false;
  const samples = new Int16Array(frame.length >> 1);
  for (let index = 0; index < samples.length; index++) samples[index] = frame.readInt16BE(2 * index);
  return levelDb(samples) < quietDb;
}
