import type { CodecName, NegotiatedMedia } from '../../contract/media-session.ts';
import type { Clock, Timer } from '../../lifetime/clock.ts';
import { codecTraits } from '../codec/codec.ts';
import { createDecoder, createEncoder } from '../codec/create-codec.ts';
import type { Endpoint } from '../rtp/endpoint.ts';
import { parseRtp, type RtpPacket, rtpHeaderBytes, writeRtpHeader } from '../rtp/rtp-packet.ts';
import type { PacketSocket, PacketTransport } from '../transport/packet-transport.ts';

export interface ReceivedPacket extends RtpPacket {
  readonly atMs: number;
}

const payloadTypes: Readonly<Record<CodecName, number>> = { PCMU: 0, PCMA: 8, G722: 9 };
export const telephoneEventPayloadType = 101;

/** The other end of a call, for tests: speaks frames on a clock, and keeps every packet it hears. */
export class RtpPeer {
  readonly received: ReceivedPacket[] = [];
  readonly codec: CodecName;
  readonly ssrc: number;
  readonly #clock: Clock;
  readonly #socket: PacketSocket;
  readonly #encoder;
  #sequence = 65_500;
  #timestamp = 0xffff_ff00;
  #timer: Timer | undefined;

  private constructor(clock: Clock, socket: PacketSocket, codec: CodecName, ssrc: number) {
    this.#clock = clock;
    this.#socket = socket;
    this.codec = codec;
    this.ssrc = ssrc;
    this.#encoder = createEncoder(codec);
  }

  static async open(
    transport: PacketTransport,
    clock: Clock,
    local: Endpoint,
    codec: CodecName = 'PCMU',
    ssrc = 0x1234,
  ): Promise<RtpPeer> {
    const socket = await transport.open(local, (packet) => {
      const parsed = parseRtp(packet);
      if (parsed) peer.received.push({ ...parsed, atMs: clock.now() });
    });
    const peer = new RtpPeer(clock, socket, codec, ssrc);
    return peer;
  }

  get local(): Endpoint {
    return this.#socket.local;
  }

  /** What a leg is told about this peer. */
  media(change: Partial<NegotiatedMedia> = {}): NegotiatedMedia {
    return {
      remoteAddress: this.local.address,
      remotePort: this.local.port,
      codec: this.codec,
      payloadType: payloadTypes[this.codec],
      telephoneEventPayloadType,
      direction: 'sendrecv',
      ptimeMs: 20,
      ...change,
    };
  }

  /** Sends the samples in packets of 20 ms, the first at once; resolves when the last is sent. */
  say(samples: Int16Array, to: Endpoint): Promise<void> {
    const frame = codecTraits[this.codec].sampleRate / 50;
    const beganMs = this.#clock.now();
    return new Promise((resolve) => {
      const next = (index: number) => {
        if (index * frame >= samples.length) {
          resolve();
          return;
        }
        this.sendFrame(samples.subarray(index * frame, (index + 1) * frame), to);
        const dueMs = beganMs + (index + 1) * 20;
        this.#timer = this.#clock.after(dueMs - this.#clock.now(), () => next(index + 1));
      };
      next(0);
    });
  }

  sendFrame(samples: Int16Array, to: Endpoint): void {
    const payload = Buffer.alloc(samples.length);
    const length = this.#encoder.encode(samples, payload, 0);
    this.sendPayload(payload.subarray(0, length), payloadTypes[this.codec], to);
  }

  /** Leaves frames out: as if their packets were lost. */
  skip(frames: number): void {
    this.#sequence += frames;
    this.#timestamp += frames * 160;
  }

  /** Sends a payload as it is; `timestamp` other than the running one does not move it on. */
  sendPayload(payload: Uint8Array, payloadType: number, to: Endpoint, timestamp?: number): void {
    const packet = Buffer.alloc(rtpHeaderBytes + payload.length);
    const stamp = (timestamp ?? this.#timestamp) >>> 0;
    writeRtpHeader(packet, { marker: false, payloadType, sequence: this.#sequence, timestamp: stamp, ssrc: this.ssrc });
    packet.set(payload, rtpHeaderBytes);
    this.#socket.send(packet, to);
    this.#sequence++;
    if (timestamp === undefined) this.#timestamp += 160;
  }

  get timestamp(): number {
    return this.#timestamp >>> 0;
  }

  sendRaw(packet: Uint8Array, to: Endpoint): void {
    this.#socket.send(packet, to);
  }

  /** All audio received so far, decoded, in order of arrival. */
  heard(): Int16Array {
    const decoder = createDecoder(this.codec);
    const audio = this.received.filter((packet) => packet.payloadType === payloadTypes[this.codec]);
    const samples = new Int16Array(audio.length * (codecTraits[this.codec].sampleRate / 50));
    let at = 0;
    for (const packet of audio) at += decoder.decode(packet.payload, samples.subarray(at));
    return samples.subarray(0, at);
  }

  async close(): Promise<void> {
    this.#timer?.cancel();
    await this.#socket.close();
  }
}
