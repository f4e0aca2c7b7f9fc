/** A vector that was found. */
export interface VectorHit {
  readonly id: bigint;
  /** Euclidean distance of unit vectors, 0–2. */
  readonly distance: number;
}

/** How vectors are compared: all of them as they are, or first by signs alone and only the likeliest as they are. */
export type VectorMode = 'exact' | 'signs-first';

/** Above so many vectors in one knowledge base signs go first: measured 29 ms instead of 76 ms at 100,000. */
export const signsFirstAbove = 50_000;

/** Vectors of all knowledge bases. Whoever replaces the engine behind it keeps to this. */
export interface VectorStore {
  add(baseNo: number, id: bigint, vector: Float32Array): void;
  /** Removes at most `limit` of the ids from `first` up to before `end`; returns how many there were. */
  remove(first: bigint, end: bigint, limit: number): number;
}

export interface VectorSearch {
  /** The nearest `count` vectors of one knowledge base, nearest first. */
  nearest(baseNo: number, vector: Float32Array, count: number, mode: VectorMode): readonly VectorHit[];
}

/** Cosine distance from the Euclidean one: |a − b|² = 2 (1 − a·b) for vectors of length 1. */
export function cosineDistance(euclidean: number): number {
  return (euclidean * euclidean) / 2;
}

/** SQLite takes vectors as their bytes. */
export function vectorBytes(vector: Float32Array): Uint8Array {
  return new Uint8Array(vector.buffer, vector.byteOffset, vector.byteLength);
}
