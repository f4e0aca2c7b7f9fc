/** Below this a voice's noise floor and fade-outs count as silence (16-bit; −44 dB of full scale). */
const audible = 200;

/**
 * Cuts the silence that an engine puts around a sentence (flite: 0.15–0.27 s before, 0.07–0.2 s after) down to a
 * margin. The first word would be heard that much later otherwise.
 *
 * @returns a view of the same samples; empty if nothing is audible.
 */
export function trimSilence(samples: Int16Array, sampleRate: number, leadMs: number, tailMs: number): Int16Array {
  const isAudible = (sample: number) => Math.abs(sample) > audible;
  const first = samples.findIndex(isAudible);
  if (first === -1) return samples.subarray(0, 0);
  const last = samples.findLastIndex(isAudible);
  const begin = Math.max(0, first - Math.round((leadMs * sampleRate) / 1_000));
  return samples.subarray(begin, Math.min(samples.length, last + 1 + Math.round((tailMs * sampleRate) / 1_000)));
}
