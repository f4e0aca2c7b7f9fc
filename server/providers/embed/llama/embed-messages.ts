/** What the process that holds the embedding model is asked. */
export interface ToEmbedder {
  readonly number: number;
  readonly texts: readonly string[];
}

/** What that process says. Vectors are as long as the model makes them, and of any length in space. */
export type FromEmbedder =
  | { readonly kind: 'ready' }
  | { readonly kind: 'failed'; readonly message: string }
  | { readonly kind: 'vectors'; readonly number: number; readonly vectors: readonly Float32Array[] }
  | { readonly kind: 'refused'; readonly number: number; readonly message: string };

/** Argument of the process, as JSON. */
export interface EmbedderOrder {
  readonly file: string;
  readonly threads: number;
}
