import type { Fact } from '../facts/extract-facts.ts';
import { type HoursQuestion, readHoursQuestion } from '../understand/hours-question.ts';
import { numberWords } from '../understand/numbers.ts';
import { wordsOf } from '../understand/words.ts';
import { type LocalTime, localTime } from './local-time.ts';
import { dayNames, isHoursFact, type OpenRange, parseWeek, type Week } from './opening-hours.ts';

export interface HoursAnswer {
  readonly sentences: readonly string[];
  /** The facts it rests on. */
  readonly facts: readonly Fact[];
}

/** More sentences than this are not read out. */
const readLimit = 3;

/**
 * Answers a question about opening hours from the facts: computed for a day or for now where they can be read as a
 * week, read out where they cannot. Undefined when the question or the facts are about something else.
 */
export function answerHours(
  text: string,
  facts: readonly Fact[],
  nowMs: number,
  timeZone: string,
): HoursAnswer | undefined {
  const about = facts.filter((fact) => isHoursFact(fact.text));
  if (about.length === 0) return undefined;
  const question = readHoursQuestion(text, new Set(about.flatMap((fact) => wordsOf(fact.text))));
  if (!question) return undefined;
  const week = parseWeek(about.map((fact) => fact.text));
  const sentences = week && computed(question, week, localTime(nowMs, timeZone));
  return { sentences: sentences ?? about.slice(0, readLimit).map((fact) => fact.text), facts: about };
}

function computed({ when, yesOrNo }: HoursQuestion, week: Week, now: LocalTime): readonly string[] | undefined {
  if (when.kind === 'general') return undefined;
  if (when.kind === 'now') return rightNow(week, now);
  if (when.kind === 'days') return onDays(week, when.days, yesOrNo, when.minutes);
  const day = (now.day + when.offset) % 7;
  const clause = dayClause(week, day, when.offset === 0 ? 'today' : `tomorrow, ${dayLabel(day)},`);
  if (clause === undefined) return undefined;
  const over = when.offset === 0 && isOver(week[day], now.minutes) ? ['It is after closing time now.'] : [];
  return [led(yesOrNo ? yesNo(week[day], when.minutes) : '', clause), ...over];
}

function onDays(week: Week, days: readonly number[], yesOrNo: boolean, minutes: number | undefined) {
  const clauses = days.map((day) => dayClause(week, day, `on ${dayLabel(day)}`));
  if (clauses.includes(undefined)) return undefined;
  const [only] = days;
  const lead = yesOrNo && days.length === 1 && only !== undefined ? yesNo(week[only], minutes) : '';
  return [led(lead, clauses.join(', and '))];
}

const led = (lead: string, clause: string) => (lead === '' ? `${capital(clause)}.` : `${lead}${clause}.`);

function dayClause(week: Week, day: number, label: string): string | undefined {
  const ranges = week[day];
  if (!ranges) return undefined;
  return ranges.length === 0
    ? `${label} we are closed`
    : `${label} we are open ${ranges.map(rangeWords).join(' and ')}`;
}

function yesNo(ranges: readonly OpenRange[] | undefined, minutes: number | undefined): string {
  const open = ranges !== undefined && (minutes === undefined ? ranges.length > 0 : contains(ranges, minutes));
  return open ? 'Yes, ' : 'No, ';
}

function rightNow(week: Week, now: LocalTime): readonly string[] | undefined {
  const today = week[now.day];
  const yesterday = week[(now.day + 6) % 7];
  const open = [
    ...(today ?? []),
    ...(yesterday ?? []).map(({ from, to }) => ({ from: from - 1440, to: to - 1440 })),
  ].find(({ from, to }) => from <= now.minutes && now.minutes < to);
  if (open)
    return [
      open.to - open.from >= 1440 ? 'Yes, we are open now.' : `Yes, we are open now, until ${timeWords(open.to)}.`,
    ];
  if (!today) return undefined;
  const next = nextOpening(week, now);
  return next === undefined ? ['No, we are closed now.'] : ['No, we are closed now.', `We open ${next}.`];
}

function nextOpening(week: Week, now: LocalTime): string | undefined {
  for (let ahead = 0; ahead <= 7; ahead++) {
    const day = (now.day + ahead) % 7;
    const ranges = week[day];
    if (!ranges) return undefined;
    const range = ranges.find(({ from }) => ahead > 0 || from > now.minutes);
    if (!range) continue;
    const label = ahead === 0 ? 'today' : ahead === 1 ? 'tomorrow' : `on ${dayLabel(day)}`;
    return `${label} at ${timeWords(range.from)}`;
  }
  return undefined;
}

const contains = (ranges: readonly OpenRange[], minutes: number) =>
  ranges.some(({ from, to }) => from <= minutes && minutes < to);
const isOver = (ranges: readonly OpenRange[] | undefined, minutes: number) =>
  ranges !== undefined && ranges.length > 0 && ranges.every(({ to }) => to <= minutes);
const dayLabel = (day: number) => capital(dayNames[day] ?? '');
const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);

function rangeWords({ from, to }: OpenRange): string {
  return from === 0 && to === 1440 ? 'all day' : `from ${timeWords(from)} to ${timeWords(to)}`;
}

/** Minutes since midnight as they are spoken: "nine", "half past five", "ten twenty", "noon". */
export function timeWords(minutes: number): string {
  const ofDay = ((minutes % 1440) + 1440) % 1440;
  const hour24 = Math.floor(ofDay / 60);
  const minute = ofDay % 60;
  if (minute === 0 && hour24 === 0) return 'midnight';
  if (minute === 0 && hour24 === 12) return 'noon';
  const hour = numberWords(hour24 % 12 === 0 ? 12 : hour24 % 12);
  if (minute === 0) return hour;
  if (minute === 30) return `half past ${hour}`;
  return `${hour} ${minute < 10 ? `oh ${numberWords(minute)}` : numberWords(minute)}`;
}
