import { signBytes, signsOf } from './signs.ts';

/** Chunks of one segment at most; a larger file has several. */
export const segmentChunks = 1_024;
/** Row of a segment that holds each chunk's length in words instead of postings. No word is empty. */
export const lengthsTerm = '';
/** Row of a segment that holds the signs of its chunks' vectors, 48 bytes each. No word is a space. */
export const signsTerm = ' ';

const largestCount = 255;

/**
 * An inverted index of up to 1,024 chunks: for each term 4 bytes per chunk that holds it, the chunk's place in the
 * segment above the lowest byte, and in that byte how often (at most 255 times). Beside it stand the chunks' lengths
 * and the signs of their vectors.
 */
export class SegmentBuilder {
  readonly #postings = new Map<string, number[]>();
  readonly #lengths: number[] = [];
  readonly #signs = new Uint8Array(segmentChunks * signBytes);

  get chunks(): number {
    return this.#lengths.length;
  }

  get isFull(): boolean {
    return this.#lengths.length >= segmentChunks;
  }

  add(terms: readonly string[], vector: Float32Array): void {
    const place = this.#lengths.length;
    this.#signs.set(signsOf(vector), place * signBytes);
    this.#lengths.push(terms.length);
    const counts = new Map<string, number>();
    for (const term of terms) counts.set(term, (counts.get(term) ?? 0) + 1);
    for (const [term, count] of counts) {
      const entry = (place << 8) | Math.min(count, largestCount);
      const known = this.#postings.get(term);
      if (known) known.push(entry);
      else this.#postings.set(term, [entry]);
    }
  }

  *rows(): Generator<readonly [term: string, postings: Uint8Array]> {
    yield [lengthsTerm, bytesOf(this.#lengths)];
    yield [signsTerm, this.#signs.slice(0, this.#lengths.length * signBytes)];
    for (const [term, entries] of this.#postings) yield [term, bytesOf(entries)];
  }
}

function bytesOf(numbers: readonly number[]): Uint8Array {
  return new Uint8Array(Uint32Array.from(numbers).buffer);
}

/** The numbers of a stored row; copied only where the bytes lie askew. */
export function numbersOf(bytes: Uint8Array): Uint32Array {
  const aligned = bytes.byteOffset % 4 === 0 ? bytes : bytes.slice();
  return new Uint32Array(aligned.buffer, aligned.byteOffset, aligned.byteLength >> 2);
}
