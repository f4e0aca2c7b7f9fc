/** Words replaced by how they are written: `length` words from a place on become `text`. */
export interface Rewrite {
  readonly length: number;
  readonly text: string;
}

/** Looks whether something that is written differently begins at `at`; words are lower-case and without punctuation. */
export type Rule = (words: readonly string[], at: number) => Rewrite | undefined;
