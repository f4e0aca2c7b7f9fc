import { sentencesOf, stopWords, wordsOf } from './words.ts';

/** A run of words with its weight; the weight grows with how often and in what company its words occur. */
export interface WeighedPhrase {
  readonly phrase: string;
  readonly weight: number;
}

const longestPhrase = 3;

/**
 * RAKE (Rose et al., 2010): stop words cut the text into candidates; a word weighs its degree over its frequency, a
 * candidate the sum of its words, times how often it occurs. Digits alone are no phrase.
 */
export function keyPhrases(texts: readonly string[], limit: number): readonly WeighedPhrase[] {
  const candidates = texts.flatMap(sentencesOf).flatMap(candidatesOf);
  const frequency = new Map<string, number>();
  const degree = new Map<string, number>();
  for (const words of candidates) {
    for (const word of words) {
      frequency.set(word, (frequency.get(word) ?? 0) + 1);
      degree.set(word, (degree.get(word) ?? 0) + words.length);
    }
  }
  const weights = new Map<string, number>();
  for (const words of candidates) {
    const own = words.reduce((sum, word) => sum + (degree.get(word) ?? 0) / (frequency.get(word) ?? 1), 0);
    const phrase = words.join(' ');
    weights.set(phrase, (weights.get(phrase) ?? 0) + own);
  }
  const ranked = [...weights].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1));
  return ranked.slice(0, limit).map(([phrase, weight]) => ({ phrase, weight }));
}

function candidatesOf(sentence: string): readonly (readonly string[])[] {
  const found: string[][] = [];
  for (const clause of sentence.split(/[,;:()"–—]/)) {
    let run: string[] = [];
    for (const word of [...wordsOf(clause), '']) {
      if (word !== '' && !stopWords.has(word) && word.length > 1 && !/^\d+$/.test(word)) run.push(word);
      else if (run.length > 0) {
        if (run.length <= longestPhrase) found.push(run);
        else for (const single of run) found.push([single]);
        run = [];
      }
    }
  }
  return found;
}
