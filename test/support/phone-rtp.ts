import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import type { WireAddress } from './sip-wire.ts';

export interface RtpPacket {
  readonly payloadType: number;
  readonly marker: boolean;
  readonly sequence: number;
  readonly timestamp: number;
  readonly ssrc: number;
  readonly payload: Buffer;
  /** `performance.now()` of its arrival. */
  readonly atMs: number;
}

const samplesPerFrame = 160;
const frameMs = 20;
const eventPayloadType = 101;
const packetLimit = 100_000;

/** The RTP side of a test phone: PCMU, RFC 4733 events, and everything it received. */
export class PhoneRtp {
  /** The newest 100,000 packets, in the order of their arrival. */
  readonly received: RtpPacket[] = [];
  readonly #socket: Socket;
  readonly #ssrc = Math.floor(Math.random() * 0xffffffff);
  #remote: WireAddress | undefined;
  #sequence = Math.floor(Math.random() * 0xffff);
  #timestamp = Math.floor(Math.random() * 0xffffffff);
  #nextMs = 0;

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.on('message', (datagram) => this.#receive(datagram));
  }

  static async open(host: string): Promise<PhoneRtp> {
    const socket = createSocket('udp4');
    socket.bind(0, host);
    await once(socket, 'listening');
    return new PhoneRtp(socket);
  }

  get port(): number {
    return this.#socket.address().port;
  }

  get remote(): WireAddress | undefined {
    return this.#remote;
  }

  sendTo(remote: WireAddress): void {
    this.#remote = remote;
  }

  /** Sends PCMU bytes at the pace of the line; resolves after the last frame. */
  async sendPcmu(audio: Buffer): Promise<void> {
    for (let at = 0; at < audio.length; at += samplesPerFrame) {
      await this.#pace();
      this.#send(0, audio.subarray(at, at + samplesPerFrame), false);
      this.#timestamp = (this.#timestamp + samplesPerFrame) >>> 0;
    }
  }

  async sendSilence(lengthMs: number): Promise<void> {
    await this.sendPcmu(Buffer.alloc(Math.ceil(lengthMs / frameMs) * samplesPerFrame, 0xff));
  }

  /** One digit as a telephone-event of 100 ms, its end said three times (RFC 4733, 2.5.1). */
  async sendDigit(digit: string): Promise<void> {
    const event = '0123456789*#ABCD'.indexOf(digit);
    for (let frame = 1; frame <= 8; frame++) {
      await this.#pace();
      const duration = Math.min(frame, 6) * samplesPerFrame;
      const payload = Buffer.from([event, (frame > 5 ? 0x80 : 0) | 10, duration >> 8, duration & 0xff]);
      this.#send(eventPayloadType, payload, frame === 1);
    }
    this.#timestamp = (this.#timestamp + 8 * samplesPerFrame) >>> 0;
  }

  async close(): Promise<void> {
    this.#socket.close();
    await once(this.#socket, 'close');
  }

  async #pace(): Promise<void> {
    const now = performance.now();
    this.#nextMs = Math.max(this.#nextMs + frameMs, now - 200);
    const waitMs = this.#nextMs - now;
    if (waitMs > 0) await new Promise<void>((resolve) => setTimeout(resolve, waitMs));
  }

  #send(payloadType: number, payload: Buffer, marker: boolean): void {
    const remote = this.#remote;
    if (remote === undefined) return;
    const head = Buffer.alloc(12);
    head[0] = 0x80;
    head[1] = payloadType | (marker ? 0x80 : 0);
    head.writeUInt16BE(this.#sequence, 2);
    head.writeUInt32BE(this.#timestamp, 4);
    head.writeUInt32BE(this.#ssrc, 8);
    this.#sequence = (this.#sequence + 1) & 0xffff;
    this.#socket.send(Buffer.concat([head, payload]), remote.port, remote.host);
  }

  #receive(datagram: Buffer): void {
    if (datagram.length < 12 || (datagram[0] ?? 0) >> 6 !== 2) return;
    if (this.received.length >= packetLimit) this.received.shift();
    this.received.push({
      payloadType: (datagram[1] ?? 0) & 0x7f,
      marker: ((datagram[1] ?? 0) & 0x80) !== 0,
      sequence: datagram.readUInt16BE(2),
      timestamp: datagram.readUInt32BE(4),
      ssrc: datagram.readUInt32BE(8),
      payload: datagram.subarray(12),
      atMs: performance.now(),
    });
  }
}

/** The SDP of a phone with PCMU and telephone-event. */
export function phoneSdp(host: string, port: number, version: number, direction = 'sendrecv'): string {
  return [
    'v=0',
    `o=phone 4711 ${version} IN IP4 ${host}`,
    's=-',
    `c=IN IP4 ${host}`,
    't=0 0',
    `m=audio ${port} RTP/AVP 0 ${eventPayloadType}`,
    'a=rtpmap:0 PCMU/8000',
    `a=rtpmap:${eventPayloadType} telephone-event/8000`,
    `a=fmtp:${eventPayloadType} 0-15`,
    'a=ptime:20',
    `a=${direction}`,
    '',
  ].join('\r\n');
}

/** Where an SDP wants its audio. */
export function sdpTarget(sdp: string): WireAddress | undefined {
  const host = /^c=IN IP4 (\S+)/m.exec(sdp)?.[1];
  const port = Number(/^m=audio (\d+)/m.exec(sdp)?.[1] ?? 0);
  return host === undefined || port === 0 ? undefined : { host, port };
}
