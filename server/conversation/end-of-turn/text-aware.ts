import { wordsOf } from '../words.ts';
import {
  asksYesOrNo,
  closings,
  danglingWords,
  isLetterWord,
  questionStarts,
  requestStarts,
  shortAnswers,
  shortReply,
  strandable,
  unfinishedPhrases,
  whWords,
} from './text-cues.ts';
import type { Completeness, EndOfTurnSettings, TurnContext, TurnDetector, TurnVerdict } from './turn-detector.ts';

/** Word rules over unpunctuated recognition, as most streaming recognisers give it. */
export function textAwareDetector(settings: EndOfTurnSettings): TurnDetector {
  const waits: Readonly<Record<Completeness, number>> = {
    'closed-answer': settings.closedAnswerMs,
    complete: settings.completeMs,
    normal: settings.normalMs,
    incomplete: settings.incompleteMs,
  };
  return {
    predict(text: string, context: TurnContext): TurnVerdict {
      const completeness = completenessOf(text, context);
      return { completeness, waitMs: Math.min(waits[completeness], settings.hardStopMs) };
    },
  };
}

export function completenessOf(text: string, context: TurnContext): Completeness {
  const words = wordsOf(text);
  if (words.length === 0) return 'normal';
  if (inNumberOrSpelling(words, context)) return 'incomplete';
  if (isClosedAnswer(words, context)) return 'closed-answer';
  if (/[.!?]["')]*$/.test(text.trim())) return 'complete';
  if (isDangling(words)) return 'incomplete';
  return looksComplete(words) ? 'complete' : 'normal';
}

const digitWords = new Set('zero oh one two three four five six seven eight nine double triple'.split(' '));
const isDigitWord = (word: string) => digitWords.has(word) || /^\d+$/.test(word);

/** Enough digits for a whole telephone number. */
const wholeNumberDigits = 10;

function inNumberOrSpelling(words: readonly string[], context: TurnContext): boolean {
  const digits = trailing(words, isDigitWord);
  const digitCount = digits.reduce((sum, word) => sum + (/^\d+$/.test(word) ? word.length : 1), 0);
  const wantsNumber = /\bnumber\b/i.test(context.lastAgentSentence) || words.includes('number');
  if (digitCount >= (wantsNumber ? 1 : 3) && digitCount < wholeNumberDigits) return true;
  const letters = trailing(words, isLetterWord);
  const wantsLetters = /\bspell/i.test(context.lastAgentSentence) || words.some((word) => word.startsWith('spell'));
  // A single letter at the end is more often a cut word ("opening h") than the start of a spelling.
  return letters.length >= (wantsLetters ? 1 : 2);
}

function trailing(words: readonly string[], belongs: (word: string) => boolean): readonly string[] {
  const firstOther = words.findLastIndex((word) => !belongs(word));
  return words.slice(firstOther + 1);
}

function isClosedAnswer(words: readonly string[], context: TurnContext): boolean {
  const text = words.join(' ');
  if (closings.some((closing) => text === closing || text.endsWith(` ${closing}`))) return true;
  if (!asksYesOrNo(context.lastAgentSentence)) return false;
  return shortReply.test(text) || (words.length <= 3 && words.every((word) => shortAnswers.has(word)));
}

function isDangling(words: readonly string[]): boolean {
  const text = words.join(' ');
  const last = words.at(-1) ?? '';
  if (shortReply.test(text)) return false;
  if (unfinishedPhrases.some((phrase) => text === phrase || text.endsWith(` ${phrase}`))) return true;
  if (!danglingWords.has(last)) return false;
  if (words.length === 1 && whWords.has(last)) return false;
  // "what is it about", "who am I speaking to"; "…what your opening hours are".
  const whIndex = words.findIndex((word) => whWords.has(word));
  if (whIndex === 0 && words.length >= 4 && strandable.has(last)) return false;
  return !(whIndex >= 0 && whIndex < words.length - 3 && /^(is|are|was|were)$/.test(last));
}

function looksComplete(words: readonly string[]): boolean {
  const text = words.join(' ');
  const last = words.at(-1) ?? '';
  if (last === 'please' || last === 'thanks') return true;
  const isCutWord = isLetterWord(last);
  if (isCutWord) return false;
  if (questionStarts.has(words[0] ?? '')) return words.length >= 3;
  return requestStarts.some((start) => text.startsWith(`${start} `) && words.length >= start.split(' ').length + 3);
}
