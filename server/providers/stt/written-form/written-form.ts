import { cardinal, decimal, money, percent } from './amounts.ts';
import { withCapitals } from './capitals.ts';
import { clockTime } from './clock-times.ts';
import { date } from './dates.ts';
import { digitString } from './digit-strings.ts';
import { email } from './email.ts';
import type { Rewrite, Rule } from './rewrite.ts';
import { spelling } from './spelling.ts';

/** The first that fits wins, so what says more about its words comes first. */
const rules: readonly Rule[] = [email, money, percent, decimal, date, clockTime, spelling, digitString, cardinal];

/**
 * Writes out what a recogniser heard the way people write it: figures, times, dates, money, e-mail addresses, spelled
 * names, capitals. English. For showing and for storing; matching wants the words as they were heard.
 *
 * @param heard lower-case words without punctuation, numbers as words, spelled letters one by one.
 */
export function writtenForm(heard: string): string {
  const words = heard.trim().split(/\s+/).filter(Boolean);
  const written: string[] = [];
  for (let at = 0; at < words.length; ) {
    const found = firstRewrite(words, at);
    written.push(found?.text ?? (words[at] as string));
    at += found?.length ?? 1;
  }
  return withCapitals(written);
}

function firstRewrite(words: readonly string[], at: number): Rewrite | undefined {
  for (const rule of rules) {
    const found = rule(words, at);
    if (found !== undefined) return found;
  }
  return undefined;
}
