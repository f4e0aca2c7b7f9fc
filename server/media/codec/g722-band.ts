const inverseLog2 = Int16Array.from([
  2048, 2093, 2139, 2186, 2233, 2282, 2332, 2383, 2435, 2489, 2543, 2599, 2656, 2714, 2774, 2834, 2896, 2960, 3025,
  3091, 3158, 3228, 3298, 3371, 3444, 3520, 3597, 3676, 3756, 3838, 3922, 4008,
]);
const highLogSteps = Int16Array.of(798, -214);
const lowLogSteps = Int16Array.from([-60, 3042, 1198, 538, 334, 172, 58, -30, 3042, 1198, 538, 334, 172, 58, -30, -60]);
const lowInverseQuantizerOf4Bits = Int16Array.from([
  0, -2557, -1612, -1121, -786, -530, -323, -150, 2557, 1612, 1121, 786, 530, 323, 150, 0,
]);

export const highInverseQuantizer = Int16Array.of(-926, -202, 926, 202);
export const lowInverseQuantizer = Int16Array.from([
  -17, -17, -17, -17, -3101, -2738, -2376, -2088, -1873, -1689, -1535, -1399, -1279, -1170, -1072, -982, -899, -822,
  -750, -682, -618, -558, -501, -447, -396, -347, -300, -254, -211, -170, -130, -91, 3101, 2738, 2376, 2088, 1873, 1689,
  1535, 1399, 1279, 1170, 1072, 982, 899, 822, 750, 682, 618, 558, 501, 447, 396, 347, 300, 254, 211, 170, 130, 91, 54,
  17, -54, -17,
]);
export const lowQuantizer = Int16Array.from([
  35, 72, 110, 150, 190, 233, 276, 323, 370, 422, 473, 530, 587, 650, 714, 786, 858, 940, 1023, 1121, 1219, 1339, 1458,
  1612, 1765, 1980, 2195, 2557, 2919,
]);

function clamp(value: number, low: number, high: number): number {
  return value < low ? low : value > high ? high : value;
}

function clamp16(value: number): number {
  return clamp(value, -32_768, 32_767);
}

/** Places of the scalar state in the state array; zero coefficients and difference history follow. */
const at = {
  predicted: 0,
  zeroSum: 1,
  signBefore: 2,
  signBeforeThat: 3,
  pole0: 4,
  pole1: 5,
  reconstructed: 6,
  logFactor: 7,
  scale: 8,
  zeros: 9,
  differences: 15,
  length: 21,
} as const;

/**
 * Adaptive prediction and quantizer scale of one G.722 sub-band (ITU-T G.722 §3.3–3.6 and §4). All state lies in one
 * array, so that a frame can be taken back by copying.
 */
export class AdaptiveBand {
  readonly #state = new Int32Array(at.length);
  readonly #before = new Int32Array(at.length);

  constructor(kind: 'low' | 'high') {
    this.#state[at.scale] = kind === 'low' ? 8 : 2;
  }

  get scale(): number {
    return this.#state[at.scale] ?? 0;
  }

  get predicted(): number {
    return this.#state[at.predicted] ?? 0;
  }

  remember(): void {
    this.#before.set(this.#state);
  }

  restore(): void {
    this.#state.set(this.#before);
  }

  /** `code` is the upper four bits of the low band's six. */
  adaptLow(code: number): void {
    this.#adaptPrediction((this.scale * (lowInverseQuantizerOf4Bits[code] ?? 0)) >> 10);
    this.#adaptScale(lowLogSteps[code] ?? 0, 18_432, 8 << 11);
  }

  adaptHigh(difference: number, code: number): void {
    this.#adaptPrediction(difference);
    this.#adaptScale(highLogSteps[code & 1] ?? 0, 22_528, 10 << 11);
  }

  #adaptScale(step: number, ceiling: number, offset: number): void {
    const logFactor = clamp((((this.#state[at.logFactor] ?? 0) * 127) >> 7) + step, 0, ceiling);
    this.#state[at.logFactor] = logFactor;
    const linear = inverseLog2[((logFactor - offset) >> 6) & 31] ?? 0;
    const shift = (logFactor - offset) >> 11;
    this.#state[at.scale] = shift < 0 ? linear >> -shift : linear << shift;
  }

  #adaptPrediction(difference: number): void {
    const state = this.#state;
    this.#adaptPoles(difference);
    this.#adaptZeros(difference);
    const reconstructed = clamp16(((state[at.predicted] ?? 0) + difference) * 2);
    const poles =
      (((state[at.pole0] ?? 0) * reconstructed) >> 15) +
      (((state[at.pole1] ?? 0) * (state[at.reconstructed] ?? 0)) >> 15);
    state[at.predicted] = clamp16((state[at.zeroSum] ?? 0) + poles);
    state[at.reconstructed] = reconstructed;
  }

  #adaptPoles(difference: number): void {
    const state = this.#state;
    const sign = (state[at.zeroSum] ?? 0) + difference < 0 ? 1 : 0;
    const towards0 = sign === state[at.signBefore] ? -1 : 1;
    const towards1 = sign === state[at.signBeforeThat] ? 1 : -1;
    state[at.signBeforeThat] = state[at.signBefore] ?? 0;
    state[at.signBefore] = sign;
    const pole0 = state[at.pole0] ?? 0;
    const drift = (towards0 * clamp(pole0, -8_191, 8_191)) >> 5;
    const pole1 = clamp(drift + towards1 * 128 + (((state[at.pole1] ?? 0) * 127) >> 7), -12_288, 12_288);
    const limit = 15_360 - pole1;
    state[at.pole1] = pole1;
    state[at.pole0] = clamp(-192 * towards0 + ((pole0 * 255) >> 8), -limit, limit);
  }

  #adaptZeros(difference: number): void {
    const state = this.#state;
    let sum = 0;
    for (let k = 5; k >= 0; k--) {
      const value = k === 0 ? wrapTo16Bits(difference * 2) : (state[at.differences + k - 1] ?? 0);
      const isOpposed = ((state[at.differences + k] ?? 0) ^ difference) < 0;
      const step = difference === 0 ? 0 : isOpposed ? -128 : 128;
      const zero = (((state[at.zeros + k] ?? 0) * 255) >> 8) + step;
      state[at.zeros + k] = zero;
      state[at.differences + k] = value;
      sum += (value * zero) >> 15;
    }
    state[at.zeroSum] = sum;
  }
}

function wrapTo16Bits(value: number): number {
  return (value << 16) >> 16;
}
