import { belowHundredAt, digitAt, type NumberFound } from './number-words.ts';
import type { Rule } from './rewrite.ts';

/** "five oh five" is a time after these, and digits elsewhere. */
const beforeTime = /^(at|by|from|to|until|till|before|after|around|about|past|and)$/;

/** "at eight forty" → 8:40, "half past two" → 2:30, "three o'clock p m" → 3:00 pm, "nine a m" → 9 am. */
export const clockTime: Rule = (words, at) => {
  const relative = relativeTime(words, at);
  if (relative !== undefined) return relative;
  const hour = belowHundredAt(words, at);
  if (hour === undefined || hour.value < 1 || hour.value > 12 || hour.length !== 1) return undefined;
  const afterHour = at + 1;
  if (words[afterHour] === "o'clock") {
    const half = halfOfDay(words, afterHour + 1);
    return { length: 2 + half.length, text: `${hour.value}:00${half.text}` };
  }
  const minutes = minutesAt(words, afterHour);
  const half = halfOfDay(words, afterHour + (minutes?.length ?? 0));
  if (minutes === undefined) {
    return half.length === 0 ? undefined : { length: 1 + half.length, text: `${hour.value}${half.text}` };
  }
  return { length: 1 + minutes.length + half.length, text: `${hour.value}:${twoDigits(minutes.value)}${half.text}` };
};

function relativeTime(words: readonly string[], at: number) {
  const shift: NumberFound | undefined =
    words[at] === 'half' ? { value: 30, length: 1 } : (quarterAt(words, at) ?? belowHundredAt(words, at));
  if (shift === undefined || shift.value < 1 || shift.value > 30) return undefined;
  const direction = words[at + shift.length];
  const isWord = words[at] === 'half' || words[at] === 'quarter' || words[at] === 'a';
  if (direction !== 'past' && !(direction === 'to' && isWord && words[at] !== 'half')) return undefined;
  const hour = belowHundredAt(words, at + shift.length + 1);
  if (hour === undefined || hour.value < 1 || hour.value > 12) return undefined;
  const minutes = direction === 'past' ? shift.value : 60 - shift.value;
  const hours = direction === 'past' ? hour.value : ((hour.value + 10) % 12) + 1;
  const half = halfOfDay(words, at + shift.length + 1 + hour.length);
  return { length: shift.length + 1 + hour.length + half.length, text: `${hours}:${twoDigits(minutes)}${half.text}` };
}

function quarterAt(words: readonly string[], at: number): NumberFound | undefined {
  if (words[at] === 'quarter') return { value: 15, length: 1 };
  return words[at] === 'a' && words[at + 1] === 'quarter' ? { value: 15, length: 2 } : undefined;
}

/** Minutes after an hour: ten to fifty nine, or "oh five". */
function minutesAt(words: readonly string[], at: number): NumberFound | undefined {
  if (words[at] === 'oh') {
    const digit = digitAt(words, at + 1);
    if (digit === undefined || digit === 0 || digitAt(words, at + 2) !== undefined) return undefined;
    const isTime = beforeTime.test(words[at - 2] ?? '') || halfOfDay(words, at + 2).length > 0;
    return isTime ? { value: digit, length: 2 } : undefined;
  }
  const found = belowHundredAt(words, at);
  if (found === undefined || found.value < 10 || found.value > 59) return undefined;
  return /^(hundred|thousand|percent|dollars?|pounds?|euros?|cents?|pence)$/.test(words[at + found.length] ?? '')
    ? undefined
    : found;
}

/** "p m" → " pm". */
function halfOfDay(words: readonly string[], at: number): { readonly text: string; readonly length: number } {
  const [first, second] = [words[at], words[at + 1]];
  if ((first === 'a' || first === 'p') && second === 'm') return { text: ` ${first}m`, length: 2 };
  return first === 'am' || first === 'pm' ? { text: ` ${first}`, length: 1 } : { text: '', length: 0 };
}

function twoDigits(minutes: number): string {
  return String(minutes).padStart(2, '0');
}
