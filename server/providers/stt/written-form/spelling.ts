import { digitAt } from './number-words.ts';
import type { Rule } from './rewrite.ts';

interface Sign {
  readonly text: string;
  readonly length: number;
}

/**
 * Letters said one by one: "s m i t h" → Smith, "j as in juliet c as in charlie" → JC, "double l" → ll. With digits
 * among them it is a code: "f eight nine e" → F89E.
 */
export const spelling: Rule = (words, at) => {
  const signs: Sign[] = [];
  let length = 0;
  for (let sign = signAt(words, at); sign !== undefined; sign = signAt(words, at + length)) {
    signs.push(sign);
    length += sign.length;
  }
  const text = signs.map((sign) => sign.text).join('');
  const letters = text.replaceAll(/\d/g, '');
  if (letters.length === 0 || !isSpelling(signs)) return undefined;
  const isName = letters.length === text.length && letters.length > 2;
  return { length, text: isName ? text.charAt(0).toUpperCase() + text.slice(1) : text.toUpperCase() };
};

/** "i" and "a" are words of their own more often than letters, so they alone make no spelling. */
function isSpelling(signs: readonly Sign[]): boolean {
  const sure = signs.filter(({ text, length }) => length > 1 || !/^[aio]$/.test(text));
  const first = signs[0]?.text ?? '';
  if (signs.length >= 3) return sure.length >= 2;
  return signs.length === 2 && sure.length === 2 && !/^\d/.test(first);
}

function signAt(words: readonly string[], at: number): Sign | undefined {
  const word = words[at] ?? '';
  if (/^[a-z]$/.test(word)) {
    const isExplained = words[at + 1] === 'as' && words[at + 2] === 'in' && words[at + 3]?.startsWith(word) === true;
    return { text: word, length: isExplained ? 4 : 1 };
  }
  const digit = digitAt(words, at);
  if (digit !== undefined) return { text: String(digit), length: 1 };
  if (word === 'double' && /^[a-z]$/.test(words[at + 1] ?? ''))
    return { text: (words[at + 1] as string).repeat(2), length: 2 };
  return undefined;
}
