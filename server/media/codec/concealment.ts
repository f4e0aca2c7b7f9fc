/** Pitch periods searched: 66 to 200 Hz. */
const shortestPitchMs = 5;
const longestPitchMs = 15;
const compareMs = 20;
const seamMs = 2.5;
const fadeAfterMs = 10;
const silentAfterMs = 60;

/**
 * Fills gaps with the last pitch period repeated, in the manner of G.711 Appendix I: full level for 10 ms, then fading,
 * silence after 60 ms; the first samples after the gap are blended in. Works at any sample rate, so G.722 uses it too.
 */
export class Concealer {
  readonly #rate: number;
  /** The newest samples last. */
  readonly #history: Int16Array;
  #period: Int16Array | undefined;
  #concealed = 0;

  constructor(sampleRate: number) {
    this.#rate = sampleRate;
    this.#history = new Int16Array(this.#samplesOf(longestPitchMs + compareMs));
  }

  /** Takes good audio; just after a gap it blends the beginning with what the gap was filled with (in place). */
  heard(samples: Int16Array): void {
    if (this.#concealed > 0) this.#blend(samples);
    this.#period = undefined;
    this.#concealed = 0;
    this.#remember(samples);
  }

  /** Fills `samples` with what was probably said. */
  conceal(samples: Int16Array): void {
    this.#period ??= this.#lastPeriod();
    for (let i = 0; i < samples.length; i++) samples[i] = this.#next();
    this.#remember(samples);
  }

  #next(): number {
    const period = this.#period ?? this.#history;
    const gain = this.#gainAt(this.#concealed);
    const sample = gain === 0 ? 0 : Math.round((period[this.#concealed % period.length] ?? 0) * gain);
    this.#concealed++;
    return sample;
  }

  #gainAt(index: number): number {
    const atMs = (index * 1_000) / this.#rate;
    if (atMs <= fadeAfterMs) return 1;
    return Math.max(0, 1 - (atMs - fadeAfterMs) / (silentAfterMs - fadeAfterMs));
  }

  #blend(samples: Int16Array): void {
    const length = Math.min(samples.length, this.#samplesOf(2 * seamMs));
    for (let i = 0; i < length; i++) {
      const share = (i + 1) / (length + 1);
      samples[i] = Math.round((samples[i] ?? 0) * share + this.#next() * (1 - share));
    }
  }

  /** The last pitch period, its end bent towards the samples before it so that it repeats without a click. */
  #lastPeriod(): Int16Array {
    const history = this.#history;
    const length = this.#pitch();
    const period = history.slice(history.length - length);
    const seam = Math.min(this.#samplesOf(seamMs), length);
    const before = history.length - length - seam;
    for (let i = 0; i < seam; i++) {
      const share = (i + 1) / (seam + 1);
      const at = length - seam + i;
      period[at] = Math.round((period[at] ?? 0) * (1 - share) + (history[before + i] ?? 0) * share);
    }
    return period;
  }

  /** The lag at which the newest samples resemble the earlier ones most (normalised cross-correlation). */
  #pitch(): number {
    const longest = this.#samplesOf(longestPitchMs);
    const step = this.#rate > 8_000 ? 2 : 1;
    let bestLag = longest;
    let bestScore = Number.NEGATIVE_INFINITY;
    for (let lag = this.#samplesOf(shortestPitchMs); lag <= longest; lag += step) {
      const score = this.#likeness(lag, step);
      if (score > bestScore) {
        bestScore = score;
        bestLag = lag;
      }
    }
    return bestLag;
  }

  #likeness(lag: number, step: number): number {
    const history = this.#history;
    let cross = 0;
    let energy = 1;
    for (let i = history.length - this.#samplesOf(compareMs); i < history.length; i += step) {
      const earlier = history[i - lag] ?? 0;
      cross += (history[i] ?? 0) * earlier;
      energy += earlier * earlier;
    }
    return cross / Math.sqrt(energy);
  }

  #remember(samples: Int16Array): void {
    const kept = samples.subarray(Math.max(0, samples.length - this.#history.length));
    this.#history.copyWithin(0, kept.length);
    this.#history.set(kept, this.#history.length - kept.length);
  }

  #samplesOf(ms: number): number {
    return Math.round((ms * this.#rate) / 1_000);
  }
}
