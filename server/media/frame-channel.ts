import type { Frame } from './frame.ts';

/**
 * Wire form of caller audio between the media and the speech process: a 20-byte little-endian header
 * (u32 stream id, u32 sample rate, f64 position in samples, u32 byte length) and that many bytes of s16le samples.
 */
const headerBytes = 20;
/** One second at 48 kHz: nothing longer is ever sent, so a longer length means a broken peer. */
const largestPayloadBytes = 96_000;

export interface StreamFrame {
  readonly streamId: number;
  readonly frame: Frame;
}

export function encodeStreamFrame(streamId: number, frame: Frame): Buffer {
  const { samples } = frame;
  const record = Buffer.allocUnsafe(headerBytes + samples.byteLength);
  record.writeUInt32LE(streamId, 0);
  record.writeUInt32LE(frame.sampleRate, 4);
  record.writeDoubleLE(frame.position, 8);
  record.writeUInt32LE(samples.byteLength, 16);
  record.set(new Uint8Array(samples.buffer, samples.byteOffset, samples.byteLength), headerBytes);
  return record;
}

/** Cuts a byte stream back into frames. Throws on a length that no peer of ours sends. */
export class StreamFrameReader {
  #rest: Buffer = Buffer.alloc(0);

  push(chunk: Buffer): StreamFrame[] {
    this.#rest = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    const frames: StreamFrame[] = [];
    let at = 0;
    while (this.#rest.length - at >= headerBytes) {
      const byteLength = this.#rest.readUInt32LE(at + 16);
      if (byteLength > largestPayloadBytes || byteLength % 2 !== 0)
        throw new Error(`Audio record of ${byteLength} bytes`);
      if (this.#rest.length - at < headerBytes + byteLength) break;
      frames.push(this.#decode(at, byteLength));
      at += headerBytes + byteLength;
    }
    this.#rest = this.#rest.subarray(at);
    return frames;
  }

  #decode(at: number, byteLength: number): StreamFrame {
    const body = this.#rest.subarray(at + headerBytes, at + headerBytes + byteLength);
    const samples = new Int16Array(byteLength / 2);
    new Uint8Array(samples.buffer).set(body);
    return {
      streamId: this.#rest.readUInt32LE(at),
      frame: { samples, sampleRate: this.#rest.readUInt32LE(at + 4), position: this.#rest.readDoubleLE(at + 8) },
    };
  }
}
