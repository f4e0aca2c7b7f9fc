import type { Decoder, Encoder } from './codec.ts';

/** Plain 16-bit samples in network byte order (RFC 3551 §4.5.11), at 16 kHz. */
export class L16Codec implements Decoder, Encoder {
  decode(payload: Uint8Array, samples: Int16Array): number {
    const count = Math.min(samples.length, payload.length >> 1);
    for (let index = 0; index < count; index++) {
      samples[index] = ((payload[2 * index] ?? 0) << 8) | (payload[2 * index + 1] ?? 0);
    }
    return count;
  }

  encode(samples: Int16Array, payload: Uint8Array, offset: number): number {
    for (let index = 0; index < samples.length; index++) {
      const sample = samples[index] ?? 0;
      payload[offset + 2 * index] = (sample >> 8) & 0xff;
      payload[offset + 2 * index + 1] = sample & 0xff;
    }
    return 2 * samples.length;
  }

  undo(): void {}
}
