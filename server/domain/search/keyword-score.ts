import { numbersOf } from './postings.ts';

/** A part of the searched chunks, with its place among all of them. */
export interface Segment {
  /** Number that the segment's first chunk has in the scores. */
  readonly base: number;
  /** Words of each chunk. */
  readonly lengths: Uint32Array;
}

/** One term's postings in one segment. */
export interface TermPostings {
  readonly segment: Segment;
  readonly postings: Uint8Array;
}

const saturation = 1.2;
const lengthPart = 0.75;
const leastRarity = 0.01;

/**
 * BM25 (k1 = 1.2, b = 0.75) of every chunk for a question's terms, over exactly the chunks that are searched: neither
 * the rarity of words nor the average length comes from other tenants' files. Complete, without pruning: a word that is
 * in each of 100,000 chunks costs about a millisecond.
 */
export function keywordScores(segments: readonly Segment[], terms: readonly (readonly TermPostings[])[]): Float32Array {
  let chunks = 0;
  let words = 0;
  for (const { lengths } of segments) {
    chunks += lengths.length;
    for (const length of lengths) words += length;
  }
  const scores = new Float32Array(chunks);
  for (const parts of terms) {
    const holding = parts.reduce((sum, { postings }) => sum + (postings.byteLength >> 2), 0);
    for (const part of parts) addScores(scores, part, rarityOf(holding, chunks), words / chunks);
  }
  return scores;
}

/** A word in half of all chunks or more tells nearly nothing, but among a few chunks that is all there is to go by. */
function rarityOf(holding: number, chunks: number): number {
  const odds = (chunks - holding + 0.5) / (holding + 0.5);
  return Math.max(Math.log(odds), leastRarity * Math.log(1 + odds));
}

function addScores(scores: Float32Array, { segment, postings }: TermPostings, rarity: number, average: number): void {
  const { base, lengths } = segment;
  const flat = saturation * (1 - lengthPart);
  const slope = (saturation * lengthPart) / average;
  for (const entry of numbersOf(postings)) {
    const place = entry >>> 8;
    const count = entry & 255;
    const weight = (count * (saturation + 1)) / (count + flat + slope * (lengths[place] ?? 0));
    scores[base + place] = (scores[base + place] ?? 0) + rarity * weight;
  }
}

/** Places of the `limit` highest scores above 0, highest first; equal ones in order of place. */
export function highest(scores: Float32Array, limit: number): readonly number[] {
  const best: number[] = [];
  let least = 0;
  for (let place = 0; place < scores.length; place++) {
    const score = scores[place] ?? 0;
    if (score <= least) continue;
    let at = best.length;
    while (at > 0 && (scores[best[at - 1] ?? 0] ?? 0) < score) at--;
    best.splice(at, 0, place);
    if (best.length > limit) best.pop();
    if (best.length === limit) least = scores[best[limit - 1] ?? 0] ?? 0;
  }
  return best;
}
