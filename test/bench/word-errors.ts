/** How a recognised text differs from what was said, in words. */
export interface WordErrors {
  readonly errors: number;
  readonly words: number;
}

/** Smallest number of substituted, inserted and missing words (Levenshtein distance over words). */
export function wordErrors(said: string, heard: string): WordErrors {
  const saidWords = wordsOf(said);
  const heardWords = wordsOf(heard);
  let row = Array.from({ length: heardWords.length + 1 }, (_, at) => at);
  for (const [saidAt, word] of saidWords.entries()) {
    const next = [saidAt + 1];
    for (const [heardAt, other] of heardWords.entries()) {
      const substituted = (row[heardAt] as number) + (word === other ? 0 : 1);
      next.push(Math.min(substituted, (row[heardAt + 1] as number) + 1, (next[heardAt] as number) + 1));
    }
    row = next;
  }
  return { errors: row.at(-1) as number, words: saidWords.length };
}

function wordsOf(text: string): string[] {
  return text.toLowerCase().split(/\s+/).filter(Boolean);
}
