import { Random } from './random.ts';

export const wordsPerChunk = 120;
const vocabulary = 50_000;
const exponent = 1.05;
const dimensions = 384;
/** Words among the commonest that each question holds one of at least. */
const commonWords = 20;
const clusters = 400;
const spreadInCluster = 0.9;
const spreadOfQuestion = 0.35;

/** Words by Zipf's law: the n-th commonest comes about 1/n times as often as the commonest. */
class ZipfWords {
  readonly #cumulative = new Float64Array(vocabulary);

  constructor() {
    let sum = 0;
    for (let rank = 0; rank < vocabulary; rank++) {
      sum += 1 / (rank + 1) ** exponent;
      this.#cumulative[rank] = sum;
    }
  }

  rank(random: Random): number {
    const wanted = random.next() * (this.#cumulative.at(-1) ?? 1);
    let low = 0;
    let high = vocabulary - 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#cumulative[middle] ?? 0) < wanted) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

/** A word that no stemmer touches. */
export function wordOf(rank: number): string {
  return `w${rank.toString(36)}q`;
}

/** Chunks of 120 Zipf-distributed words with clustered unit vectors, the same each time. */
export class Corpus {
  readonly texts: string[] = [];
  readonly vectors: Float32Array[] = [];
  readonly #random: Random;
  readonly #words = new ZipfWords();
  readonly #centres: readonly Float32Array[];

  constructor(chunks: number, seed: number) {
    this.#random = new Random(seed);
    this.#centres = Array.from({ length: clusters }, () => this.#direction());
    for (let chunk = 0; chunk < chunks; chunk++) {
      this.texts.push(Array.from({ length: wordsPerChunk }, () => wordOf(this.#words.rank(this.#random))).join(' '));
      const centre = this.#centres[this.#random.below(clusters)] as Float32Array;
      this.vectors.push(this.#near(centre, spreadInCluster));
    }
  }

  /** 4 to 8 words of one chunk, a common one among them, and a vector near that chunk's. */
  question(): { readonly words: readonly string[]; readonly vector: Float32Array } {
    const chunk = this.#random.below(this.texts.length);
    const held = (this.texts[chunk] as string).split(' ');
    const words = new Set([wordOf(this.#random.below(commonWords))]);
    const count = 4 + this.#random.below(5);
    while (words.size < count) words.add(held[this.#random.below(held.length)] as string);
    return { words: [...words], vector: this.#near(this.vectors[chunk] as Float32Array, spreadOfQuestion) };
  }

  /** Places of the vectors nearest to this one: every one is compared. */
  nearest(vector: Float32Array, count: number): readonly number[] {
    const best: { place: number; product: number }[] = [];
    for (const [place, other] of this.vectors.entries()) {
      let product = 0;
      for (let at = 0; at < dimensions; at++) product += (vector[at] ?? 0) * (other[at] ?? 0);
      if (best.length === count && product <= (best.at(-1)?.product ?? 0)) continue;
      best.push({ place, product });
      best.sort((a, b) => b.product - a.product);
      if (best.length > count) best.pop();
    }
    return best.map(({ place }) => place);
  }

  #direction(): Float32Array {
    return normalised(Float32Array.from({ length: dimensions }, () => this.#random.normal()));
  }

  #near(centre: Float32Array, spread: number): Float32Array {
    const noise = this.#direction();
    return normalised(centre.map((value, at) => value + spread * (noise[at] ?? 0)));
  }
}

function normalised(vector: Float32Array): Float32Array {
  const length = Math.hypot(...vector);
  return vector.map((value) => value / length);
}
