import type { Frame } from '../../../media/frame.ts';
import type { SttPartial, SttStream } from '../../kinds/stt.ts';
import { AudioTimeline } from './audio-timeline.ts';
import type { EngineStream, StepShape } from './engine-stream.ts';
import type { StreamPool } from './stream-pool.ts';

/** Audio that may wait to be decoded; what comes on top of it is dropped and counted. */
const longestBacklogMs = 10_000;
/** The decoder slows down with the length of its turn (twice as slow after 5 min), so a silent one begins anew. */
const longestSilentTurnMs = 60_000;

/** What a stream needs of the recogniser that it belongs to. */
export interface StreamOwner {
  readonly shape: StepShape;
  readonly pool: StreamPool;
  /** There is audio to decode. */
  wake(): void;
  closed(stream: RecognitionStream): void;
}

/** One call's ear: keeps the call's audio time over gaps and turns, and its text between two turn ends. */
export class RecognitionStream implements SttStream {
  readonly #owner: StreamOwner;
  readonly #listener: (partial: SttPartial) => void;
  readonly #timeline = new AudioTimeline();
  #engine: EngineStream | undefined;
  #text = '';
  #turnBeganMs = 0;
  #droppedFrames = 0;
  #isClosed = false;

  constructor(owner: StreamOwner, listener: (partial: SttPartial) => void) {
    this.#owner = owner;
    this.#listener = listener;
  }

  get droppedFrames(): number {
    return this.#droppedFrames;
  }

  /** The engine's stream, when it has audio enough for a step. */
  get ready(): EngineStream | undefined {
    return this.#engine?.isReady === true ? this.#engine : undefined;
  }

  push(frame: Frame): void {
    if (this.#isClosed || frame.samples.length === 0) return;
    const engine = this.#engineFor(frame.sampleRate);
    if (engine.unheardMs > longestBacklogMs) {
      this.#droppedFrames++;
      return;
    }
    const msPerSample = 1_000 / frame.sampleRate;
    const { fillMs, skipMs } = this.#timeline.place(frame.position * msPerSample, frame.samples.length * msPerSample);
    engine.feedSilence(fillMs);
    const samples = frame.samples.subarray(Math.round(skipMs / msPerSample));
    if (samples.length > 0) engine.feed(toFloat(samples));
    this.#owner.wake();
  }

  /** After a decoding step: says what is new. */
  report(): void {
    const engine = this.#engine;
    if (engine === undefined || this.#isClosed) return;
    const text = plainText(engine.text);
    const changed = text !== this.#text;
    this.#text = text;
    if (changed || text !== '') this.#listener({ text, heardUntilMs: this.#heardUntilMs(engine) });
    else if (this.#timeline.fedMs - this.#turnBeganMs > longestSilentTurnMs) this.#beginTurn(engine);
  }

  async endTurn(): Promise<string> {
    const engine = this.#engine;
    if (engine === undefined || this.#isClosed) return '';
    this.#timeline.feedSilence(this.#owner.shape.tailMs);
    engine.drain();
    const text = plainText(engine.text);
    this.#beginTurn(engine);
    return text;
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    if (this.#engine !== undefined) this.#owner.pool.give(this.#engine);
    this.#engine = undefined;
    this.#owner.closed(this);
  }

  #beginTurn(engine: EngineStream): void {
    engine.reset();
    this.#text = '';
    this.#turnBeganMs = this.#timeline.fedMs;
  }

  #heardUntilMs(engine: EngineStream): number {
    return Math.round(this.#timeline.audioMsAt(this.#timeline.fedMs - engine.unheardMs));
  }

  /** An engine stream cannot change its rate, so a line that does (8 to 16 kHz) goes on with another one. */
  #engineFor(sampleRate: number): EngineStream {
    if (this.#engine?.sampleRate === sampleRate) return this.#engine;
    if (this.#engine !== undefined) this.#owner.pool.give(this.#engine);
    this.#engine = this.#owner.pool.take(sampleRate);
    return this.#engine;
  }
}

/** Models write with or without capitals; matching wants one way, so a text all in capitals is lowered. */
function plainText(text: string): string {
  const trimmed = text.trim();
  return trimmed === trimmed.toUpperCase() ? trimmed.toLowerCase() : trimmed;
}

function toFloat(samples: Int16Array): Float32Array {
  const floats = new Float32Array(samples.length);
  for (let at = 0; at < samples.length; at++) floats[at] = (samples[at] as number) / 32_768;
  return floats;
}
