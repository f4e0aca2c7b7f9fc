import type { JsonObject } from '../../json-column.ts';
import type { CallMaterial } from '../call-analyser.ts';

/** What the call holds about the person at the other end; null where it holds nothing. */
export interface CallFacts {
  readonly name: string | null;
  readonly phoneNumber: string | null;
  readonly email: string | null;
  readonly company: string | null;
  /** Digits that the caller said or keyed in, longest first. */
  readonly numbers: readonly string[];
  /** A day or time that was named, as it was said. */
  readonly when: string | null;
  readonly reason: string | null;
}

const nameWord = "[\\p{L}][\\p{L}'-]+";
const names = [
  new RegExp(`\\bmy name(?:'s| is)\\s+(${nameWord}(?:\\s+${nameWord})?)`, 'iu'),
  new RegExp(`\\bthis is\\s+(${nameWord}(?:\\s+${nameWord})?)\\s+(?:speaking|calling|from|here)\\b`, 'iu'),
  new RegExp(`\\b(?:i'm|i am)\\s+(${nameWord}(?:\\s+${nameWord})?)\\s+(?:from|with|calling)\\b`, 'iu'),
];
const companies = [
  new RegExp(`\\b(?:calling|speaking) (?:from|for|on behalf of)\\s+((?:${nameWord}\\s?){1,3})`, 'iu'),
  new RegExp(`\\b(?:i work (?:at|for)|i'm with|i am with|my company is)\\s+((?:${nameWord}\\s?){1,3})`, 'iu'),
];
const notNames = new Set(
  "a an the and not just calling here from very so sure sorry fine happy interested looking trying still on going about i'm it in my your with at".split(
    ' ',
  ),
);
const emailShape = /[\w.+-]+@[\w-]+(?:\.[\w-]+)+/;
const spokenEmail = /\b([\w.+-]+(?: dot [\w-]+)*) at ([\w-]+(?: dot [\w-]+)+)\b/i;
const digitRun = /\+?\d(?:[\s().-]?\d){2,18}/g;
const phoneShape = /^\+?\d{5,15}$/;
const when =
  /\b(?:(?:on|by|next|this|until)\s+)?(?:tomorrow|tonight|today|(?:mon|tues|wednes|thurs|fri|satur|sun)day|next week|next month|(?:january|february|march|april|june|july|august|september|october|november|december)\s+\d{1,2}(?:st|nd|rd|th)?)(?:\s+(?:morning|afternoon|evening|at\s+\d{1,2}(?::\d\d)?(?:\s*[ap]\.?m\.?)?))?/i;

/** Finds the facts: what the agent took down first, then what the caller said. */
export function callFacts({ call, turns }: CallMaterial): CallFacts {
  const said = turns.filter(({ role }) => role === 'caller').map(({ text }) => text);
  const all = said.join('\n');
  const numbers = [...new Set((all.match(digitRun) ?? []).map((run) => run.replaceAll(/[^\d+]/g, '')))];
  numbers.sort((a, b) => b.length - a.length);
  const variables = call.variables;
  return {
    name: call.message?.name ?? firstName(said) ?? textIn(variables, 'customer_name', 'name', 'user_name'),
    phoneNumber: call.message?.number ?? numbers.find((run) => phoneShape.test(run)) ?? null,
    email: emailIn(all) ?? textIn(variables, 'email'),
    company: firstMatch(companies, said) ?? textIn(variables, 'company_name', 'company'),
    numbers,
    when: when.exec(all)?.[0] ?? null,
    reason: call.message?.reason ?? null,
  };
}

function firstName(said: readonly string[]): string | null {
  const found = firstMatch(names, said);
  return found === null ? null : capitalised(found);
}

/** The words until one that can't belong to a name. */
function firstMatch(patterns: readonly RegExp[], said: readonly string[]): string | null {
  for (const text of said) {
    for (const pattern of patterns) {
      const words = pattern.exec(text)?.[1]?.trim().split(/\s+/) ?? [];
      const end = words.findIndex((word) => notNames.has(word.toLowerCase()));
      const kept = end === -1 ? words : words.slice(0, end);
      if (kept.length > 0) return kept.join(' ');
    }
  }
  return null;
}

function capitalised(name: string): string {
  return name.replaceAll(
    /(^|[\s'-])(\p{Ll})/gu,
    (_whole, before: string, letter: string) => before + letter.toUpperCase(),
  );
}

function emailIn(text: string): string | null {
  const written = emailShape.exec(text)?.[0];
  if (written !== undefined) return written.toLowerCase().replace(/\.$/, '');
  const spoken = spokenEmail.exec(text);
  if (!spoken) return null;
  return `${spoken[1]}@${spoken[2]}`.toLowerCase().replaceAll(' dot ', '.');
}

export function textIn(values: JsonObject, ...keys: readonly string[]): string | null {
  const found = keys.map((key) => values[key]).find((value) => typeof value === 'string' && value.trim() !== '');
  return typeof found === 'string' ? found : null;
}
