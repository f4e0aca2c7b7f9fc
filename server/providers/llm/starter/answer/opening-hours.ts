import { smallNumber } from '../understand/numbers.ts';
import { wordsOf } from '../understand/words.ts';

/** Minutes since midnight; `to` may pass midnight (more than 1440). */
export interface OpenRange {
  readonly from: number;
  readonly to: number;
}

/** For each weekday, Sunday first: its ranges (none: closed), or undefined where the facts are silent. */
export type Week = readonly (readonly OpenRange[] | undefined)[];

export const dayNames = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday'] as const;

const allDay: readonly OpenRange[] = [{ from: 0, to: 1440 }];

type Item =
  | { readonly kind: 'days'; readonly days: readonly number[] }
  | { readonly kind: 'hours'; readonly ranges: readonly OpenRange[] };

/** Whether a fact speaks about opening hours of the business itself. */
export function isHoursFact(text: string): boolean {
  const plain = wordsOf(text).join(' ');
  if (!/\b(?:open|opening|opens|close|closed|closes|hours)\b/.test(plain)) return false;
  return /\b(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*\b|\b(?:weekdays?|weekends?|daily|every day|hours a day|24 7)\b/.test(
    plain,
  );
}

/**
 * Reads the week out of sentences like "We are open Monday to Friday from nine to five." or "Sat 10:00-14:00, Sun
 * closed". Undefined when a sentence cannot be read or two of them disagree: the sentence is then read out instead.
 */
export function parseWeek(sentences: readonly string[]): Week | undefined {
  const week: (readonly OpenRange[] | undefined)[] = Array.from({ length: 7 }, () => undefined);
  let bound = 0;
  for (const sentence of sentences) {
    const pairs = pair(itemsOf(sentence));
    if (!pairs) return undefined;
    for (const { days, ranges } of pairs) {
      for (const day of days) {
        if (week[day] !== undefined && !sameRanges(week[day], ranges)) return undefined;
        week[day] = ranges;
        bound++;
      }
    }
  }
  return bound > 0 ? week : undefined;
}

function sameRanges(a: readonly OpenRange[] | undefined, b: readonly OpenRange[]): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

interface Pair {
  readonly days: readonly number[];
  readonly ranges: readonly OpenRange[];
}

/** Joins each group of days with its hours, whichever comes first; undefined when something stays alone. */
function pair(items: readonly Item[]): readonly Pair[] | undefined {
  const pairs: Pair[] = [];
  let days: readonly number[] | undefined;
  let ranges: readonly OpenRange[] | undefined;
  for (const item of items) {
    const last = pairs.at(-1);
    if (item.kind === 'days') days = [...(days ?? []), ...item.days];
    else if (ranges === undefined && days === undefined && last && follows(last.ranges, item.ranges)) {
      pairs[pairs.length - 1] = { days: last.days, ranges: [...last.ranges, ...item.ranges] };
    } else ranges = item.ranges;
    if (days && ranges) {
      pairs.push({ days, ranges });
      days = undefined;
      ranges = undefined;
    }
  }
  return days || ranges ? undefined : pairs;
}

/** "nine to twelve and one to five": the afternoon of the same days. */
function follows(earlier: readonly OpenRange[], later: readonly OpenRange[]): boolean {
  const end = earlier.at(-1)?.to ?? Number.POSITIVE_INFINITY;
  return (later[0]?.from ?? 0) >= end;
}

function itemsOf(sentence: string): readonly Item[] {
  const words = wordsOf(sentence.replaceAll(/[-\u2013\u2014]/g, ' to ').replaceAll(/(\d)(?=[ap]\.?m)/gi, '$1 '));
  const items: Item[] = [];
  const pushHours = (ranges: readonly OpenRange[]) => void items.push({ kind: 'hours', ranges });
  for (let at = 0; at < words.length; ) {
    const days = daysAt(words, at);
    const range = days ? undefined : rangeAt(words, at);
    if (days) {
      items.push({ kind: 'days', days: days.days });
      at += days.length;
    } else if (range) {
      pushHours([range.range]);
      at += range.length;
    } else {
      const word = words[at];
      if (word === 'closed' || word === 'shut') pushHours([]);
      if (
        words.slice(at, at + 3).join(' ') === '24 hours a' ||
        words.slice(at, at + 3).join(' ') === 'around the clock'
      )
        pushHours(allDay);
      at++;
    }
  }
  return items.some(({ kind }) => kind === 'days') ? items : holidayOnly(words) ? [] : items;
}

const holidayOnly = (words: readonly string[]) =>
  words.some((word) => /^(?:holidays?|vacation|christmas|easter)$/.test(word));

interface DaysAt {
  readonly days: readonly number[];
  readonly length: number;
}

function daysAt(words: readonly string[], at: number): DaysAt | undefined {
  const word = words[at] ?? '';
  if (/^weekdays?$/.test(word)) return { days: [1, 2, 3, 4, 5], length: 1 };
  if (/^weekends?$/.test(word)) return { days: [6, 0], length: 1 };
  if (word === 'daily') return { days: [0, 1, 2, 3, 4, 5, 6], length: 1 };
  if (word === 'every' && words[at + 1] === 'day') return { days: [0, 1, 2, 3, 4, 5, 6], length: 2 };
  const first = dayIndex(word);
  if (first === undefined) return undefined;
  if (/^(?:to|through|till|until|thru)$/.test(words[at + 1] ?? '')) {
    const last = dayIndex(words[at + 2] ?? '');
    if (last !== undefined) return { days: stretch(first, last), length: 3 };
  }
  return { days: [first], length: 1 };
}

/** 0 (Sunday) to 6 for a day's name, its plural, or three letters and more of its beginning. */
export function dayIndex(word: string): number | undefined {
  const plain = word.replace(/s$/, '');
  if (plain.length < 3) return undefined;
  const index = dayNames.findIndex((name) => name.startsWith(plain) || (plain === 'thur' && name === 'thursday'));
  return index >= 0 ? index : undefined;
}

function stretch(first: number, last: number): readonly number[] {
  const length = ((last - first + 7) % 7) + 1;
  return Array.from({ length }, (_, step) => (first + step) % 7);
}

interface RangeAt {
  readonly range: OpenRange;
  readonly length: number;
}

function rangeAt(words: readonly string[], at: number): RangeAt | undefined {
  const from = timeAt(words, at);
  if (!from) return undefined;
  let next = at + from.length;
  while (
    /^(?:and|we|close|closes|at)$/.test(words[next] ?? '') &&
    !/^(?:to|till|until)$/.test(words[next] ?? '') &&
    next - at - from.length < 4
  ) {
    if (words[next] === 'close' || words[next] === 'closes') break;
    next++;
  }
  if (/^(?:close|closes)$/.test(words[next] ?? '') && words[next + 1] === 'at') next++;
  else if (next !== at + from.length && words[at - 1] !== 'between') return undefined;
  if (!/^(?:to|till|until|through|at)$/.test(words[next] ?? '') && words[at - 1] !== 'between') return undefined;
  const start = /^(?:to|till|until|through|at)$/.test(words[next] ?? '') ? next + 1 : next;
  const to = timeAt(words, start);
  return to ? { range: settle(from, to), length: start + to.length - at } : undefined;
}

interface TimeAt {
  readonly minutes: number;
  /** Said with a.m., p.m., a part of the day, noon, or in 24-hour form. */
  readonly certain: boolean;
  readonly length: number;
}

/** A time of day at this word: "nine", "9:30", "half past eight", "five p.m.", "noon", "seven thirty in the evening". */
export function timeAt(words: readonly string[], at: number): TimeAt | undefined {
  const word = words[at] ?? '';
  if (word === 'noon' || word === 'midday') return { minutes: 720, certain: true, length: 1 };
  if (word === 'midnight') return { minutes: 1440, certain: true, length: 1 };
  const shift = shiftAt(words, at);
  const hour = smallNumber(words[at + shift.length] ?? '');
  if (hour === undefined || hour > 24) return undefined;
  let length = shift.length + 1;
  const minute = shift.length === 0 ? minuteAt(words, at + 1) : { minutes: 0, length: 0 };
  length += minute.length;
  if (words[at + length] === "o'clock") length++;
  const part = partOfDay(words, at + length);
  const base = hour * 60 + minute.minutes + shift.minutes;
  const minutes = part.add === 'pm' && hour < 12 ? base + 720 : part.add === 'am' && hour === 12 ? base - 720 : base;
  return {
    minutes,
    certain: part.add !== undefined || hour > 12 || /^0\d$/.test(words[at] ?? ''),
    length: length + part.length,
  };
}

function shiftAt(words: readonly string[], at: number): { readonly minutes: number; readonly length: number } {
  const two = words.slice(at, at + 2).join(' ');
  if (two === 'half past') return { minutes: 30, length: 2 };
  if (two === 'quarter past') return { minutes: 15, length: 2 };
  if (two === 'quarter to') return { minutes: -15, length: 2 };
  return { minutes: 0, length: 0 };
}

function minuteAt(words: readonly string[], at: number): { readonly minutes: number; readonly length: number } {
  const word = words[at] ?? '';
  const value = smallNumber(word);
  const isMinute = value !== undefined && value >= 10 && value < 60 && (/^\d\d$/.test(word) || value % 5 === 0);
  if (isMinute) {
    const unit = value >= 20 && value % 10 === 0 && !/^\d/.test(word) ? smallNumber(words[at + 1] ?? '') : undefined;
    return unit !== undefined && unit > 0 && unit < 10
      ? { minutes: value + unit, length: 2 }
      : { minutes: value, length: 1 };
  }
  return word === '00' ? { minutes: 0, length: 1 } : { minutes: 0, length: 0 };
}

function partOfDay(
  words: readonly string[],
  at: number,
): { readonly add: 'am' | 'pm' | undefined; readonly length: number } {
  const word = words[at] ?? '';
  if (word === 'am' || word === 'pm') return { add: word, length: 1 };
  const phrase = words.slice(at, at + 3).join(' ');
  if (phrase === 'in the morning') return { add: 'am', length: 3 };
  if (phrase === 'in the afternoon' || phrase === 'in the evening') return { add: 'pm', length: 3 };
  if (words.slice(at, at + 2).join(' ') === 'at night') return { add: 'pm', length: 2 };
  return { add: undefined, length: 0 };
}

/** "nine to five" is morning to afternoon; "ten to two" likewise; a lone small opening hour is taken as written. */
function settle(from: TimeAt, to: TimeAt): OpenRange {
  const start =
    !from.certain && from.minutes < 360 && to.minutes > from.minutes && !to.certain ? from.minutes + 720 : from.minutes;
  let end = to.minutes;
  if (!to.certain && end <= start) end += 720;
  if (!to.certain && start >= 720 && end < start) end += 720;
  if (end <= start) end += 1440;
  return { from: start, to: end };
}
