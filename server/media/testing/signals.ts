/** `lengthMs` of a sine, 16-bit. `db` is the peak level relative to full scale. */
export function tone(frequency: number, lengthMs: number, sampleRate = 8_000, db = -12): Int16Array {
  const peak = 32_767 * 10 ** (db / 20);
  return Int16Array.from({ length: (lengthMs * sampleRate) / 1_000 }, (_, i) =>
    Math.round(peak * Math.sin((2 * Math.PI * frequency * i) / sampleRate)),
  );
}

export function silence(lengthMs: number, sampleRate = 8_000): Int16Array {
  return new Int16Array((lengthMs * sampleRate) / 1_000);
}

/**
 * Something that a voice detector takes for a voice: a 120 Hz pulse train through three formants, swelling four times a
 * second like syllables. `db` is its loudest RMS level, about.
 */
export function babble(lengthMs: number, sampleRate = 8_000, db = -18, seed = 1): Int16Array {
  const samples = new Float64Array((lengthMs * sampleRate) / 1_000);
  const pitch = 110 + (seed % 5) * 12;
  for (const [frequency, weight] of [
    [500, 1],
    [1_500, 0.5],
    [2_500, 0.25],
  ] as const) {
    for (let harmonic = 1; harmonic * pitch < 3_400; harmonic++) {
      const gain = weight / (1 + ((harmonic * pitch - frequency) / 120) ** 2);
      for (let i = 0; i < samples.length; i++)
        samples[i] = (samples[i] ?? 0) + gain * Math.sin((2 * Math.PI * harmonic * pitch * i) / sampleRate + harmonic);
    }
  }
  const loudest = samples.reduce((most, sample) => Math.max(most, Math.abs(sample)), 1);
  const peak = 32_767 * 10 ** (db / 20) * 3;
  return Int16Array.from(samples, (sample, i) => {
    const swell = 0.65 - 0.35 * Math.cos((2 * Math.PI * 4 * i) / sampleRate);
    return Math.max(-32_768, Math.min(32_767, Math.round((sample / loudest) * peak * swell)));
  });
}

/** Pseudo-random noise of about this RMS level. */
export function noise(lengthMs: number, sampleRate = 8_000, db = -50, seed = 1): Int16Array {
  let state = seed;
  const peak = 32_767 * 10 ** (db / 20) * Math.sqrt(3);
  return Int16Array.from({ length: (lengthMs * sampleRate) / 1_000 }, () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.round((state / 2 ** 31 - 1) * peak);
  });
}

export function join(...parts: readonly Int16Array[]): Int16Array {
  const whole = new Int16Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

export function add(one: Int16Array, other: Int16Array): Int16Array {
  return one.map((sample, i) => Math.max(-32_768, Math.min(32_767, sample + (other[i] ?? 0))));
}

export function scale(samples: Int16Array, db: number): Int16Array {
  return samples.map((sample) => Math.round(sample * 10 ** (db / 20)));
}

/** Level in dB (relative to full scale, as RMS) of one frequency in the samples. */
export function levelAtDb(samples: Int16Array, frequency: number, sampleRate = 8_000): number {
  let real = 0;
  let imaginary = 0;
  samples.forEach((sample, i) => {
    const angle = (2 * Math.PI * frequency * i) / sampleRate;
    real += sample * Math.cos(angle);
    imaginary += sample * Math.sin(angle);
  });
  const rms = (Math.SQRT2 * Math.hypot(real, imaginary)) / samples.length / 32_768;
  return 20 * Math.log10(Math.max(rms, 1e-9));
}

/** The strongest of `frequencies` in the samples, or undefined when none reaches `overDb`. */
export function toneIn(
  samples: Int16Array,
  frequencies: readonly number[],
  sampleRate = 8_000,
  overDb = -40,
): number | undefined {
  const levels = frequencies.map((frequency) => levelAtDb(samples, frequency, sampleRate));
  const best = Math.max(...levels);
  return best > overDb ? frequencies[levels.indexOf(best)] : undefined;
}
