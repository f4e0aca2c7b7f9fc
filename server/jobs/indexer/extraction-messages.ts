import type { ReadableFormat } from './extract/extract.ts';

/** What the extraction process is told on its command line. */
export interface ExtractionOrder {
  readonly path: string;
  readonly format: ReadableFormat;
  /** The process ends itself above so much memory, whatever holds it. */
  readonly mostMemoryBytes: number;
}

/** Asks for the next passages. */
export interface ToExtraction {
  readonly kind: 'more';
  readonly count: number;
}

export type FromExtraction =
  | { readonly kind: 'ready' }
  /** Fewer than asked for: there are no more. */
  | { readonly kind: 'passages'; readonly passages: readonly string[] }
  /** `isRefusal`: the message is a sentence for the owner of the file. */
  | { readonly kind: 'failed'; readonly message: string; readonly isRefusal: boolean };
