/** About −66 dB: heard as a live line, far below speech and under the far end's voice detector. */
const amplitude = 28;
const tableSamples = 16_384;

/** The same noise for everybody. */
const table = makeTable();

function makeTable(): Int16Array {
  let state = 1;
  return Int16Array.from({ length: tableSamples }, () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.round((state / 2 ** 31 - 1) * amplitude);
  });
}

/**
 * Very low noise that is sent whenever the agent is silent: packets without pause keep NAT bindings and carrier timers
 * alive, and a line that is not digitally dead.
 */
export class ComfortNoise {
  #at = 0;

  fill(samples: Int16Array): void {
    for (let i = 0; i < samples.length; i++) samples[i] = table[this.#at++ % tableSamples] ?? 0;
  }
}
