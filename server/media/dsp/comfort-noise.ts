/** About −66 dB: heard as a live line, far below speech and under the far end's voice detector. */
const amplitude = 28;
const tableSamples = 16_384;

/**
 * Very low noise that is sent whenever the agent is silent: packets without pause keep NAT bindings and carrier timers
 * alive, and a line that is not digitally dead.
 */
export class ComfortNoise {
  readonly #table = new Int16Array(tableSamples);
  #at = 0;

  constructor(seed = 1) {
    let state = seed >>> 0 || 1;
    for (let i = 0; i < tableSamples; i++) {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
      this.#table[i] = Math.round((state / 2 ** 31 - 1) * amplitude);
    }
  }

  fill(samples: Int16Array): void {
    for (let i = 0; i < samples.length; i++) samples[i] = this.#table[this.#at++ % tableSamples] ?? 0;
  }
}
