/** Numbers of every vector that the house stores. */
export const embeddingDimensions = 384;

/** Turns texts into directions of meaning: related texts get vectors with a small angle between them. */
export interface Embedder {
  /** Stored with the vectors: another name means that they must be made again. */
  readonly name: string;
  /** Whether every number of its vectors tells something, so that their signs alone can pick candidates. */
  readonly isDense: boolean;
  /**
   * One vector of length 1 with 384 numbers for each text. Rejects with `embedder-unavailable`, `embedder-lost` or
   * `embedder-failed`.
   */
  embed(texts: readonly string[], purpose: 'question' | 'passage'): Promise<readonly Float32Array[]>;
  close(): Promise<void>;
}
