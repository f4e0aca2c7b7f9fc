import { digitAt } from './number-words.ts';
import type { Rewrite, Rule } from './rewrite.ts';

const repeats: Readonly<Record<string, number>> = { double: 2, triple: 3 };

/** "five five five one two three four" → 5551234, "double nine" inside → 99. At least two digits. */
export const digitString: Rule = (words, at) => {
  const found = digitsFrom(words, at);
  return found.text.length >= 2 ? found : undefined;
};

/** The longest run of digit words; a last one that belongs to "hundred" or "thousand" is left out. */
function digitsFrom(words: readonly string[], at: number): Rewrite {
  let text = '';
  let length = 0;
  for (;;) {
    const repeat = repeats[words[at + length] ?? ''] ?? 1;
    const step = repeat === 1 ? 1 : 2;
    const digit = digitAt(words, at + length + step - 1);
    if (digit === undefined || /^(hundred|thousand|million)$/.test(words[at + length + step] ?? '')) break;
    text += String(digit).repeat(repeat);
    length += step;
  }
  return { text, length };
}
