import type { Frame } from '../frame.ts';
import type { Stage } from '../stage.ts';
import { columnFrequencies, keypad, rowFrequencies } from './dtmf-tones.ts';

const rate = 8_000;
/** 205 samples put all eight frequencies close to bin centres; looked at twice per block. */
const blockSamples = 205;
const hopSamples = 102;
const hitsToBelieve = 2;
const missesToForget = 2;
/** Of each tone, relative to full scale squared: −36 dB. */
const faintestPower = 2.5e-4;
/** Difference between the two tones: up to 8 dB. */
const largestTwist = 6.3;
/** The tone over every other frequency of its group: 6 dB. */
const distinctness = 4;
/** Share of the block's whole energy in the two tones: speech spreads wider. */
const purity = 0.6;

const coefficients = [...rowFrequencies, ...columnFrequencies].map(
  (frequency) => 2 * Math.cos((2 * Math.PI * frequency) / rate),
);

/** In-band digits by eight Goertzel filters; used only where telephone-event was not agreed. */
export class DtmfDetector implements Stage {
  readonly #digit: (digit: string) => void;
  readonly #block = new Float32Array(blockSamples);
  readonly #powers = new Float64Array(8);
  #filled = 0;
  #candidate: string | undefined;
  #hits = 0;
  #misses = 0;
  #reported: string | undefined;

  constructor(digit: (digit: string) => void) {
    this.#digit = digit;
  }

  push({ samples, sampleRate }: Frame): void {
    const step = sampleRate / rate;
    for (let i = 0; i + step <= samples.length; i += step) {
      const sample = step === 2 ? ((samples[i] ?? 0) + (samples[i + 1] ?? 0)) / 2 : (samples[i] ?? 0);
      this.#block[this.#filled++] = sample / 32_768;
      if (this.#filled < blockSamples) continue;
      this.#follow(this.#look());
      this.#block.copyWithin(0, hopSamples);
      this.#filled = blockSamples - hopSamples;
    }
  }

  #follow(seen: string | undefined): void {
    if (seen === undefined || seen !== this.#candidate) this.#hits = 0;
    this.#candidate = seen;
    if (seen === undefined) {
      if (++this.#misses >= missesToForget) this.#reported = undefined;
      return;
    }
    this.#misses = 0;
    if (++this.#hits < hitsToBelieve || seen === this.#reported) return;
    this.#reported = seen;
    this.#digit(seen);
  }

  #look(): string | undefined {
    let energy = 0;
    for (const sample of this.#block) energy += sample * sample;
    if (energy / blockSamples < faintestPower) return undefined;
    coefficients.forEach((coefficient, i) => {
      this.#powers[i] = this.#power(coefficient);
    });
    const row = this.#strongest(0);
    const column = this.#strongest(4);
    if (row === undefined || column === undefined) return undefined;
    const [low, high] = [this.#powers[row] ?? 0, this.#powers[4 + column] ?? 0];
    const isBalanced = low < high * largestTwist && high < low * largestTwist;
    const isPure = low + high > (purity * energy) / blockSamples;
    return isBalanced && isPure ? keypad[row]?.[column] : undefined;
  }

  /** Mean power of the block at one frequency. */
  #power(coefficient: number): number {
    let before = 0;
    let last = 0;
    for (const sample of this.#block) {
      const next = sample + coefficient * last - before;
      before = last;
      last = next;
    }
    const magnitude = last * last + before * before - coefficient * last * before;
    return (2 * magnitude) / (blockSamples * blockSamples);
  }

  /** Index of the group's strongest tone when it is loud enough and stands out. */
  #strongest(group: 0 | 4): number | undefined {
    const powers = this.#powers.subarray(group, group + 4);
    const best = powers.indexOf(Math.max(...powers));
    const loudest = powers[best] ?? 0;
    const stands = powers.every((power, i) => i === best || power * distinctness < loudest);
    return loudest > faintestPower && stands ? best : undefined;
  }
}
