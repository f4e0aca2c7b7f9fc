import { dayIndex, timeAt } from '../answer/opening-hours.ts';
import { classOf } from './vocabulary.ts';
import { wordsOf } from './words.ts';

/** What a caller wants to know about opening hours. */
export interface HoursQuestion {
  readonly when:
    | { readonly kind: 'general' }
    | { readonly kind: 'now' }
    | { readonly kind: 'days'; readonly days: readonly number[]; readonly minutes?: number }
    | { readonly kind: 'from-today'; readonly offset: 0 | 1; readonly minutes?: number };
  /** Asked so that yes or no is the answer ("are you open …", "can I come …"). */
  readonly yesOrNo: boolean;
}

const openWords = new Set('open opening opens opened close closed closes closing shut hour hours schedule'.split(' '));
const presenceWords = new Set(
  'there here work working works come coming see visit available someone somebody anyone anybody'.split(' '),
);
const placeWords = new Set('clinic office shop store business place reception desk doctor'.split(' '));
const timeWords = new Set(
  "morning afternoon evening noon midnight am pm o'clock at until till from between after before".split(' '),
);
const generalWords = new Set(
  'when time day days hour week weekend weekends weekday weekdays public still already early late'.split(' '),
);

/** At least this share of the content must be about opening; the rest may be mangled. */
const coverageNeeded = 0.6;

/**
 * Reads a question about opening hours, or undefined when the words are about something else. `familiar` holds the
 * words of the facts on hours: what they speak of ("the garage") is no sign of another topic.
 */
export function readHoursQuestion(text: string, familiar: ReadonlySet<string>): HoursQuestion | undefined {
  const words = wordsOf(text);
  if (words.some((word) => /^holidays?$/.test(word))) return undefined;
  const days = daysIn(words);
  const relative = words.includes('tomorrow')
    ? 'tomorrow'
    : words.some((word) => /^(?:today|tonight)$/.test(word))
      ? 'today'
      : undefined;
  const open =
    words.some((word) => openWords.has(word) && !/^hours?$|^schedule$/.test(word)) ||
    /\b(?:your|the|opening|business|office|working) hours?\b/.test(words.join(' '));
  const present = words.some((word) => presenceWords.has(word) || word === 'when');
  const dated = days.length > 0 || relative !== undefined;
  const aboutUs = words.some((word) => word === 'you' || word === 'your' || placeWords.has(word));
  if (!open && !(days.length > 0 && (present || aboutUs)) && !(dated && present && aboutUs)) return undefined;
  if (coverage(words, familiar) < coverageNeeded) return undefined;
  return {
    when: whenOf(words, days, relative, open),
    yesOrNo: /^(?:are|is|do|does|can|could|will|may)\b/.test(words.join(' ')),
  };
}

function coverage(words: readonly string[], familiar: ReadonlySet<string>): number {
  let known = 0;
  let unknown = 0;
  words.forEach((word, index) => {
    if (openWords.has(word) || dayOf(word) !== undefined) known++;
    else if (/^(?:today|tomorrow|tonight|now)$/.test(word)) known += 0.7;
    else if (presenceWords.has(word) || generalWords.has(word) || timeWords.has(word)) known += 0.4;
    else if (placeWords.has(word) || familiar.has(word) || timeAt(words, index)) known += 0.2;
    else if (classOf(word) === 'content') unknown += word.length <= 2 ? 0.4 : 1;
  });
  return known / (known + unknown || 1);
}

/** Speech has no abbreviations: three letters are a mangled word, four the beginning of a day's name. */
const dayOf = (word: string) => (word.length >= 4 ? dayIndex(word) : undefined);

function daysIn(words: readonly string[]): readonly number[] {
  if (words.some((word) => /^weekends?$/.test(word))) return [6, 0];
  return [...new Set(words.map(dayOf).filter((day) => day !== undefined))];
}

function whenOf(
  words: readonly string[],
  days: readonly number[],
  relative: 'today' | 'tomorrow' | undefined,
  open: boolean,
): HoursQuestion['when'] {
  const minutes = timeIn(words);
  const at = minutes === undefined ? {} : { minutes };
  if (days.length > 0) return { kind: 'days', days, ...at };
  if (relative) return { kind: 'from-today', offset: relative === 'today' ? 0 : 1, ...at };
  const plain = words.join(' ');
  const bare = /\b(?:are you|you are|is (?:\w+ ){0,3}|still) ?(?:still )?(?:open|closed|shut)\b/.test(plain);
  if (words.includes('now') || (open && bare && !/\b(?:when|what|hours|time|days?)\b/.test(plain)))
    return { kind: 'now' };
  return { kind: 'general' };
}

/** "at six", "after five in the evening"; an hour below eight without more is the afternoon's. */
function timeIn(words: readonly string[]): number | undefined {
  const at = words.findIndex(
    (word, index) => /^(?:at|after|before|until|around)$/.test(word) && timeAt(words, index + 1),
  );
  const time = at >= 0 ? timeAt(words, at + 1) : undefined;
  if (!time) return undefined;
  return !time.certain && time.minutes < 480 ? time.minutes + 720 : time.minutes;
}
