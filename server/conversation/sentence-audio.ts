import { LandlineError } from '../contract/errors.ts';
import { Backoff } from '../lifetime/backoff.ts';
import { type Clock, delay } from '../lifetime/clock.ts';
import type { SynthesisChunk, SynthesisRequest } from '../providers/kinds/tts.ts';
import { abortable } from './abortable.ts';
import type { Voice } from './ports.ts';

/** A voice process that died is back within this time, or not at all. */
const longestOutageMs = 8_000;

export interface SentenceAudioListener {
  firstChunk(): void;
  /** Nothing more comes, for whatever reason. */
  done(): void;
}

/**
 * The audio of one sentence, synthesised from the moment of its making and kept until it is played (its length is
 * bounded by the sentence's). Survives the loss of the voice process: asks again, and leaves out what it already has.
 */
export class SentenceAudio {
  readonly #chunks: SynthesisChunk[] = [];
  #receivedMs = 0;
  #done = false;
  #failure: unknown;
  #changed = Promise.withResolvers<void>();

  constructor(
    voice: Voice,
    request: SynthesisRequest,
    clock: Clock,
    listener: SentenceAudioListener,
    signal: AbortSignal,
  ) {
    void this.#pull(voice, request, clock, listener, signal);
  }

  /** Audio received so far; the sentence's whole length once `isComplete`. */
  get receivedMs(): number {
    return this.#receivedMs;
  }

  /** Nothing more comes, for whatever reason. */
  get isDone(): boolean {
    return this.#done;
  }

  get isComplete(): boolean {
    return this.#done && this.#failure === undefined;
  }

  /** All chunks from the start, as they come. Throws what the voice failed with. */
  async *chunks(signal: AbortSignal): AsyncGenerator<SynthesisChunk, void, void> {
    for (let index = 0; ; index++) {
      while (index >= this.#chunks.length && !this.#done) await abortable(this.#changed.promise, signal);
      const chunk = this.#chunks[index];
      if (chunk !== undefined) yield chunk;
      else if (this.#failure !== undefined) throw this.#failure as Error;
      else return;
    }
  }

  async #pull(
    voice: Voice,
    request: SynthesisRequest,
    clock: Clock,
    listener: SentenceAudioListener,
    signal: AbortSignal,
  ): Promise<void> {
    const backoff = new Backoff({ firstMs: 50, factor: 2, longestMs: 1_000 });
    const startedMs = clock.now();
    try {
      while (!(await this.#attempt(voice, request, listener, signal))) {
        if (clock.now() - startedMs > longestOutageMs)
          throw new LandlineError('speech-lost', `The voice did not come back within ${longestOutageMs} ms.`);
        await delay(clock, backoff.nextMs(), signal);
      }
    } catch (failure) {
      this.#failure = failure;
    }
    this.#done = true;
    this.#notify();
    listener.done();
  }

  /** One synthesis; false when the voice process died in the middle. */
  async #attempt(
    voice: Voice,
    request: SynthesisRequest,
    listener: SentenceAudioListener,
    signal: AbortSignal,
  ): Promise<boolean> {
    const alreadyHad = this.#chunks.reduce((sum, chunk) => sum + chunk.samples.length, 0);
    let toSkip = alreadyHad;
    try {
      for await (const chunk of voice.synthesize(request, signal)) {
        signal.throwIfAborted();
        const samples = chunk.samples.subarray(Math.min(toSkip, chunk.samples.length));
        toSkip -= chunk.samples.length - samples.length;
        if (samples.length === 0) continue;
        if (this.#chunks.length === 0) listener.firstChunk();
        this.#chunks.push({ samples, sampleRate: chunk.sampleRate });
        this.#receivedMs += (samples.length * 1_000) / chunk.sampleRate;
        this.#notify();
      }
      return true;
    } catch (failure) {
      if (failure instanceof LandlineError && failure.code === 'speech-lost' && !signal.aborted) return false;
      throw failure;
    }
  }

  #notify(): void {
    this.#changed.resolve();
    this.#changed = Promise.withResolvers<void>();
  }
}
