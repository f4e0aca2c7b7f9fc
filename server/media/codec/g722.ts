import type { Decoder, Encoder } from './codec.ts';
import { AdaptiveBand, highInverseQuantizer, lowInverseQuantizer, lowQuantizer } from './g722-band.ts';

const qmfTaps = Int16Array.of(3, -11, 12, 32, -210, 951, 3876, -805, 362, -156, 53, -11);
const historyLength = 24;

/** The 24-tap quadrature mirror filter over the last 24 samples; `even` and `odd` are its two half sums. */
class QuadratureMirrorFilter {
  readonly history = new Int16Array(historyLength);
  even = 0;
  odd = 0;

  shift(first: number, second: number): void {
    this.history.copyWithin(0, 2);
    this.history[historyLength - 2] = first;
    this.history[historyLength - 1] = second;
    let even = 0;
    let odd = 0;
    for (let i = 0; i < 12; i++) {
      odd += (this.history[2 * i] ?? 0) * (qmfTaps[i] ?? 0);
      even += (this.history[2 * i + 1] ?? 0) * (qmfTaps[11 - i] ?? 0);
    }
    this.even = even;
    this.odd = odd;
  }
}

function clip(value: number, limit: number): number {
  return value > limit ? limit : value < -limit - 1 ? -limit - 1 : value;
}

/** G.722 at 64 kbit/s: 16 kHz samples, one byte for every two of them. */
export class G722Decoder implements Decoder {
  readonly #low = new AdaptiveBand('low');
  readonly #high = new AdaptiveBand('high');
  readonly #filter = new QuadratureMirrorFilter();

  decode(payload: Uint8Array, samples: Int16Array): number {
    let at = 0;
    for (const byte of payload) {
      const lowCode = byte & 0x3f;
      const highCode = byte >> 6;
      const lowDifference = (this.#low.scale * (lowInverseQuantizer[lowCode] ?? 0)) >> 10;
      const low = clip(lowDifference + this.#low.predicted, 16_383);
      this.#low.adaptLow(lowCode >> 2);
      const highDifference = (this.#high.scale * (highInverseQuantizer[highCode] ?? 0)) >> 10;
      const high = clip(highDifference + this.#high.predicted, 16_383);
      this.#high.adaptHigh(highDifference, highCode);
      this.#filter.shift(low + high, low - high);
      samples[at++] = clip(this.#filter.even >> 11, 32_767);
      samples[at++] = clip(this.#filter.odd >> 11, 32_767);
    }
    return at;
  }
}

export class G722Encoder implements Encoder {
  readonly #low = new AdaptiveBand('low');
  readonly #high = new AdaptiveBand('high');
  readonly #filter = new QuadratureMirrorFilter();
  readonly #historyBefore = new Int16Array(historyLength);

  encode(samples: Int16Array, payload: Uint8Array, offset: number): number {
    this.#low.remember();
    this.#high.remember();
    this.#historyBefore.set(this.#filter.history);
    const bytes = samples.length >> 1;
    for (let i = 0; i < bytes; i++) {
      this.#filter.shift(samples[2 * i] ?? 0, samples[2 * i + 1] ?? 0);
      const { even, odd } = this.#filter;
      payload[offset + i] = this.#code((even + odd) >> 14, (even - odd) >> 14);
    }
    return bytes;
  }

  undo(): void {
    this.#low.restore();
    this.#high.restore();
    this.#filter.history.set(this.#historyBefore);
  }

  #code(low: number, high: number): number {
    const highCode = quantizeHigh(clip(high - this.#high.predicted, 32_767), this.#high.scale);
    const lowCode = quantizeLow(clip(low - this.#low.predicted, 32_767), this.#low.scale);
    this.#high.adaptHigh((this.#high.scale * (highInverseQuantizer[highCode] ?? 0)) >> 10, highCode);
    this.#low.adaptLow(lowCode >> 2);
    return (highCode << 6) | lowCode;
  }
}

function quantizeHigh(difference: number, scale: number): number {
  const magnitude = difference < 0 ? ~difference : difference;
  return (magnitude < (141 * scale) >> 8 ? 1 : 0) + (difference >= 0 ? 2 : 0);
}

function quantizeLow(difference: number, scale: number): number {
  const magnitude = ((difference < 0 ? ~difference : difference) + 1) << 10;
  let level = 0;
  while (level < 29 && magnitude > (lowQuantizer[level] ?? 0) * scale) level++;
  const top = difference >= 0 ? 61 : level < 2 ? 63 : 33;
  return top - level;
}
