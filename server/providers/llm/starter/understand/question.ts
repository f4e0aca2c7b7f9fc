import { type AnswerType, answerTypeOf } from './answer-type.ts';
import { classOf } from './vocabulary.ts';
import { stem, wordsOf } from './words.ts';

export interface Term {
  readonly word: string;
  readonly stem: string;
  /** How much it matters that a fact is about it: 1 for content, less for light words and fragments. */
  readonly weight: number;
}

export interface Question {
  readonly terms: readonly Term[];
  readonly type: AnswerType | undefined;
}

const lightWeight = 0.3;
/** A one- or two-letter fragment is most likely the beginning of a word that was lost. */
const fragmentWeight = 0.5;

export function readQuestion(text: string): Question {
  const words = wordsOf(text);
  const seen = new Set<string>();
  const terms: Term[] = [];
  for (const word of words) {
    const kind = classOf(word);
    if (kind === 'function' || seen.has(word)) continue;
    seen.add(word);
    const weight = kind === 'light' ? lightWeight : word.length <= 2 ? fragmentWeight : 1;
    terms.push({ word, stem: stem(word), weight });
  }
  return { terms, type: answerTypeOf(words.join(' ')) };
}
