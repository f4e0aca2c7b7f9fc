const blockMs = 10;
/** A cut word began up to this long ago; a syllable or two before it make it easy to understand again. */
const leastMs = 150;

/**
 * How far to go back in `played` (the newest samples last) to begin again so that the word in which it stopped is heard
 * whole: to the quietest 30 ms that lie at least 150 ms back. Shorter ones are played again from their beginning.
 */
export function rewindSamples(played: Int16Array, sampleRate: number): number {
  const block = (sampleRate * blockMs) / 1_000;
  const energies: number[] = [];
  for (let end = played.length; end >= block; end -= block) energies.push(energy(played.subarray(end - block, end)));
  let quietest = -1;
  let least = Number.POSITIVE_INFINITY;
  for (let at = leastMs / blockMs; at + 1 < energies.length; at++) {
    const around = (energies[at - 1] as number) + (energies[at] as number) + (energies[at + 1] as number);
    if (around >= least) continue;
    least = around;
    quietest = at;
  }
  return quietest < 0 ? played.length : quietest * block + Math.floor(block / 2);
}

function energy(samples: Int16Array): number {
  let sum = 0;
  for (const sample of samples) sum += sample * sample;
  return sum;
}
