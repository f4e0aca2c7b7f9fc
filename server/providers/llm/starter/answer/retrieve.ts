import type { Fact } from '../facts/extract-facts.ts';
import { holdsAnswer } from '../understand/answer-type.ts';
import { type Question, readQuestion, type Term } from '../understand/question.ts';
import { soundsLike } from '../understand/similarity.ts';
import { classOf, isKnown, isNumber, neighboursOf, synonymsOf } from '../understand/vocabulary.ts';
import { stem, wordsOf } from '../understand/words.ts';

export interface Thresholds {
  /** Share of what was asked that the fact must be about. */
  readonly coverage: number;
  /** How much the next, different fact must stay behind. */
  readonly margin: number;
  /** Weight that must have been matched at all. */
  readonly evidence: number;
  /** The same for two facts that fit equally well. */
  readonly evidenceForTwo: number;
}

/** Chosen on questions, voices and a business that the acceptance set does not hold. */
export const thresholds: Thresholds = { coverage: 0.52, margin: 0.08, evidence: 0.85, evidenceForTwo: 1.5 };

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
  if (!close(second)) return { kind: 'found', facts: [best.fact] };
  const both = second !== undefined && !close(third) && best.evidence >= limits.evidenceForTwo;
  return both ? { kind: 'found', facts: [best.fact, second.fact] } : { kind: 'unclear' };
}

/** All facts with their scores, best first. Facts that can't hold the kind of answer asked for fall far behind. */
export function scoreFacts({ terms, type, personal }: Question, facts: readonly Fact[]): readonly Scored[] {
  if (terms.length === 0) return [];
  const bags = facts.map((fact) => [...new Set(wordsOf(fact.about))].filter((word) => !isNumber(word)));
  const fits = facts.map((fact) => (fact.personal || !personal) && holdsAnswer(type, fact.text));
  const rows = terms.map((term) => {
    const likeness = likenessOf(term, bags);
    const rarity = rarityOf(fits.includes(true) ? likeness.filter((_, column) => fits[column]) : likeness);
    return { likeness, weight: term.weight * rarity };
  });
  const asked = rows.reduce((sum, { weight }) => sum + weight, 0);
  return facts
    .map((fact, column) => {
      const evidence = rows.reduce((sum, { likeness, weight }) => sum + weight * (likeness[column] ?? 0), 0);
      const factor = fits[column] ? 1 : misfitFactor;
      return { fact, score: factor * (evidence / asked), evidence: factor * evidence };
    })
    .toSorted((a, b) => b.score - a.score);
}

const misfitFactor = 0.4;
const synonymLikeness = 0.95;
const neighbourLikeness = 0.7;
/** A heard word that is a word of its own is less likely a mangled form of another. */
const knownWordDiscount = 0.5;

/** For each bag, how well it holds the term. A term that some bag holds as it is was not misheard. */
function likenessOf(term: Term, bags: readonly (readonly string[])[]): readonly number[] {
  const meaning = bags.map((bag) => Math.max(0, ...bag.map((word) => sameMeaning(term, word))));
  if (meaning.some((value) => value >= synonymLikeness)) return meaning;
  const discount = isKnown(term.word) ? knownWordDiscount : 1;
  return bags.map((bag, index) => {
    const misheard = bag.map((word) => (classOf(word) === 'function' ? 0 : soundsLike(term.word, word)));
    return Math.max(meaning[index] ?? 0, discount * Math.max(0, ...misheard));
  });
}

function sameMeaning(term: Term, word: string): number {
  const other = stem(word);
  if (other === term.stem) return 1;
  if (synonymsOf(term.stem).has(other)) return synonymLikeness;
  return neighboursOf(term.stem).has(other) ? neighbourLikeness : 0;
}

/** 1 for a word that one fact or none holds, falling towards 0.2 for a word in every fact. */
function rarityOf(row: readonly number[]): number {
  const holding = row.reduce((sum, value) => sum + (value >= 0.5 ? value : 0), 0);
  if (holding <= 1) return 1;
  return Math.max(0.2, 1 - Math.log(holding) / Math.log(row.length + 1));
}
