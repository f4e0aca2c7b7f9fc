import { LandlineError } from '../../contract/errors.ts';
import { type Clock, delay } from '../../lifetime/clock.ts';
import type { SynthesisChunk, SynthesisRequest, TtsProvider } from '../kinds/tts.ts';

export interface ScriptedVoiceOptions {
  readonly clock: Clock;
  /** Time from the request to the audio. */
  readonly latencyMs?: number;
  /** Length of speech per letter; 65 ms is an unhurried voice. */
  readonly msPerLetter?: number;
}

/** Buzz of 120 Hz with harmonics, as loud as a telephone voice: voice to a voice detector, silence to nobody. */
function buzz(length: number, sampleRate: number): Int16Array {
  const samples = new Int16Array(length);
  for (let index = 0; index < length; index++) {
    const turn = (index / sampleRate) * 120 * 2 * Math.PI;
    const swell = 0.75 + 0.25 * Math.sin((index / sampleRate) * 4 * 2 * Math.PI);
    let value = 0;
    for (let harmonic = 1; harmonic <= 12; harmonic++) value += Math.sin(turn * harmonic) / harmonic;
    samples[index] = Math.round(value * swell * 5_000);
  }
  return samples;
}

/** A voice whose audio has the length of its text, and which fails when told to. */
export class ScriptedVoice implements TtsProvider {
  readonly name = 'scripted voice';
  readonly #clock: Clock;
  readonly #latencyMs: number;
  readonly #msPerLetter: number;
  #failures: string[] = [];

  constructor(options: ScriptedVoiceOptions) {
    this.#clock = options.clock;
    this.#latencyMs = options.latencyMs ?? 60;
    this.#msPerLetter = options.msPerLetter ?? 65;
  }

  /** The next syntheses fail with these codes, one each (`speech-lost`, `speech-failed`). */
  failNext(...codes: readonly string[]): void {
    this.#failures = [...this.#failures, ...codes];
  }

  lengthMs(text: string): number {
    return text.length * this.#msPerLetter;
  }

  async *synthesize(request: SynthesisRequest, signal: AbortSignal): AsyncGenerator<SynthesisChunk, void, void> {
    const code = this.#failures.shift();
    await delay(this.#clock, this.#latencyMs, signal);
    if (code !== undefined) throw new LandlineError(code, `The scripted voice failed as told: ${code}.`);
    const length = Math.round((this.lengthMs(request.text) * request.sampleRate) / 1_000);
    yield { samples: buzz(length, request.sampleRate), sampleRate: request.sampleRate };
  }

  close(): void {}
}
