import { cardinalAt } from './number-words.ts';
import type { Rule } from './rewrite.ts';

interface Currency {
  readonly sign: string;
  readonly whole: RegExp;
  readonly part: RegExp;
}

const currencies: readonly Currency[] = [
  { sign: '$', whole: /^dollars?$/, part: /^cents?$/ },
  { sign: '£', whole: /^pounds?$/, part: /^(pence|penny)$/ },
  { sign: '€', whole: /^euros?$/, part: /^cents?$/ },
];

/** "forty two dollars and fifty cents" → $42.50, "fifty pence" → £0.50. */
export const money: Rule = (words, at) => {
  const amount = cardinalAt(words, at);
  if (amount === undefined) return undefined;
  const unit = words[at + amount.length] ?? '';
  for (const { sign, whole, part } of currencies) {
    if (part.test(unit))
      return { length: amount.length + 1, text: `${sign}0.${String(amount.value).padStart(2, '0')}` };
    if (!whole.test(unit)) continue;
    const length = amount.length + 1;
    const skip = words[at + length] === 'and' ? 1 : 0;
    const cents = cardinalAt(words, at + length + skip);
    const hasPart =
      cents !== undefined && cents.value < 100 && part.test(words[at + length + skip + cents.length] ?? '');
    if (!hasPart) return { length, text: `${sign}${grouped(amount.value)}` };
    const text = `${sign}${grouped(amount.value)}.${String(cents.value).padStart(2, '0')}`;
    return { length: length + skip + cents.length + 1, text };
  }
  return undefined;
};

/** "five percent" → 5%. */
export const percent: Rule = (words, at) => {
  const amount = cardinalAt(words, at);
  if (amount === undefined || words[at + amount.length] !== 'percent') return undefined;
  return { length: amount.length + 1, text: `${amount.value}%` };
};

/** "two point five" → 2.5. */
export const decimal: Rule = (words, at) => {
  const whole = cardinalAt(words, at);
  if (whole === undefined || words[at + whole.length] !== 'point') return undefined;
  const part = cardinalAt(words, at + whole.length + 1);
  if (part === undefined) return undefined;
  return { length: whole.length + 1 + part.length, text: `${whole.value}.${part.value}` };
};

/** Numbers from ten on become figures; a lone "one" to "nine" is as often a word ("this one") and stays, "room three" does not. */
export const cardinal: Rule = (words, at) => {
  const found = cardinalAt(words, at);
  if (found === undefined) return undefined;
  const isCounted = /^(number|room|extension|apartment|gate|platform|option|level|floor)$/.test(words[at - 1] ?? '');
  return found.value >= 10 || isCounted ? { length: found.length, text: grouped(found.value) } : undefined;
};

function grouped(value: number): string {
  return value < 10_000 ? String(value) : value.toLocaleString('en-US');
}
