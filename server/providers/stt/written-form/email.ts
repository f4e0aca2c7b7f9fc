import { belowHundredAt, digitAt } from './number-words.ts';
import type { Rule } from './rewrite.ts';

const signs: Readonly<Record<string, string>> = { dot: '.', underscore: '_', dash: '-', hyphen: '-', plus: '+' };
/** Words that stand before an address and are no part of it. */
const before = /^(is|it's|its|to|at|me|email|address|on|under|the|a|my|and|or|yes|sure|that's)$/;
const ending = /^(com|org|net|io|co|uk|de|edu|gov|info|biz|eu|us|ca|au|fr|ch|at)$/;
const longestPart = 8;

/** "andrea thirty six at outlook dot com" → andrea36@outlook.com. Begins where the name before "at" begins. */
export const email: Rule = (words, at) => {
  if (before.test(words[at] ?? '') || words[at] === undefined) return undefined;
  for (let atSign = at + 1; atSign <= at + longestPart; atSign++) {
    const word = words[atSign];
    if (word === undefined) return undefined;
    if (word !== 'at') {
      if (before.test(word)) return undefined;
      continue;
    }
    const domain = domainFrom(words, atSign + 1);
    if (domain === undefined) return undefined;
    const name = partOf(words.slice(at, atSign));
    return name === undefined ? undefined : { length: atSign - at + 1 + domain.length, text: `${name}@${domain.text}` };
  }
  return undefined;
};

function domainFrom(words: readonly string[], at: number) {
  let isComplete = false;
  let end = at + 1;
  while (words[end] === 'dot' && words[end + 1] !== undefined) {
    isComplete = ending.test(words[end + 1] as string);
    end += 2;
    if (isComplete && words[end] !== 'dot') break;
  }
  const text = partOf(words.slice(at, end));
  return isComplete && text !== undefined ? { length: end - at, text } : undefined;
}

/** Words run together; two in a row without a sign between them are a name only if letters or numbers are among them. */
function partOf(words: readonly string[]): string | undefined {
  let text = '';
  let plainInARow = 0;
  for (let at = 0; at < words.length; ) {
    const word = words[at] as string;
    const number = belowHundredAt(words, at);
    const digit = digitAt(words, at);
    const sign = signs[word];
    const isPlain = sign === undefined && number === undefined && digit === undefined && word.length > 1;
    plainInARow = isPlain ? plainInARow + 1 : 0;
    if (plainInARow > 1) return undefined;
    text += sign ?? number?.value ?? digit ?? word;
    at += number?.length ?? 1;
  }
  return text === '' ? undefined : text;
}
