import { speakAmounts } from './amounts.ts';
import { speakClockTimes } from './clock-times.ts';
import { speakDates } from './dates.ts';
import { speakIdentifiers } from './identifiers.ts';
import { speakInternetNames } from './internet-names.ts';
import { speakPhoneNumbers } from './phone-numbers.ts';
import { plainText } from './plain-text.ts';

/** In this order: what says more about its digits comes before what takes any that are left. */
const rewrites: readonly ((text: string) => string)[] = [
  plainText,
  speakInternetNames,
  speakDates,
  speakClockTimes,
  speakPhoneNumbers,
  speakAmounts,
  speakIdentifiers,
];

/**
 * Writes a text out the way it is to be read aloud: dates, times, money, phone numbers, e-mail addresses, codes.
 * English. Text that is written out already comes back as it is.
 */
export function spokenForm(text: string): string {
  return rewrites
    .reduce((spoken, rewrite) => rewrite(spoken), text)
    .replaceAll(/\s+/g, ' ')
    .trim();
}
