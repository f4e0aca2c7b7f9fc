import { randomInt } from 'node:crypto';
import { createSocket, type Socket } from 'node:dgram';
import { LandlineError } from '../contract/errors.ts';
import { type Clock, realClock, type Timer } from '../lifetime/clock.ts';
import { decodeMuLaw, encodeMuLaw } from './mu-law.ts';

const frameMs = 20;
const frameSamples = 160;
const silence = Buffer.alloc(frameSamples, 0xff);

/** One received packet: 20 ms of decoded audio and when it arrived. */
export interface HeardFrame {
  readonly atMs: number;
  readonly timestamp: number;
  readonly samples: Int16Array;
}

/** Reads an RTP packet's payload (RFC 3550 5.1); undefined for anything that is not PCMU audio. */
function readRtp(packet: Buffer): { readonly timestamp: number; readonly payload: Buffer } | undefined {
  if (packet.length < 12 || (packet[0] as number) >> 6 !== 2 || ((packet[1] as number) & 0x7f) !== 0) return undefined;
  const start = 12 + ((packet[0] as number) & 0x0f) * 4;
  return { timestamp: packet.readUInt32BE(4), payload: packet.subarray(start) };
}

/**
 * The audio side of the test caller: a PCMU phone that sends a packet every 20 ms without pause (speech when there is
 * some, silence otherwise) and keeps what it hears with arrival times. Both directions are kept for the WAV file.
 */
export class RtpPhone {
  readonly #socket: Socket;
  readonly #clock: Clock;
  readonly #listeners: ((frame: HeardFrame) => void)[] = [];
  readonly #ssrc = randomInt(0xffff_ffff);
  readonly #heard: HeardFrame[] = [];
  readonly #said: { atMs: number; samples: Int16Array }[] = [];
  #speech: { samples: Int16Array; at: number; done: (lastVoicedAtMs: number) => void } | undefined;
  #background: (() => Int16Array | undefined) | undefined;
  #sequence = randomInt(0xffff);
  #timestamp = randomInt(0xffff_ffff);
  #startedMs = 0;
  #framesSent = 0;
  #tick: Timer | undefined;
  #lastVoicedAtMs = 0;

  private constructor(socket: Socket, clock: Clock) {
    this.#socket = socket;
    this.#clock = clock;
  }

  static async open(address: string, clock: Clock = realClock): Promise<RtpPhone> {
    const socket = createSocket('udp4');
    await new Promise<void>((resolve, reject) => {
      socket.once('error', (cause) =>
        reject(new LandlineError('no-rtp-port', `No UDP port could be opened on ${address}.`, {}, cause)),
      );
      socket.bind(0, address, resolve);
    });
    const phone = new RtpPhone(socket, clock);
    socket.on('error', () => {});
    socket.on('message', (packet) => phone.#received(packet));
    return phone;
  }

  get port(): number {
    return this.#socket.address().port;
  }

  get heard(): readonly HeardFrame[] {
    return this.#heard;
  }

  get said(): readonly { readonly atMs: number; readonly samples: Int16Array }[] {
    return this.#said;
  }

  onFrame(listener: (frame: HeardFrame) => void): void {
    this.#listeners.push(listener);
  }

  /** Begins sending to `address:port`. */
  start(to: { readonly address: string; readonly port: number }): void {
    this.#startedMs = this.#clock.now();
    this.#send(to);
  }

  /** Says 8 kHz samples; resolves with the time at which the last voiced frame was sent out to its end. */
  say(samples: Int16Array): Promise<number> {
    return new Promise((resolve) => {
      this.#speech = { samples, at: 0, done: resolve };
    });
  }

  /** Sound under everything that is sent, asked for frame by frame: an echo of the other side, or a noisy room. */
  setBackground(next: () => Int16Array | undefined): void {
    this.#background = next;
  }

  close(): void {
    this.#tick?.cancel();
    this.#socket.close();
  }

  #send(to: { readonly address: string; readonly port: number }): void {
    while (this.#startedMs + this.#framesSent * frameMs <= this.#clock.now()) {
      const packet = Buffer.concat([this.#header(), this.#nextPayload()]);
      this.#socket.send(packet, to.port, to.address);
      this.#framesSent++;
    }
    const dueMs = this.#startedMs + this.#framesSent * frameMs;
    this.#tick = this.#clock.after(Math.max(1, dueMs - this.#clock.now()), () => this.#send(to));
  }

  #header(): Buffer {
    const header = Buffer.alloc(12);
    header[0] = 0x80;
    header.writeUInt16BE(this.#sequence, 2);
    header.writeUInt32BE(this.#timestamp, 4);
    header.writeUInt32BE(this.#ssrc, 8);
    this.#sequence = (this.#sequence + 1) & 0xffff;
    this.#timestamp = (this.#timestamp + frameSamples) >>> 0;
    return header;
  }

  #nextPayload(): Buffer {
    const speech = this.#speech;
    const background = this.#background?.();
    if (!speech) return background ? encodeMuLaw(background) : silence;
    const frame = new Int16Array(frameSamples);
    frame.set(speech.samples.subarray(speech.at, speech.at + frameSamples));
    speech.at += frameSamples;
    const atMs = this.#clock.now();
    this.#said.push({ atMs, samples: frame });
    if (levelDb(frame) > voicedDb) this.#lastVoicedAtMs = atMs + frameMs;
    if (speech.at >= speech.samples.length) {
      this.#speech = undefined;
      speech.done(this.#lastVoicedAtMs);
    }
    return encodeMuLaw(background ? mix(frame, background) : frame);
  }

  #received(packet: Buffer): void {
    const rtp = readRtp(packet);
    if (!rtp) return;
    const frame = { atMs: this.#clock.now(), timestamp: rtp.timestamp, samples: decodeMuLaw(rtp.payload) };
    this.#heard.push(frame);
    for (const listener of this.#listeners) listener(frame);
  }
}

function mix(a: Int16Array, b: Int16Array): Int16Array {
  return a.map((sample, at) => Math.max(-32_768, Math.min(32_767, sample + (b[at] ?? 0))));
}

/** A frame louder than this holds speech; comfort noise lies 20 dB and more below. */
export const voicedDb = -45;

/** RMS level of a frame in dB below full scale. */
export function levelDb(samples: Int16Array): number {
  let sum = 0;
  for (const sample of samples) sum += sample * sample;
  return 10 * Math.log10(sum / Math.max(1, samples.length) / 32_768 ** 2 + 1e-10);
}
