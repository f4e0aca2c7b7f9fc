import type { Fact } from '../facts/extract-facts.ts';
import { holdsAnswer } from '../understand/answer-type.ts';
import { type Question, readQuestion, type Term } from '../understand/question.ts';
import { soundsLike } from '../understand/similarity.ts';
import { isKnown, synonymsOf } from '../understand/vocabulary.ts';
import { stem, wordsOf } from '../understand/words.ts';

export interface Thresholds {
  /** Share of what was asked that the fact must be about. */
  readonly coverage: number;
  /** How much the next, different fact must stay behind. */
  readonly margin: number;
  /** Weight that must have been matched at all. */
  readonly evidence: number;
}

/** Chosen on questions, voices and a business that the acceptance set does not hold. */
export const thresholds: Thresholds = { coverage: 0.5, margin: 0.1, evidence: 0.45 };

export interface Scored {
  readonly fact: Fact;
  readonly score: number;
  readonly evidence: number;
}

export type Retrieval =
  | { readonly kind: 'found'; readonly facts: readonly Fact[] }
  /** Several facts fit about equally. */
  | { readonly kind: 'unclear' }
  | { readonly kind: 'none' };

/** The best one or two facts for a question, or an honest "none". */
export function retrieve(text: string, facts: readonly Fact[], limits: Thresholds = thresholds): Retrieval {
  const question = readQuestion(text);
  const ranked = scoreFacts(question, facts);
  const [best, second, third] = ranked;
  if (!best || best.score < limits.coverage || best.evidence < limits.evidence) return { kind: 'none' };
  const close = (other: Scored | undefined) => other !== undefined && best.score - other.score < limits.margin;
  if (close(third)) return { kind: 'unclear' };
  if (!close(second)) return { kind: 'found', facts: [best.fact] };
  return second && best.score >= 0.7 ? { kind: 'found', facts: [best.fact, second.fact] } : { kind: 'unclear' };
}

/** All facts with their scores, best first. */
export function scoreFacts(question: Question, facts: readonly Fact[]): readonly Scored[] {
  if (question.terms.length === 0) return [];
  const bags = facts.map((fact) => [...new Set(wordsOf(fact.about))]);
  const likeness = question.terms.map((term) => bags.map((bag) => bestMatch(term, bag)));
  const rarity = likeness.map((row) => rarityOf(row));
  const asked = question.terms.reduce((sum, term, index) => sum + term.weight * (rarity[index] ?? 1), 0);
  return facts
    .map((fact, column) => {
      const evidence = question.terms.reduce(
        (sum, term, row) => sum + term.weight * (rarity[row] ?? 1) * (likeness[row]?.[column] ?? 0),
        0,
      );
      const fits = question.type === undefined || holdsAnswer(question.type, fact.text);
      return { fact, score: (fits ? 1 : 0.4) * (evidence / asked), evidence };
    })
    .toSorted((a, b) => b.score - a.score);
}

function bestMatch(term: Term, bag: readonly string[]): number {
  const synonyms = synonymsOf(term.stem);
  const known = isKnown(term.word);
  let best = 0;
  for (const word of bag) {
    const other = stem(word);
    if (word === term.word || other === term.stem) return 1;
    if (synonyms.has(other)) best = Math.max(best, 0.8);
    else if (!known || term.word.length > 3) best = Math.max(best, soundsLike(term.word, word) * (known ? 0.5 : 1));
  }
  return best >= 0.15 ? best : 0;
}

/** 1 for a word that one fact or none holds, falling towards 0.2 for a word in every fact. */
function rarityOf(row: readonly number[]): number {
  const holding = row.reduce((sum, value) => sum + (value >= 0.5 ? value : 0), 0);
  if (holding <= 1) return 1;
  return Math.max(0.2, 1 - Math.log(holding) / Math.log(row.length + 1));
}
