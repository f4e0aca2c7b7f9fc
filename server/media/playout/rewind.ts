const blockMs = 10;
/** A block this far under the loudest one is a pause between words or the closure of a consonant. */
const quietShare = 0.01;

/**
 * How far to go back in `played` (the newest samples last) to begin again at a quiet point: to the nearest one, or,
 * when nothing is quiet, to the quietest.
 */
export function rewindSamples(played: Int16Array, sampleRate: number): number {
  const block = (sampleRate * blockMs) / 1_000;
  const energies: number[] = [];
  for (let end = played.length; end >= block; end -= block) energies.push(energy(played.subarray(end - block, end)));
  if (energies.length === 0) return played.length;
  const quiet = Math.max(...energies) * quietShare;
  const nearest = energies.findIndex((value) => value <= quiet);
  const blocks = nearest >= 0 ? nearest : energies.indexOf(Math.min(...energies));
  return blocks * block + Math.floor(block / 2);
}

function energy(samples: Int16Array): number {
  let sum = 0;
  for (const sample of samples) sum += sample * sample;
  return sum;
}
