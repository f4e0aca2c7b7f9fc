/** What to look for in the files of one agent. */
export interface SearchRequest {
  readonly organizationId: string;
  readonly agentId: string;
  readonly query: string;
  /** Most passages to answer with, 1–100. */
  readonly limit?: number;
  /** Cosine distance that a passage may have at most: 0 is the same direction, 1 none in common, 2 the opposite. */
  readonly threshold?: number;
}

export interface HybridRequest extends SearchRequest {
  /** Parts of the combined score; not negative, not both 0. */
  readonly weights?: { readonly keyword: number; readonly semantic: number };
}

/** A passage of a file, nearest first. */
export interface SemanticHit {
  readonly chunkId: string;
  readonly fileId: string;
  readonly fileName: string;
  readonly text: string;
  /** Cosine distance between question and passage: lower is closer. */
  readonly distance: number;
}

/** A passage of a file, highest combined score first. */
export interface HybridHit extends SemanticHit {
  /** `keyword · sparseScore + semantic · (1 − distance)` with the weights scaled to a sum of 1. */
  readonly combinedScore: number;
  /** BM25 of the passage as a part of the best passage's, 0–1. */
  readonly sparseScore: number;
}

export const semanticDefaults = { limit: 10, threshold: 0.5 } as const;
export const hybridDefaults = { limit: 5, threshold: 0.85, weights: { keyword: 0.4, semantic: 0.6 } } as const;
export const mostHits = 100;
