/** One search in one knowledge base; plain values, so that a thread can be asked. */
export interface PassageQuery {
  readonly baseNo: number;
  /** Name of the embedder that made `vector`; vectors of another one cannot be compared. */
  readonly model: string;
  /** The question's direction; undefined to go by words alone. */
  readonly vector?: Float32Array;
  /** Whether the vector's signs may pick candidates. */
  readonly isDense: boolean;
  /** The question's words as `termsOf` gives them, without repetitions; none to go by the vector alone. */
  readonly terms: readonly string[];
  readonly limit: number;
  readonly threshold: number;
  /** Sum 1. */
  readonly weights: { readonly keyword: number; readonly semantic: number };
}

export interface FoundPassage {
  readonly chunkId: string;
  readonly fileId: string;
  readonly fileName: string;
  readonly text: string;
  readonly distance: number;
  readonly sparseScore: number;
  readonly combinedScore: number;
}

/** A place among the searched chunks, scored from either side. */
export interface Candidate {
  readonly place: number;
  readonly distance: number;
  /** BM25, not scaled. */
  readonly keyword: number;
}

export interface RankedCandidate extends Candidate {
  readonly sparseScore: number;
  readonly combinedScore: number;
}

/** Both sides as one order: highest combined score first, those beyond the threshold left out. */
export function rank(
  candidates: readonly Candidate[],
  { weights, threshold, limit }: Pick<PassageQuery, 'weights' | 'threshold' | 'limit'>,
): readonly RankedCandidate[] {
  const best = candidates.reduce((most, { keyword }) => Math.max(most, keyword), 0);
  return candidates
    .filter(({ distance }) => distance <= threshold)
    .map((candidate) => {
      const sparseScore = best > 0 ? candidate.keyword / best : 0;
      const combinedScore = weights.keyword * sparseScore + weights.semantic * (1 - candidate.distance);
      return { ...candidate, sparseScore, combinedScore };
    })
    .sort((a, b) => b.combinedScore - a.combinedScore || a.distance - b.distance || a.place - b.place)
    .slice(0, limit);
}
