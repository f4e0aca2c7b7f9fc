import { belowHundredAt, cardinalAt, dayOrdinalAt, type NumberFound } from './number-words.ts';
import type { Rule } from './rewrite.ts';

const months = 'january february march april may june july august september october november december'.split(' ');

/** "may twenty fourth" → May 24, "the third of june twenty twenty six" → 3 June 2026, "the thirtieth" → the 30th. */
export const date: Rule = (words, at) => monthFirst(words, at) ?? dayFirst(words, at);

function monthFirst(words: readonly string[], at: number) {
  if (!months.includes(words[at] ?? '')) return undefined;
  const day = dayOrdinalAt(words, at + 1) ?? dayNumberAt(words, at + 1);
  if (day === undefined) return undefined;
  const year = yearAt(words, at + 1 + day.length);
  const text = `${capital(words[at] as string)} ${day.value}${year === undefined ? '' : `, ${year.value}`}`;
  return { length: 1 + day.length + (year?.length ?? 0), text };
}

function dayFirst(words: readonly string[], at: number) {
  const day = dayOrdinalAt(words, at);
  if (day === undefined) return undefined;
  const skip = words[at + day.length] === 'of' ? 1 : 0;
  const month = words[at + day.length + skip] ?? '';
  if (months.includes(month)) {
    const year = yearAt(words, at + day.length + skip + 1);
    const text = `${day.value} ${capital(month)}${year === undefined ? '' : ` ${year.value}`}`;
    return { length: day.length + skip + 1 + (year?.length ?? 0), text };
  }
  return words[at - 1] === 'the' && day.value > 3 ? { length: day.length, text: withSuffix(day.value) } : undefined;
}

function dayNumberAt(words: readonly string[], at: number): NumberFound | undefined {
  const found = belowHundredAt(words, at);
  return found !== undefined && found.value >= 1 && found.value <= 31 ? found : undefined;
}

/** "twenty twenty six", "nineteen ninety nine", "two thousand and nine". */
function yearAt(words: readonly string[], at: number): NumberFound | undefined {
  const century = belowHundredAt(words, at);
  if (century !== undefined && (century.value === 19 || century.value === 20) && century.length === 1) {
    const rest = belowHundredAt(words, at + 1);
    if (rest !== undefined && rest.value >= 10)
      return { value: century.value * 100 + rest.value, length: 1 + rest.length };
  }
  const whole = cardinalAt(words, at);
  return whole !== undefined && whole.value >= 1900 && whole.value <= 2100 ? whole : undefined;
}

function withSuffix(day: number): string {
  const isTeen = day >= 11 && day <= 13;
  const suffix = isTeen ? 'th' : (['th', 'st', 'nd', 'rd'][day % 10] ?? 'th');
  return `${day}${suffix}`;
}

function capital(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}
