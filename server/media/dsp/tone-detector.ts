import type { Frame } from '../frame.ts';
import type { Stage } from '../stage.ts';

/** A steady tone that was followed by quiet: a beep. */
export interface ToneReport {
  readonly frequencyHz: number;
  readonly lastedMs: number;
}

const rate = 8_000;
const blockMs = 20;
const blockSamples = (rate * blockMs) / 1_000;
/** Mean square relative to full scale: −40 dB. */
const faintestPower = 1e-4;
/**
 * What one sine may leave unexplained, to its own power: noise 23 dB below it does; the two tones of a digit leave 0.025
 * or more, vowels and noise far more.
 */
const mostResidual = 0.02;
const lowestHz = 400;
const highestHz = 2_000;
/** A voice's pitch and loudness wander further from block to block. */
const mostDriftHz = 25;
const mostDriftRatio = 2;
const shortestBlocks = 8;
/** Quiet that proves the end, and how much quieter it must be: 10 dB. */
const quietBlocks = 3;
const quietRatio = 0.1;

interface Tone {
  readonly frequencyHz: number;
  readonly power: number;
  blocks: number;
  quiet: number;
}

/** Finds the beep of an answering machine: one steady tone of 400–2000 Hz for 160 ms or more, then quiet. */
export class ToneDetector implements Stage {
  readonly #report: (tone: ToneReport) => void;
  readonly #block = new Float32Array(blockSamples);
  #filled = 0;
  #tone: Tone | undefined;

  constructor(report: (tone: ToneReport) => void) {
    this.#report = report;
  }

  push({ samples, sampleRate }: Frame): void {
    const step = sampleRate / rate;
    for (let i = 0; i + step <= samples.length; i += step) {
      const sample = step === 2 ? ((samples[i] ?? 0) + (samples[i + 1] ?? 0)) / 2 : (samples[i] ?? 0);
      this.#block[this.#filled++] = sample / 32_768;
      if (this.#filled < blockSamples) continue;
      this.#filled = 0;
      this.#follow(powerOf(this.#block));
    }
  }

  #follow(power: number): void {
    const frequencyHz = power < faintestPower ? undefined : soleFrequency(this.#block);
    const tone = this.#tone;
    if (tone !== undefined && frequencyHz !== undefined && isSame(tone, frequencyHz, power) && tone.quiet === 0) {
      tone.blocks++;
      return;
    }
    if (tone !== undefined && tone.blocks >= shortestBlocks && power < tone.power * quietRatio) {
      if (++tone.quiet < quietBlocks) return;
      this.#tone = undefined;
      this.#report({ frequencyHz: tone.frequencyHz, lastedMs: tone.blocks * blockMs });
      return;
    }
    // The block in which the tone stops is half a tone: it neither counts nor ends it.
    if (tone !== undefined && tone.blocks >= shortestBlocks && tone.quiet === 0 && power < tone.power) {
      tone.quiet = 1;
      return;
    }
    this.#tone = frequencyHz === undefined ? undefined : { frequencyHz, power, blocks: 1, quiet: 0 };
  }
}

function isSame(tone: Tone, frequencyHz: number, power: number): boolean {
  const ratio = power / tone.power;
  return (
    Math.abs(frequencyHz - tone.frequencyHz) <= mostDriftHz && ratio < mostDriftRatio && ratio > 1 / mostDriftRatio
  );
}

function powerOf(block: Float32Array): number {
  let energy = 0;
  for (const sample of block) energy += sample * sample;
  return energy / block.length;
}

/**
 * Frequency of the block if it is one sine. A sine obeys x[n] + x[n−2] = 2 cos(ω) x[n−1]: least squares gives ω, and what
 * is left over tells how far the block is from it.
 */
function soleFrequency(block: Float32Array): number | undefined {
  let cross = 0;
  let middle = 0;
  for (let n = 2; n < block.length; n++) {
    const [before, at, after] = [block[n - 2] ?? 0, block[n - 1] ?? 0, block[n] ?? 0];
    cross += at * (after + before);
    middle += at * at;
  }
  if (middle === 0) return undefined;
  const c = cross / middle;
  const frequencyHz = (Math.acos(Math.max(-1, Math.min(1, c / 2))) * rate) / (2 * Math.PI);
  if (frequencyHz < lowestHz || frequencyHz > highestHz) return undefined;
  let residual = 0;
  for (let n = 2; n < block.length; n++) {
    const error = (block[n] ?? 0) + (block[n - 2] ?? 0) - c * (block[n - 1] ?? 0);
    residual += error * error;
  }
  return residual <= mostResidual * middle ? frequencyHz : undefined;
}
