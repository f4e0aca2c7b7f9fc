import type { DspModules } from './wasm.ts';

/** Mode 3; measured, modes 0 and 1 call all noise speech. */
const mode = 3;
const largestFrameSamples = 480;

/** WebRTC's voice detector on frames of 10, 20 or 30 ms at 8 or 16 kHz. Has about 100 ms of hang-over. */
export class Fvad {
  readonly #module: DspModules['fvad'];
  readonly #instance: number;
  readonly #memory: number;

  constructor(modules: DspModules, sampleRate: number) {
    this.#module = modules.fvad;
    this.#instance = this.#module._fvad_new();
    this.#memory = this.#module._malloc(2 * largestFrameSamples);
    this.#module._fvad_set_mode(this.#instance, mode);
    this.#module._fvad_set_sample_rate(this.#instance, sampleRate);
  }

  isVoice(samples: Int16Array): boolean {
    this.#module.HEAP16.set(samples, this.#memory >> 1);
    return this.#module._fvad_process(this.#instance, this.#memory, samples.length) === 1;
  }

  close(): void {
    this.#module._fvad_free(this.#instance);
    this.#module._free(this.#memory);
  }
}
