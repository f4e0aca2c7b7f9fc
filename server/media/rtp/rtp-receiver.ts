import type { NegotiatedMedia } from '../../contract/media-session.ts';
import type { Clock, Timer } from '../../lifetime/clock.ts';
import type { LegTally } from '../leg-tally.ts';
import type { Endpoint } from './endpoint.ts';
import { ReorderBuffer } from './reorder-buffer.ts';
import { isRtcp, parseRtp, type RtpPacket } from './rtp-packet.ts';
import { SourceLatch } from './source-latch.ts';
import { TelephoneEventReceiver } from './telephone-event.ts';
import { Unwrapper } from './wrap.ts';

/** Comfort noise (RFC 3389): never offered, taken as silence. */
const comfortNoisePayloadType = 13;
/** A datagram beyond the largest Ethernet payload is no audio of ours. */
const largestDatagramBytes = 1_500;

export interface RtpReceiverListener {
  /** The next audio packet in order. `timestamp` is extended; `lost` packets before it are missing for good. */
  audio(payload: Uint8Array, timestamp: number, lost: number): void;
  /** The sender began anew (other SSRC): timestamps have no relation to the earlier ones. */
  restarted(): void;
  digit(digit: string): void;
}

interface Ordered {
  /** Undefined for packets that hold a place in the sequence but no audio (events, comfort noise). */
  readonly payload: Uint8Array | undefined;
  readonly timestamp: number;
}

/** From datagrams to audio payloads in order: validates, latches the source, sets events aside, reorders, counts. */
export class RtpReceiver {
  readonly latch = new SourceLatch();
  readonly #clock: Clock;
  readonly #tally: LegTally;
  readonly #listener: RtpReceiverListener;
  readonly #sequences = new Unwrapper(16);
  readonly #timestamps = new Unwrapper(32);
  readonly #reorder = new ReorderBuffer<Ordered>();
  readonly #events = new TelephoneEventReceiver();
  #media: NegotiatedMedia | undefined;
  #ssrc: number | undefined;
  #gapTimer: Timer | undefined;
  #lastPacketMs: number | undefined;

  constructor(clock: Clock, tally: LegTally, listener: RtpReceiverListener) {
    this.#clock = clock;
    this.#tally = tally;
    this.#listener = listener;
  }

  /** When the last packet was taken. */
  get lastPacketMs(): number | undefined {
    return this.#lastPacketMs;
  }

  connect(media: NegotiatedMedia): void {
    if (this.#media && this.#media.payloadType !== media.payloadType) this.#restart();
    this.#media = media;
    this.latch.signal({ address: media.remoteAddress, port: media.remotePort });
  }

  receive(datagram: Buffer, from: Endpoint): void {
    const media = this.#media;
    if (isRtcp(datagram)) return;
    const packet = datagram.length > largestDatagramBytes ? undefined : parseRtp(datagram);
    if (!packet) {
      this.#tally.malformed++;
      return;
    }
    if (!media || !isAgreed(packet.payloadType, media)) {
      this.#tally.wrongPayloadType++;
      return;
    }
    const nowMs = this.#clock.now();
    if (!this.latch.accepts(from, packet.ssrc, packet.sequence, nowMs)) {
      this.#tally.strangers++;
      return;
    }
    this.#take(packet, media, nowMs);
  }

  close(): void {
    this.#gapTimer?.cancel();
    this.#media = undefined;
  }

  #take(packet: RtpPacket, media: NegotiatedMedia, nowMs: number): void {
    this.#tally.packetsIn++;
    this.#lastPacketMs = nowMs;
    if (packet.ssrc !== this.#ssrc) {
      if (this.#ssrc !== undefined) this.#restart();
      this.#ssrc = packet.ssrc;
    }
    const highest = this.#sequences.highest;
    const sequence = this.#sequences.extend(packet.sequence);
    const timestamp = this.#timestamps.extend(packet.timestamp);
    if (highest !== undefined && sequence < highest) this.#tally.reordered++;
    const isAudio = packet.payloadType === media.payloadType;
    if (packet.payloadType === media.telephoneEventPayloadType) this.#event(packet.payload, timestamp);
    const outcome = this.#reorder.push(sequence, { payload: isAudio ? packet.payload : undefined, timestamp }, nowMs);
    if (outcome !== 'kept') this.#tally[outcome]++;
    this.#release();
  }

  #event(payload: Uint8Array, timestamp: number): void {
    const digit = this.#events.receive(payload, timestamp);
    if (digit !== undefined) this.#listener.digit(digit);
  }

  #release(): void {
    const nowMs = this.#clock.now();
    for (let next = this.#reorder.take(nowMs); next; next = this.#reorder.take(nowMs)) {
      this.#tally.lost += this.#reorder.lostBefore;
      if (next.payload) this.#listener.audio(next.payload, next.timestamp, this.#reorder.lostBefore);
    }
    this.#gapTimer?.cancel();
    const { deadlineMs } = this.#reorder;
    this.#gapTimer =
      deadlineMs === undefined ? undefined : this.#clock.after(deadlineMs - nowMs, () => this.#release());
  }

  #restart(): void {
    this.#sequences.reset();
    this.#timestamps.reset();
    this.#reorder.reset();
    this.#events.reset();
    this.#listener.restarted();
  }
}

function isAgreed(payloadType: number, media: NegotiatedMedia): boolean {
  return (
    payloadType === media.payloadType ||
    payloadType === media.telephoneEventPayloadType ||
    payloadType === comfortNoisePayloadType
  );
}
