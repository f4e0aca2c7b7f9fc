import type { LineCodec } from '../../contract/media-session.ts';

/** Coded audio to samples. Keeps state between packets where the codec has any. */
export interface Decoder {
  /** Writes the samples of one payload to the start of `samples` and returns how many there are. */
  decode(payload: Uint8Array, samples: Int16Array): number;
}

export interface Encoder {
  /** Writes the coded form of all `samples` to `payload` from `offset` on and returns the number of bytes. */
  encode(samples: Int16Array, payload: Uint8Array, offset: number): number;
  /** Takes back the last `encode`: that frame will not be sent after all. */
  undo(): void;
}

export interface CodecTraits {
  readonly name: LineCodec;
  readonly sampleRate: number;
  /** RTP clock: 8000 for all; G.722's is half its sample rate by an old mistake (RFC 3551 §4.5.2), L16's by our choice. */
  readonly clockRate: number;
  readonly samplesPerByte: number;
}

export const codecTraits: Readonly<Record<LineCodec, CodecTraits>> = {
  PCMU: { name: 'PCMU', sampleRate: 8_000, clockRate: 8_000, samplesPerByte: 1 },
  PCMA: { name: 'PCMA', sampleRate: 8_000, clockRate: 8_000, samplesPerByte: 1 },
  G722: { name: 'G722', sampleRate: 16_000, clockRate: 8_000, samplesPerByte: 2 },
  L16: { name: 'L16', sampleRate: 16_000, clockRate: 8_000, samplesPerByte: 0.5 },
};
