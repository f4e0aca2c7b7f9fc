import { randomInt } from 'node:crypto';
import type { Clock, Timer } from '../../../server/lifetime/clock.ts';
import { createDecoder, createEncoder } from '../../../server/media/codec/create-codec.ts';
import type { PacketSocket, PacketTransport } from '../../../server/media/transport/packet-transport.ts';
import { cough, type HeardWord, WordListener, type WordTones } from './word-tones.ts';

const sampleRate = 8_000;
const frameSamples = 160;
const frameMs = 20;
export const eventPayloadType = 101;
const eventKeys = '0123456789*#ABCD';

/** The static payload types of RFC 3551. */
export const payloadTypes = { PCMU: 0, PCMA: 8 } as const;
export type PhoneCodec = keyof typeof payloadTypes;

interface Place {
  readonly address: string;
  readonly port: number;
}

/** A telephone-event on its way: 100 ms, its end said three times (RFC 4733, 2.5.1). */
interface Press {
  readonly event: number;
  packets: number;
}

interface AudioParts {
  readonly clock: Clock;
  readonly tones: WordTones;
  readonly codec: PhoneCodec;
}

/**
 * Mouth and ear of a scripted phone: sends a packet every 20 ms as any phone does, silence when it has nothing to say,
 * and tells the words that come in from their sound.
 */
export class PhoneAudio {
  /** Clock time at which the phone's last sound was over. */
  lastVoicedAtMs = 0;
  /** Packets that came in. */
  packets = 0;
  /** Keys that came in as telephone-events. */
  keys = '';
  #keyTimestamp: number | undefined;
  /** Where the latest one came from. */
  heardFrom: Place | undefined;
  readonly #parts: AudioParts;
  readonly #encoder;
  readonly #decoder;
  readonly #words: HeardWord[] = [];
  readonly #listener: WordListener;
  readonly #ssrc = randomInt(2 ** 32);
  #transport: PacketTransport | undefined;
  #socket: PacketSocket | undefined;
  #sequence = randomInt(2 ** 16);
  #timestamp = randomInt(2 ** 32);
  #outgoing: Int16Array[] = [];
  #presses: Press[] = [];
  #target: Place | undefined;
  #timer: Timer | undefined;
  #isMuted = false;

  constructor(parts: AudioParts) {
    this.#parts = parts;
    this.#encoder = createEncoder(parts.codec);
    this.#decoder = createDecoder(parts.codec);
    this.#listener = new WordListener(parts.tones, (word) => this.#words.push(word));
  }

  async open(transport: PacketTransport, local: Place): Promise<void> {
    this.#transport = transport;
    this.#socket = await transport.open(local, (packet, from) => this.#receive(packet, from));
  }

  /** Another port from now on: what comes to the old one is lost. */
  async moveTo(local: Place): Promise<void> {
    await this.#socket?.close();
    if (this.#transport) await this.open(this.#transport, local);
  }

  /** Every word that came in so far, the one just coming in included. */
  get words(): readonly HeardWord[] {
    const { current } = this.#listener;
    return current === undefined ? this.#words : [...this.#words, current];
  }

  /** The words as one text; one that was cut off ends in a dash. */
  get heard(): string {
    return this.heardSince(0);
  }

  /** The same as a person understands it: after a pause the agent may say a word or two once more. */
  get understood(): string {
    const words = this.heard.split(' ');
    for (let at = words.length - 1; at > 0; at--)
      for (const length of [2, 1]) {
        const before = words.slice(Math.max(0, at - length), at).map((word) => word.replace(/—$/, ''));
        const again = words.slice(at, at + length);
        if (before.every((word, index) => again[index]?.startsWith(word)) && before.length === length)
          words.splice(at - length, length);
      }
    return words.join(' ');
  }

  /** The same, of what came in since this clock time. */
  heardSince(sinceMs: number): string {
    const words = this.words.filter(({ startMs }) => startMs >= sinceMs);
    return words.map(({ text, isWhole }) => (isWhole ? text : `${text}—`)).join(' ');
  }

  /** When the last sound of a word came in; 0 before the first. */
  get lastWordAtMs(): number {
    return this.words.at(-1)?.endMs ?? 0;
  }

  get codec(): PhoneCodec {
    return this.#parts.codec;
  }

  get isTalking(): boolean {
    return this.#outgoing.length > 0 || this.#presses.length > 0;
  }

  /** Sends to this place from now on, and goes on until `stop`. */
  sendTo(target: Place): void {
    this.#target = target;
    this.#timer ??= this.#parts.clock.after(0, () => this.#tick());
  }

  say(text: string): void {
    this.#queue(this.#parts.tones.speak(text, sampleRate));
  }

  pause(lengthMs: number): void {
    this.#queue(new Int16Array((lengthMs * sampleRate) / 1_000));
  }

  cough(lengthMs: number): void {
    this.#queue(cough(lengthMs, sampleRate));
  }

  /** Presses keys, one after the other. */
  press(keys: string): void {
    for (const key of keys) this.#presses.push({ event: eventKeys.indexOf(key), packets: 0 });
  }

  /** While muted no packet goes out, as when a phone loses its network. */
  mute(isMuted: boolean): void {
    this.#isMuted = isMuted;
  }

  async stop(): Promise<void> {
    this.#timer?.cancel();
    this.#timer = undefined;
    this.#target = undefined;
    this.#outgoing = [];
    this.#presses = [];
    await this.#socket?.close();
  }

  #queue(samples: Int16Array): void {
    for (let at = 0; at < samples.length; at += frameSamples)
      this.#outgoing.push(samples.subarray(at, at + frameSamples));
  }

  #tick(): void {
    this.#timer = this.#parts.clock.after(frameMs, () => this.#tick());
    if (this.#isMuted) return;
    const press = this.#presses[0];
    if (press === undefined) this.#sendFrame(this.#outgoing.shift() ?? new Int16Array(frameSamples));
    else this.#sendPress(press);
  }

  #sendFrame(frame: Int16Array): void {
    if (frame.some((sample) => Math.abs(sample) > 1_000)) this.lastVoicedAtMs = this.#parts.clock.now();
    const payload = Buffer.alloc(frameSamples);
    this.#encoder.encode(frame, payload, 0);
    this.#send(payloadTypes[this.#parts.codec], payload);
    this.#timestamp = (this.#timestamp + frameSamples) >>> 0;
  }

  #sendPress(press: Press): void {
    press.packets++;
    const isEnd = press.packets > 5;
    const duration = Math.min(press.packets, 6) * frameSamples;
    this.#send(eventPayloadType, Buffer.from([press.event, (isEnd ? 0x80 : 0) | 10, duration >> 8, duration & 0xff]));
    if (press.packets < 8) return;
    this.#presses.shift();
    this.#timestamp = (this.#timestamp + 8 * frameSamples) >>> 0;
  }

  #send(payloadType: number, payload: Buffer): void {
    const head = Buffer.alloc(12);
    head[0] = 0x80;
    head[1] = payloadType;
    head.writeUInt16BE(this.#sequence, 2);
    head.writeUInt32BE(this.#timestamp, 4);
    head.writeUInt32BE(this.#ssrc, 8);
    this.#sequence = (this.#sequence + 1) & 0xffff;
    if (this.#target !== undefined) this.#socket?.send(Buffer.concat([head, payload]), this.#target);
  }

  /** All packets of one event have its timestamp (RFC 4733, 2.2). */
  #receiveKey(packet: Buffer): void {
    const timestamp = packet.readUInt32BE(4);
    if (timestamp !== this.#keyTimestamp) this.keys += eventKeys[packet[12] ?? 0] ?? '?';
    this.#keyTimestamp = timestamp;
  }

  #receive(packet: Buffer, from: Place): void {
    this.packets++;
    this.heardFrom = from;
    if (((packet[1] ?? 0) & 0x7f) === eventPayloadType) return this.#receiveKey(packet);
    if (packet.length !== 12 + frameSamples || packet[1] !== payloadTypes[this.#parts.codec]) return;
    const samples = new Int16Array(frameSamples);
    this.#decoder.decode(packet.subarray(12), samples);
    this.#listener.push(samples, sampleRate, this.#parts.clock.now());
  }
}
