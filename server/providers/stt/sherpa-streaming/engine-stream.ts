import type { OnlineRecognizer, OnlineStream } from './engine.ts';

/** How a model moves through audio, in milliseconds. */
export interface StepShape {
  /** Audio that one step advances by. */
  readonly chunkMs: number;
  /** Audio beyond the chunk that a step also looks at. */
  readonly lookaheadMs: number;
  /** Silence after which the last word has been said in full. */
  readonly tailMs: number;
}

/** A native stream with a count of what it holds undecoded. It is fed at one sample rate for its whole life. */
export class EngineStream {
  readonly stream: OnlineStream;
  readonly sampleRate: number;
  readonly #recognizer: OnlineRecognizer;
  readonly #shape: StepShape;
  #pendingMs = 0;

  constructor(recognizer: OnlineRecognizer, shape: StepShape, sampleRate: number) {
    this.#recognizer = recognizer;
    this.#shape = shape;
    this.sampleRate = sampleRate;
    this.stream = recognizer.createStream();
  }

  /** Audio fed and not yet looked at by any step. */
  get unheardMs(): number {
    return Math.max(0, this.#pendingMs - this.#shape.lookaheadMs);
  }

  get isReady(): boolean {
    return this.#recognizer.isReady(this.stream);
  }

  get text(): string {
    return this.#recognizer.getResult(this.stream).text;
  }

  /** @param samples mono, −1…1. */
  feed(samples: Float32Array): void {
    this.stream.acceptWaveform({ sampleRate: this.sampleRate, samples });
    this.#pendingMs += (samples.length * 1_000) / this.sampleRate;
  }

  feedSilence(durationMs: number): void {
    const length = Math.round((durationMs * this.sampleRate) / 1_000);
    if (length > 0) this.feed(new Float32Array(length));
  }

  /** Tells the count that one step was decoded. */
  stepped(): void {
    this.#pendingMs = Math.max(0, this.#pendingMs - this.#shape.chunkMs);
  }

  /** Decodes all that is left, with the silence the model needs behind it: afterwards only silence is inside. */
  drain(): void {
    this.feedSilence(this.#shape.tailMs);
    while (this.isReady) {
      this.#recognizer.decodeStreams([this.stream]);
      this.stepped();
    }
  }

  /** Forgets text and state. */
  reset(): void {
    this.#recognizer.reset(this.stream);
  }
}
