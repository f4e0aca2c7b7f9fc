import type { MediaDirection, NegotiatedMedia } from '../../contract/media-session.ts';
import { type CodecTraits, codecTraits, type Encoder } from '../codec/codec.ts';
import { createEncoder } from '../codec/create-codec.ts';
import { ComfortNoise } from '../dsp/comfort-noise.ts';
import { levelDb, silenceDb } from '../dsp/level.ts';
import type { LegTally } from '../leg-tally.ts';
import type { FlushReport } from '../media-engine.ts';
import { rtpHeaderBytes } from '../rtp/rtp-packet.ts';
import type { RtpStream } from '../rtp/rtp-stream.ts';
import { telephoneEventBytes } from '../rtp/telephone-event.ts';
import { frameMs, type TickTarget } from '../tick.ts';
import { DtmfQueue } from './dtmf-queue.ts';
import { type PlayedFrame, PlayoutQueue } from './playout-queue.ts';

/** `play` lets its caller wait while more than this is queued: enough to ride out a busy speech process. */
const leadMs = 500;
const clockUnitsPerFrame = 160;
/** A frame of 320 samples as L16. */
const largestPayloadBytes = 640;

export interface OutboundListener {
  /** The speech's first or last frame was just sent. */
  played(frame: PlayedFrame, dueMs: number): void;
  /** One frame went out: its samples (good until return) and its level, silence for comfort noise. */
  sent(samples: Int16Array, sampleRate: number, levelDb: number, dueMs: number): void;
}

interface Line {
  readonly media: NegotiatedMedia;
  readonly traits: CodecTraits;
  readonly encoder: Encoder;
}

interface Prepared {
  readonly kind: 'speech' | 'noise' | 'tone' | 'event';
  readonly isFirstOfEvent: boolean;
  readonly packet: Buffer;
  readonly played: PlayedFrame | undefined;
  readonly levelDb: number;
}

/** The sending half of a leg: every 20 ms one packet of speech, digit or comfort noise, made ready one frame ahead. */
export class Outbound implements TickTarget {
  readonly #stream: RtpStream;
  readonly #tally: LegTally;
  readonly #transmit: (packet: Buffer) => void;
  readonly #listener: OutboundListener;
  readonly #noise = new ComfortNoise();
  readonly #digits = new DtmfQueue(clockUnitsPerFrame);
  /** Two buffers in turn: the system may still read one while the next is filled. */
  readonly #packets = [newPacket(), newPacket()] as const;
  #packetTurn = 0;
  #queue: PlayoutQueue;
  #samples = new Int16Array(codecTraits.PCMU.sampleRate / 50);
  #line: Line | undefined;
  #prepared: Prepared | undefined;
  #waiting: (() => void)[] = [];

  constructor(stream: RtpStream, tally: LegTally, transmit: (packet: Buffer) => void, listener: OutboundListener) {
    this.#stream = stream;
    this.#tally = tally;
    this.#queue = new PlayoutQueue(codecTraits.PCMU.sampleRate, tally);
    this.#transmit = transmit;
    this.#listener = listener;
  }

  /** Whether speech is being sent or would be, were it not paused. */
  get isSpeaking(): boolean {
    return !this.#queue.isEmpty && !this.#queue.isPaused && this.maySend;
  }

  get maySend(): boolean {
    return this.#line !== undefined && sends(this.#line.media.direction);
  }

  connect(media: NegotiatedMedia): void {
    this.#takeBack();
    const traits = codecTraits[media.codec];
    const encoder = this.#line?.media.codec === media.codec ? this.#line.encoder : createEncoder(media.codec);
    if (this.#samples.length !== (traits.sampleRate * frameMs) / 1_000) this.#changeRate(traits.sampleRate);
    this.#line = { media, traits, encoder };
  }

  /** Queues samples at the line rate; resolves when the queue is below its lead again. */
  play(speechId: number, samples: Int16Array, isLast: boolean): Promise<void> {
    if (this.#prepared?.kind === 'noise') this.#takeBack();
    this.#queue.add(speechId, samples, isLast);
    if (this.#queue.aheadMs < leadMs) return Promise.resolve();
    return new Promise((resolve) => void this.#waiting.push(resolve));
  }

  pause(): void {
    this.#takeBack();
    this.#queue.pause();
  }

  resume(): void {
    this.#takeBack();
    this.#queue.resume();
  }

  flush(): FlushReport {
    this.#takeBack();
    const report = this.#queue.flush();
    this.#release();
    return report;
  }

  sendDigits(digits: string): Promise<void> {
    this.#takeBack();
    return this.#digits.add(digits);
  }

  get digitsWaiting(): number {
    return this.#digits.size;
  }

  close(): void {
    this.#line = undefined;
    this.#prepared = undefined;
    this.#digits.clear();
    this.#queue.flush();
    this.#release();
  }

  send(dueMs: number): void {
    const line = this.#line;
    if (!line || !sends(line.media.direction)) return;
    this.prepare();
    const prepared = this.#prepared;
    if (!prepared) return;
    this.#prepared = undefined;
    this.#writeHeader(prepared, line.media, dueMs);
    this.#transmit(prepared.packet);
    this.#tally.packetsOut++;
    this.#listener.sent(this.#samples, line.traits.sampleRate, prepared.levelDb, dueMs);
    if (prepared.played?.isFirst === true || prepared.played?.isLast === true)
      this.#listener.played(prepared.played, dueMs);
    if (this.#waiting.length > 0 && this.#queue.aheadMs < leadMs) this.#release();
  }

  prepare(): void {
    const line = this.#line;
    if (this.#prepared || !line || !sends(line.media.direction)) return;
    this.#prepared = this.#prepareDigit(line) ?? this.#prepareAudio(line);
  }

  #prepareDigit(line: Line): Prepared | undefined {
    const asEvent = line.media.telephoneEventPayloadType !== undefined;
    const frame = this.#digits.next(asEvent, this.#samples, line.traits.sampleRate);
    if (!frame) return undefined;
    if (frame.kind === 'event') {
      const isFirstOfEvent = frame.event.isFirstPacket;
      const packet = this.#nextPacket(telephoneEventBytes);
      frame.event.write(packet, rtpHeaderBytes);
      this.#samples.fill(0);
      return { kind: 'event', isFirstOfEvent, packet, played: undefined, levelDb: silenceDb };
    }
    if (frame.kind === 'pause') this.#noise.fill(this.#samples);
    return this.#encode(line, 'tone', undefined);
  }

  #prepareAudio(line: Line): Prepared {
    const played = this.#queue.read(this.#samples);
    if (!played) this.#noise.fill(this.#samples);
    return this.#encode(line, played ? 'speech' : 'noise', played);
  }

  #encode(line: Line, kind: 'speech' | 'noise' | 'tone', played: PlayedFrame | undefined): Prepared {
    const packet = this.#nextPacket(this.#samples.length / line.traits.samplesPerByte);
    line.encoder.encode(this.#samples, packet, rtpHeaderBytes);
    const level = kind === 'noise' ? silenceDb : levelDb(this.#samples);
    return { kind, isFirstOfEvent: false, packet, played, levelDb: level };
  }

  #writeHeader(prepared: Prepared, media: NegotiatedMedia, dueMs: number): void {
    const { packet, isFirstOfEvent } = prepared;
    if (prepared.kind !== 'event') this.#stream.writeAudio(packet, media.payloadType, dueMs, clockUnitsPerFrame);
    else {
      const payloadType = media.telephoneEventPayloadType ?? media.payloadType;
      this.#stream.writeEvent(packet, payloadType, dueMs, clockUnitsPerFrame, isFirstOfEvent);
    }
  }

  /** Gives up the frame made ready ahead, as something else is to be sent. A digit's frame stays. */
  #takeBack(): void {
    if (this.#prepared?.kind !== 'speech' && this.#prepared?.kind !== 'noise') return;
    this.#line?.encoder.undo();
    this.#queue.unread();
    this.#prepared = undefined;
  }

  #nextPacket(payloadBytes: number): Buffer {
    const packet = this.#packets[this.#packetTurn++ % 2 === 0 ? 0 : 1];
    return packet.subarray(0, rtpHeaderBytes + payloadBytes);
  }

  /** Another line rate: what was queued at the old one is gone. */
  #changeRate(sampleRate: number): void {
    this.#queue.flush();
    this.#release();
    this.#queue = new PlayoutQueue(sampleRate, this.#tally);
    this.#samples = new Int16Array((sampleRate * frameMs) / 1_000);
  }

  #release(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const resolve of waiting) resolve();
  }
}

function newPacket(): Buffer {
  return Buffer.alloc(rtpHeaderBytes + largestPayloadBytes);
}

function sends(direction: MediaDirection): boolean {
  return direction === 'sendrecv' || direction === 'sendonly';
}
