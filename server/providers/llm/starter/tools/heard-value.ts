import { actsIn, withoutCourtesy } from '../understand/acts.ts';
import { nameIn } from '../understand/names.ts';
import { digitsIn, readDigits } from '../understand/numbers.ts';
import { isNumber } from '../understand/vocabulary.ts';
import { plainText, stem, wordsOf } from '../understand/words.ts';
import type { Parameter } from './parameters.ts';
import { saidName } from './wording.ts';

export type Value = string | number | boolean;

/** Digits that a code has in a line which holds other words, too. */
const fewestDigits = 3;
/** Words that digits alone don't add up to. */
const large = /\b(?:hundred|thousand|million|half|point|dozen)\b/;

/** What a line says of it while something else was asked: only what can be nothing else. */
export function volunteered(parameter: Parameter, text: string): Value | undefined {
  if (parameter.kind === 'choice') return chosen(parameter, text);
  const runs = codesIn(text);
  const [only] = runs;
  if (only === undefined || runs.length > 1) return undefined;
  if (only.length < fewestDigits && !isNamed(parameter, text)) return undefined;
  if (parameter.kind === 'number') return numberOf(parameter, only, text);
  return parameter.kind === 'code' ? only : undefined;
}

/** "order seven", "two people": the digits stand beside a word that names the thing. */
function isNamed({ said }: Parameter, text: string): boolean {
  const words = wordsOf(text);
  const names = wordsOf(said).map(stem);
  const isName = (word: string | undefined) => word !== undefined && names.includes(stem(word));
  return words.some((word, at) => digitsIn([word]) !== '' && (isName(words[at - 1]) || isName(words[at + 1])));
}

/** The answer to the question for it. */
export function answered(parameter: Parameter, text: string): Value | undefined {
  const core = withoutCourtesy(plainText(text));
  switch (parameter.kind) {
    case 'choice':
      return chosen(parameter, text);
    case 'yes-no':
      return yesOrNo(text);
    case 'number': {
      const runs = codesIn(text);
      return runs.length === 1 ? numberOf(parameter, runs[0] ?? '', text) : undefined;
    }
    case 'code':
      return codeOf(text);
    case 'name':
      return nameIn(text) || undefined;
    case 'text':
      return core === '' ? undefined : text.trim();
  }
}

/** By the keys: digits, the place of a choice, or 1 for yes and 2 for no. */
export function pressed(parameter: Parameter, keys: string): Value | undefined {
  const digits = keys.replaceAll(/\D/g, '');
  if (digits === '') return undefined;
  switch (parameter.kind) {
    case 'choice':
      return parameter.choices[Number(digits) - 1];
    case 'yes-no':
      return digits === '1' ? true : digits === '2' ? false : undefined;
    case 'number':
      return numberOf(parameter, digits, '');
    case 'code':
      return digits;
    default:
      return undefined;
  }
}

/** From what is known of the call under the very same name. */
export function known(parameter: Parameter, data: Readonly<Record<string, string>>): Value | undefined {
  const plain = (name: string) => name.toLowerCase().replaceAll(/[^a-z\d]/g, '');
  const text =
    Object.entries(data)
      .find(([name]) => plain(name) === plain(parameter.name))?.[1]
      .trim() ?? '';
  if (text === '') return undefined;
  if (parameter.kind === 'choice') return parameter.choices.find((choice) => plain(String(choice)) === plain(text));
  if (parameter.kind === 'number') return /^\d+(?:\.\d+)?$/.test(text) ? Number(text) : undefined;
  if (parameter.kind === 'yes-no') return text === 'true' ? true : text === 'false' ? false : undefined;
  return text;
}

/** For the read-back: codes digit by digit. */
export function spoken(value: Value): string {
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  const text = String(value);
  return typeof value === 'string' && /^\d+$/.test(text) ? readDigits(text) : text;
}

function numberOf({ least, most }: Parameter, digits: string, text: string): number | undefined {
  if (!/^\d{1,9}$/.test(digits) || large.test(plainText(text)) || /\d[.:/]\d/.test(text)) return undefined;
  const value = Number(digits);
  return value >= least && value <= most ? value : undefined;
}

/** The whole line where it holds nothing else; pauses inside of a code are no matter. */
function codeOf(text: string): string | undefined {
  const runs = codesIn(text);
  const code = runs.join('');
  const isAll = wordsOf(withoutCourtesy(plainText(text))).every((word) => isNumber(word) || word.length === 1);
  return code.length >= fewestDigits || (isAll && code !== '') ? code : undefined;
}

/** Runs of digits, with letters that are spelled among them or written with them: "a b one two" → "AB12". */
function codesIn(text: string): readonly string[] {
  const written = text.match(/\b(?=[a-z]*-?\d)[a-z]{1,4}-?\d{2,}\b/gi);
  if (written) return written.map((code) => code.toUpperCase());
  const runs: string[][] = [[]];
  for (const word of wordsOf(text)) {
    if (isPartOfCode(word)) runs.at(-1)?.push(word);
    else runs.push([]);
  }
  return runs.filter((run) => digitsIn(run) !== '').map(codeFrom);
}

const isPartOfCode = (word: string) => digitsIn([word]) !== '' || /^(?:[a-z]|double|triple)$/.test(word);

/** "a" and "i" before the first digit are words, unless more letters are spelled. */
function codeFrom(run: readonly string[]): string {
  const isLetter = (word: string) => /^[a-np-z]$/.test(word);
  const first = run.findIndex((word) => !isLetter(word));
  if (first < 0) return run.join('').toUpperCase();
  const lead = run.slice(0, first).filter((word, _at, all) => all.length > 1 || !/^[ai]$/.test(word));
  const rest = run.slice(first);
  const letterAt = rest.findIndex(isLetter);
  if (letterAt < 0) return lead.join('').toUpperCase() + digitsIn(rest);
  return lead.join('').toUpperCase() + digitsIn(rest.slice(0, letterAt)) + codeFrom(rest.slice(letterAt));
}

/** The one choice whose words are said; of choices that hold each other the longest. */
function chosen({ choices }: Parameter, text: string): string | number | undefined {
  const line = ` ${plainText(text)} `;
  const heard = choices
    .map((choice) => ({ choice, words: plainText(saidName(String(choice))) }))
    .filter(({ words }) => words !== '' && line.includes(` ${words} `))
    .toSorted((a, b) => b.words.length - a.words.length);
  const [best, ...others] = heard;
  return others.every(({ words }) => best?.words.includes(words)) ? best?.choice : undefined;
}

function yesOrNo(text: string): boolean | undefined {
  const acts = actsIn(text);
  if (acts.includes('no')) return false;
  return acts.includes('yes') ? true : undefined;
}
