import { type InstalledModel, readSttModel, type SttManifest } from '../../../../models/manifest.ts';
import { type Clock, realClock } from '../../../lifetime/clock.ts';
import type { SttPartial, SttProvider, SttStream } from '../../kinds/stt.ts';
import { DecodeTick } from './decode-tick.ts';
import { createOnlineRecognizer, type OnlineRecognizer } from './engine.ts';
import { EngineStream, type StepShape } from './engine-stream.ts';
import type { LatenessSummary } from './lateness-histogram.ts';
import { RecognitionStream, type StreamOwner } from './recognition-stream.ts';
import { recognizerConfig } from './recognizer-config.ts';
import { StreamPool } from './stream-pool.ts';

/** Time between decoding ticks: a step of the starter model covers 240 ms, so this adds 15 ms to a partial. */
const tickPeriodMs = 30;
/** Decoding rounds in one tick: a stream that fell behind catches up, and messages still get their turn. */
const mostRounds = 8;
const mostPooledStreams = 32;

export interface RecognizerLoad {
  readonly openStreams: number;
  readonly droppedFrames: number;
  readonly tickLatenessMs: LatenessSummary;
}

/** Any streaming model of sherpa-onnx: one recogniser for all calls, whose ready streams are decoded together. */
export class SherpaStreamingStt implements SttProvider, StreamOwner {
  readonly name: string;
  readonly sampleRate: number;
  readonly shape: StepShape;
  readonly pool: StreamPool;
  readonly #recognizer: OnlineRecognizer;
  readonly #tick: DecodeTick;
  readonly #open = new Set<RecognitionStream>();
  #droppedBefore = 0;

  constructor(manifest: SttManifest, recognizer: OnlineRecognizer, clock: Clock) {
    const { chunkMs, lookaheadMs, tailMs = chunkMs + lookaheadMs + 100 } = manifest;
    this.name = manifest.id;
    this.sampleRate = manifest.featConfig.sampleRate;
    this.shape = { chunkMs, lookaheadMs, tailMs };
    this.#recognizer = recognizer;
    this.pool = new StreamPool(mostPooledStreams, (rate) => new EngineStream(recognizer, this.shape, rate));
    this.#tick = new DecodeTick(clock, tickPeriodMs, () => this.#decode());
  }

  open(listener: (partial: SttPartial) => void): SttStream {
    const stream = new RecognitionStream(this, listener);
    this.#open.add(stream);
    return stream;
  }

  wake(): void {
    this.#tick.wake();
  }

  closed(stream: RecognitionStream): void {
    this.#droppedBefore += stream.droppedFrames;
    this.#open.delete(stream);
  }

  load(): RecognizerLoad {
    let droppedFrames = this.#droppedBefore;
    for (const stream of this.#open) droppedFrames += stream.droppedFrames;
    return { openStreams: this.#open.size, droppedFrames, tickLatenessMs: this.#tick.lateness.summary() };
  }

  close(): void {
    this.#tick.stop();
    for (const stream of this.#open) stream.close();
  }

  /** Decodes step by step what all calls have ready; true if some are ready still. */
  #decode(): boolean {
    const stepped = new Set<RecognitionStream>();
    let more = true;
    for (let round = 0; round < mostRounds && more; round++) {
      const ready = this.#ready();
      more = ready.length > 0;
      if (!more) break;
      this.#recognizer.decodeStreams(ready.map(([, engine]) => engine.stream));
      for (const [stream, engine] of ready) {
        engine.stepped();
        stepped.add(stream);
      }
    }
    for (const stream of stepped) stream.report();
    return more;
  }

  #ready(): [RecognitionStream, EngineStream][] {
    const ready: [RecognitionStream, EngineStream][] = [];
    for (const stream of this.#open) {
      const engine = stream.ready;
      if (engine !== undefined) ready.push([stream, engine]);
    }
    return ready;
  }
}

/**
 * Loads the model in `folder` into this process. Missing files are told as `model-missing`; a file that is there but
 * broken ends the process, so probe it in another one first.
 */
export async function loadSherpaStreaming(folder: string, clock: Clock = realClock): Promise<SherpaStreamingStt> {
  const model: InstalledModel<SttManifest> = await readSttModel(folder);
  return new SherpaStreamingStt(model.manifest, createOnlineRecognizer(recognizerConfig(model)), clock);
}
