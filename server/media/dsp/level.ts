/** Level of digital silence, in dB under full scale. */
export const silenceDb = -96;

/** RMS level in dB relative to full scale, from −96 (nothing) to 0. */
export function levelDb(samples: Int16Array): number {
  let energy = 0;
  for (const sample of samples) energy += sample * sample;
  if (energy === 0) return silenceDb;
  return Math.max(silenceDb, 10 * Math.log10(energy / samples.length / (32_768 * 32_768)));
}
