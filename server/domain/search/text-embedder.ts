/** Numbers of every stored vector. */
export const dimensions = 384;

/** What turns texts into directions of meaning; the house brings one along. */
export interface TextEmbedder {
  /** Stored with the vectors: another name means that they must be made again. */
  readonly name: string;
  /** Whether every number of its vectors tells something, so that their signs alone can pick candidates. */
  readonly isDense: boolean;
  /** One vector of length 1 with 384 numbers for each text. */
  embed(texts: readonly string[], purpose: 'question' | 'passage'): Promise<readonly Float32Array[]>;
}
