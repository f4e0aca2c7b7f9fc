import type { WeighedPhrase } from './key-phrases.ts';
import { sentencesOf, wordsOf } from './words.ts';

const shortest = 4;
const longestChars = 240;

/** The sentences that hold the weightiest phrases, in the order they were said; each once. */
export function keySentences(
  texts: readonly string[],
  phrases: readonly WeighedPhrase[],
  limit: number,
): readonly string[] {
  const sentences = [...new Set(texts.flatMap(sentencesOf))].filter((one) => wordsOf(one).length >= shortest);
  const weighed = sentences.map((sentence, at) => ({ sentence, at, weight: weightOf(sentence, phrases) }));
  const best = weighed.filter(({ weight }) => weight > 0).sort((a, b) => b.weight - a.weight || a.at - b.at);
  return best
    .slice(0, limit)
    .sort((a, b) => a.at - b.at)
    .map(({ sentence }) => (sentence.length > longestChars ? `${sentence.slice(0, longestChars - 1)}…` : sentence));
}

/** Long sentences hold more phrases without saying more. */
function weightOf(sentence: string, phrases: readonly WeighedPhrase[]): number {
  const words = ` ${wordsOf(sentence).join(' ')} `;
  const sum = phrases.reduce((all, { phrase, weight }) => all + (words.includes(` ${phrase} `) ? weight : 0), 0);
  return sum / Math.sqrt(wordsOf(sentence).length);
}

const requests =
  /\b(please|can you|could you|would you|will you|i need|i want|i'd like|i would like|call me back|send me|let me know|make sure|remind)\b/i;
const promises = /\b(i will|i'll|we will|we'll|i am going to|we are going to)\b/i;

/** What somebody asked for (caller) or promised (agent). */
export function actionItems(
  turns: readonly { readonly role: 'agent' | 'caller'; readonly text: string }[],
  limit: number,
): readonly string[] {
  const found = turns.flatMap(({ role, text }) => {
    const pattern = role === 'caller' ? requests : promises;
    return sentencesOf(text).filter((sentence) => wordsOf(sentence).length >= shortest && pattern.test(sentence));
  });
  return [...new Set(found)].slice(0, limit).map((sentence) => sentence.slice(0, longestChars));
}
