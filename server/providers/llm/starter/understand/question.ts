import { type AnswerType, answerTypeOf } from './answer-type.ts';
import { classOf, isNumber } from './vocabulary.ts';
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
  /** Asks about the caller's own matter ("when is my appointment"), which general facts don't answer. */
  readonly personal: boolean;
}

const ownMatter =
  /\b(?:when|where|what|who|how much|how long) (?:is|are|was) my (?:\w+|\w+ (?:number|id|code|date|time|status|balance|name|address))$/;

const lightWeight = 0.3;
/** A one- or two-letter fragment is most likely the beginning of a word that was lost. */
const fragmentWeight = 0.5;

export function readQuestion(text: string): Question {
  const words = wordsOf(text.replace(/\bhow (?:late|early|far|often)\b/i, 'how'));
  const type = answerTypeOf(wordsOf(text).join(' '));
  const spoken = [...new Set(words)].filter((word) => classOf(word) !== 'function' && !isNumber(word));
  return {
    type,
    personal: ownMatter.test(wordsOf(text).join(' ')),
    terms: [...spoken, ...impliedBy(type, spoken)].map((word) => termOf(word, type)),
  };
}

/** "Where are you?" names nothing: it asks for the address. */
function impliedBy(type: AnswerType | undefined, spoken: readonly string[]): readonly string[] {
  return type === 'place' && spoken.every((word) => classOf(word) === 'light') ? ['address'] : [];
}

/** Words that only say what kind of answer is wanted; the type has taken them up. */
const cues: Partial<Record<AnswerType, RegExp>> = {
  price: /^(?:prices?|costs?|charges?|fees?|expensive|cheap)$/,
  person: /^names?$/,
  payment: /^(?:accept|method|methods)$/,
};

function termOf(word: string, type: AnswerType | undefined): Term {
  const light = classOf(word) === 'light' || (type !== undefined && cues[type]?.test(word) === true);
  const weight = light ? lightWeight : word.length <= 2 ? fragmentWeight : 1;
  return { word, stem: stem(word), weight };
}
