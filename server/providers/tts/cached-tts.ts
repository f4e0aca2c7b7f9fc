import type { SynthesisChunk, SynthesisRequest, TtsProvider } from '../kinds/tts.ts';

export interface CacheCounters {
  readonly hits: number;
  readonly misses: number;
  readonly evicted: number;
  readonly sizeBytes: number;
}

interface Entry {
  readonly chunks: readonly SynthesisChunk[];
  readonly sizeBytes: number;
}

/**
 * A voice that remembers what it said last, so that greetings and stock phrases sound at once. Bounded by bytes; the
 * least recently used goes first. Only sentences spoken to their end are kept.
 */
export class CachedTts implements TtsProvider {
  readonly #inner: TtsProvider;
  readonly #limitBytes: number;
  readonly #write: (text: string) => string;
  readonly #entries = new Map<string, Entry>();
  #sizeBytes = 0;
  #hits = 0;
  #misses = 0;
  #evicted = 0;

  /** @param write turns a text into what the engine is to read (see `spokenForm`); applied once, on a miss. */
  constructor(inner: TtsProvider, limitBytes: number, write: (text: string) => string) {
    this.#inner = inner;
    this.#limitBytes = limitBytes;
    this.#write = write;
  }

  get name(): string {
    return this.#inner.name;
  }

  get counters(): CacheCounters {
    return { hits: this.#hits, misses: this.#misses, evicted: this.#evicted, sizeBytes: this.#sizeBytes };
  }

  async *synthesize(request: SynthesisRequest, signal: AbortSignal): AsyncGenerator<SynthesisChunk, void, void> {
    const key = [request.voice ?? '', request.speed ?? 1, request.sampleRate, request.text].join('\n');
    const known = this.#entries.get(key);
    if (known !== undefined) {
      this.#hits++;
      this.#entries.delete(key);
      this.#entries.set(key, known);
      for (const { samples, sampleRate } of known.chunks) {
        if (signal.aborted) return;
        yield { samples: samples.slice(), sampleRate };
      }
      return;
    }
    this.#misses++;
    const chunks: SynthesisChunk[] = [];
    for await (const chunk of this.#inner.synthesize({ ...request, text: this.#write(request.text) }, signal)) {
      chunks.push({ ...chunk, samples: chunk.samples.slice() });
      yield chunk;
    }
    if (!signal.aborted) this.#keep(key, chunks);
  }

  async close(): Promise<void> {
    this.#entries.clear();
    this.#sizeBytes = 0;
    await this.#inner.close();
  }

  #keep(key: string, chunks: readonly SynthesisChunk[]): void {
    const sizeBytes = chunks.reduce((sum, { samples }) => sum + samples.byteLength, 2 * key.length);
    if (sizeBytes > this.#limitBytes || this.#entries.has(key)) return;
    this.#entries.set(key, { chunks, sizeBytes });
    this.#sizeBytes += sizeBytes;
    for (const [oldest, entry] of this.#entries) {
      if (this.#sizeBytes <= this.#limitBytes) return;
      this.#entries.delete(oldest);
      this.#sizeBytes -= entry.sizeBytes;
      this.#evicted++;
    }
  }
}
