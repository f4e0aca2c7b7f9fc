import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Embedder } from '../../kinds/embedder.ts';
import { hashedNgrams } from './hashed-ngrams.ts';

const starterEmbedderName = 'starter (hashed n-grams)';

/** Passages between two breaks; one takes some 0.2 ms, and this thread has other work. */
const passagesAtOnce = 4;

/** The built-in embedder: no model, the same vectors everywhere and at once. */
export class StarterEmbedder implements Embedder {
  readonly name = starterEmbedderName;
  /** A short question fills few places. */
  readonly isDense = false;

  async embed(texts: readonly string[]): Promise<readonly Float32Array[]> {
    const vectors: Float32Array[] = [];
    for (const text of texts) {
      if (vectors.length > 0 && vectors.length % passagesAtOnce === 0) await nextTurn();
      vectors.push(hashedNgrams(text));
    }
    return vectors;
  }

  async close(): Promise<void> {}
}
