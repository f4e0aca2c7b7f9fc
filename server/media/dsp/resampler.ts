import { LandlineError } from '../../contract/errors.ts';
import type { DspModules } from './wasm.ts';

/** 5 ms delay, flat to 3.4 kHz, images 100 dB down, 6–9 µs per 20 ms (measured); better costs delay. */
const quality = 5;
/** Input samples taken at a time: sizes the two buffers inside the module. */
const blockSamples = 960;

/** Streaming conversion between two sample rates (Speex). Frees nothing by itself: call `close`. */
export class Resampler {
  readonly inRate: number;
  readonly outRate: number;
  readonly #speex: DspModules['speex'];
  readonly #state: number;
  /** Two words for in and out lengths, then input, then output. */
  readonly #memory: number;
  readonly #outBlock: number;

  constructor(modules: DspModules, inRate: number, outRate: number) {
    this.inRate = inRate;
    this.outRate = outRate;
    this.#speex = modules.speex;
    this.#outBlock = Math.ceil((blockSamples * outRate) / inRate) + 16;
    this.#memory = this.#speex._malloc(8 + 2 * (blockSamples + this.#outBlock));
    this.#state = this.#speex._speex_resampler_init(1, inRate, outRate, quality, this.#memory);
    if (this.#state === 0)
      throw new LandlineError('bad-sample-rate', `Audio at ${inRate} Hz cannot be converted to ${outRate} Hz.`);
    this.#speex._speex_resampler_skip_zeros(this.#state);
  }

  /** Converts all of `samples`; the result lags by the filter's delay, which `drain` brings out at the end. */
  process(samples: Int16Array): Int16Array {
    const out = new Int16Array(Math.ceil((samples.length * this.outRate) / this.inRate) + 16);
    let made = 0;
    for (let at = 0; at < samples.length; at += blockSamples) {
      const block = this.#processBlock(samples.subarray(at, at + blockSamples));
      out.set(block.subarray(0, out.length - made), made);
      made += block.length;
    }
    return out.subarray(0, Math.min(made, out.length));
  }

  /** What is still inside the filter; the next `process` starts a new stretch. */
  drain(): Int16Array {
    const tail = this.process(new Int16Array(this.#speex._speex_resampler_get_input_latency(this.#state)));
    this.#speex._speex_resampler_reset_mem(this.#state);
    this.#speex._speex_resampler_skip_zeros(this.#state);
    return tail;
  }

  close(): void {
    this.#speex._speex_resampler_destroy(this.#state);
    this.#speex._free(this.#memory);
  }

  /** A view into the module's memory, good until the next call. */
  #processBlock(samples: Int16Array): Int16Array {
    const speex = this.#speex;
    const input = this.#memory + 8;
    const output = input + 2 * blockSamples;
    speex.HEAP16.set(samples, input >> 1);
    speex.HEAP32[this.#memory >> 2] = samples.length;
    speex.HEAP32[(this.#memory >> 2) + 1] = this.#outBlock;
    speex._speex_resampler_process_int(this.#state, 0, input, this.#memory, output, this.#memory + 4);
    const made = speex.HEAP32[(this.#memory >> 2) + 1] ?? 0;
    return speex.HEAP16.subarray(output >> 1, (output >> 1) + made);
  }
}
