import { ordinalName, yearName } from './number-names.ts';

const months = 'January February March April May June July August September October November December'.split(' ');
const monthPattern = `(?:${months.map((month) => `${month}|${month.slice(0, 3)}\\.?`).join('|')})`;
const monthFirst = new RegExp(
  `\\b(${monthPattern}) (\\d{1,2})(?:st|nd|rd|th)?\\b(?!:)(?:,? ((?:19|20)\\d\\d)\\b)?`,
  'g',
);
const dayFirst = new RegExp(
  `\\b(?:[Tt]he )?(\\d{1,2})(?:st|nd|rd|th)? (?:of )?(${monthPattern})(?=\\W|$)(?:,? ((?:19|20)\\d\\d)\\b)?`,
  'g',
);

/**
 * "2026-11-22", "November 22, 2026", "22 November" and "11/22/2026" (month first, as Americans write; the other way
 * round where only that makes a date), "22.11.2026" → "November twenty second, twenty twenty six".
 */
export function speakDates(text: string): string {
  return text
    .replaceAll(/\b(\d{4})-(\d\d)-(\d\d)\b/g, (whole, year, month, day) => dateName(whole, month, day, year))
    .replaceAll(/\b(\d{1,2})\/(\d{1,2})\/((?:19|20)\d\d)\b/g, (whole, first, second, year) =>
      Number(first) > 12 ? dateName(whole, second, first, year) : dateName(whole, first, second, year),
    )
    .replaceAll(/\b(\d{1,2})\.(\d{1,2})\.((?:19|20)\d\d)\b/g, (whole, day, month, year) =>
      dateName(whole, month, day, year),
    )
    .replaceAll(monthFirst, (whole, month, day, year) => dateName(whole, monthNumber(month), day, year))
    .replaceAll(dayFirst, (whole, day, month, year) => dayFirstName(whole, monthNumber(month), day, year));
}

function monthNumber(name: string): string {
  return String(1 + months.findIndex((month) => month.startsWith(name.slice(0, 3))));
}

/** "the twenty second of November, twenty twenty six". */
function dayFirstName(whole: string, month: string, day: string, year: string | undefined): string {
  const spoken = dateName(whole, month, day, year);
  return spoken === whole ? whole : spoken.replace(/^(\w+) ([a-z ]+)/, 'the $2 of $1');
}

/** The text as it was when the numbers make no date. */
function dateName(whole: string, month: string, day: string, year: string | undefined): string {
  const name = months[Number(month) - 1];
  const dayNumber = Number(day);
  if (name === undefined || dayNumber < 1 || dayNumber > 31) return whole;
  return `${name} ${ordinalName(dayNumber)}${year === undefined ? '' : `, ${yearName(Number(year))}`}`;
}
