import type { Sentiment } from '../analysis.ts';
import { emotionsByWord, intensities, negations, phraseWeights, sentimentWeights } from './sentiment-lexicon.ts';
import { sentencesOf, wordsOf } from './words.ts';

export interface SentimentVerdict {
  readonly sentiment: Sentiment;
  /** -1 to 1, two decimals. */
  readonly score: number;
  /** Most frequent first, at most three. */
  readonly emotions: readonly string[];
}

/** Words before a weighed one in which a negation or an intensity counts. */
const reach = 3;
/** A negated word weighs less than its opposite: "not great" is not "awful". */
const negatedShare = -0.6;
/** Spreads sums over -1 to 1: two clear words are already a clear mood. */
const spread = 15;
const neutralBand = 0.2;

const phrases = phraseWeights
  .map(([phrase, weight]) => ({ words: phrase.split(' '), weight }))
  .sort((a, b) => b.words.length - a.words.length);

/** The mood of what was said, clause by clause: a negation counts in its own. */
export function sentimentOf(texts: readonly string[]): SentimentVerdict {
  let sum = 0;
  const emotions = new Map<string, number>();
  for (const clause of texts.flatMap(clausesOf)) {
    for (const { word, weight } of weighed(wordsOf(clause))) {
      sum += weight;
      const isNegated = weight * (sentimentWeights.get(word) ?? weight) < 0;
      if (!isNegated) count(emotions, word);
    }
  }
  const score = Math.round((sum / Math.sqrt(sum * sum + spread)) * 100) / 100 || 0;
  const sentiment = score >= neutralBand ? 'positive' : score <= -neutralBand ? 'negative' : 'neutral';
  const ranked = [...emotions].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1)).map(([emotion]) => emotion);
  return { sentiment, score, emotions: ranked.slice(0, 3) };
}

function clausesOf(text: string): readonly string[] {
  return sentencesOf(text).flatMap((sentence) => sentence.split(/[,;:]|\bbut\b/i));
}

function count(emotions: Map<string, number>, word: string): void {
  for (const emotion of emotionsByWord.get(word) ?? []) emotions.set(emotion, (emotions.get(emotion) ?? 0) + 1);
}

function weighed(words: readonly string[]): readonly { readonly word: string; readonly weight: number }[] {
  const found: { word: string; weight: number }[] = [];
  for (let at = 0; at < words.length; at++) {
    const phrase = phrases.find((known) => known.words.every((word, offset) => words[at + offset] === word));
    const word = words[at] ?? '';
    if (phrase) {
      found.push({ word: phrase.words.join(' '), weight: phrase.weight });
      at += phrase.words.length - 1;
    } else if (sentimentWeights.has(word) || emotionsByWord.has(word)) {
      found.push({ word, weight: inContext(words, at, sentimentWeights.get(word) ?? 0) });
    }
  }
  return found;
}

function inContext(words: readonly string[], at: number, weight: number): number {
  const before = words.slice(Math.max(0, at - reach), at);
  const intensity = intensities.get(before.at(-1) ?? '') ?? 1;
  const negated = before.filter((word) => negations.has(word)).length % 2 === 1;
  return weight * intensity * (negated ? negatedShare : 1);
}
