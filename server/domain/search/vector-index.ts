/** A vector that was found. */
export interface VectorHit {
  readonly id: bigint;
  /** Euclidean distance of unit vectors, 0–2. */
  readonly distance: number;
}

/** Vectors of all knowledge bases. Whoever replaces the engine behind it keeps to this. */
export interface VectorStore {
  add(baseNo: number, id: bigint, vector: Float32Array): void;
  /** Removes at most `limit` of the ids from `first` up to before `end`; returns how many there were. */
  remove(first: bigint, end: bigint, limit: number): number;
}

export interface VectorSearch {
  /** The nearest `count` (at most 4,096) vectors of one knowledge base, nearest first: every one is compared. */
  nearest(baseNo: number, vector: Float32Array, count: number): readonly VectorHit[];
}

/** Cosine distance from the Euclidean one: |a − b|² = 2 (1 − a·b) for vectors of length 1. */
export function cosineDistance(euclidean: number): number {
  return (euclidean * euclidean) / 2;
}

/** SQLite takes vectors as their bytes. */
export function vectorBytes(vector: Float32Array): Uint8Array {
  return new Uint8Array(vector.buffer, vector.byteOffset, vector.byteLength);
}

export function vectorOf(bytes: Uint8Array): Float32Array {
  const aligned = bytes.byteOffset % 4 === 0 ? bytes : bytes.slice();
  return new Float32Array(aligned.buffer, aligned.byteOffset, aligned.byteLength >> 2);
}

/** Cosine of the angle between two vectors of length 1. */
export function product(first: Float32Array, second: Float32Array): number {
  let sum = 0;
  for (let at = 0; at < first.length; at++) sum += (first[at] as number) * (second[at] as number);
  return sum;
}
