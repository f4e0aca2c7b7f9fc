import { LandlineError } from '../../../contract/errors.ts';
import type { SynthesisChunk, SynthesisRequest, TtsProvider } from '../../kinds/tts.ts';
import { clauses } from '../clauses.ts';
import { FlitePool } from './flite-pool.ts';
import { compileFlite, type FliteVoice, fliteVoices } from './flite-program.ts';

export interface FliteOptions {
  /** Used when a request names none; slt unless said otherwise. */
  readonly voice?: string;
  /** Threads that speak at the same time. */
  readonly threads?: number;
}

/** A text longer than this is spoken in several pieces, so that the first is heard before the last is made. */
const longestPiece = 160;
const slowest = 0.5;
const fastest = 2;

/** The starter voices: CMU Flite, inside the program, English only. */
export class FliteTts implements TtsProvider {
  readonly name: string;
  readonly #voice: FliteVoice;
  readonly #pool: FlitePool;

  private constructor(voice: FliteVoice, pool: FlitePool) {
    this.name = `flite-${voice}`;
    this.#voice = voice;
    this.#pool = pool;
  }

  static async load({ voice = 'slt', threads = 2 }: FliteOptions = {}): Promise<FliteTts> {
    const chosen = knownVoice(voice);
    const pool = new FlitePool(await compileFlite());
    pool.start(threads, { voice: chosen, text: 'Hello.', stretch: 1, sampleRate: 8_000 });
    return new FliteTts(chosen, pool);
  }

  async *synthesize(request: SynthesisRequest, signal: AbortSignal): AsyncGenerator<SynthesisChunk, void, void> {
    const voice = request.voice === undefined ? this.#voice : knownVoice(request.voice);
    const stretch = 1 / Math.min(fastest, Math.max(slowest, request.speed ?? 1));
    const { sampleRate } = request;
    for (const text of clauses(request.text, longestPiece)) {
      const samples = await this.#pool.speak({ voice, text, stretch, sampleRate }, signal);
      if (signal.aborted) return;
      if (samples.length > 0) yield { samples, sampleRate };
    }
  }

  async close(): Promise<void> {
    await this.#pool.close();
  }
}

function knownVoice(voice: string): FliteVoice {
  const found = fliteVoices.find((each) => each === voice);
  if (found !== undefined) return found;
  throw new LandlineError(
    'unknown-voice',
    `The starter voice has no "${voice}"; choose one of ${fliteVoices.join(', ')}.`,
    { voice },
  );
}
