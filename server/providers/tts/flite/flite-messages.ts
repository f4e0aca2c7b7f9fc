import type { FliteVoice } from './flite-program.ts';

/** What a flite thread is asked. */
export interface FliteJob {
  readonly id: number;
  readonly voice: FliteVoice;
  readonly text: string;
  /** Duration factor, see `runFlite`. */
  readonly stretch: number;
  readonly sampleRate: number;
}

/** Its answer; an empty piece when there was nothing to say. */
export type FliteAnswer =
  | { readonly id: number; readonly samples: Int16Array<ArrayBuffer> }
  | { readonly id: number; readonly failure: string };
