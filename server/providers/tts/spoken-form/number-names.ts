const small = (
  'zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen ' +
  'eighteen nineteen'
).split(' ');
const tens = '- - twenty thirty forty fifty sixty seventy eighty ninety'.split(' ');
const scales: readonly (readonly [number, string])[] = [
  [1_000_000_000, 'billion'],
  [1_000_000, 'million'],
  [1_000, 'thousand'],
  [100, 'hundred'],
];

/** "three hundred fifty eight"; whole numbers from zero to below a trillion, anything else digit by digit. */
export function cardinalName(value: number): string {
  if (!Number.isInteger(value) || value < 0 || value >= 1e12) return digitNames(String(value));
  if (value < 20) return small[value] as string;
  if (value < 100) return joined(tens[Math.floor(value / 10)] as string, value % 10);
  for (const [factor, name] of scales) {
    if (value >= factor) return joined(`${cardinalName(Math.floor(value / factor))} ${name}`, value % factor);
  }
  return '';
}

const irregular: Readonly<Record<string, string>> = {
  one: 'first',
  two: 'second',
  three: 'third',
  five: 'fifth',
  eight: 'eighth',
  nine: 'ninth',
  twelve: 'twelfth',
};

/** "twenty fourth". */
export function ordinalName(value: number): string {
  const words = cardinalName(value).split(' ');
  const last = words.pop() as string;
  return [...words, irregular[last] ?? last.replace(/y$/, 'ie').concat('th')].join(' ');
}

/** Every digit by its name: "five zero two". */
export function digitNames(digits: string): string {
  return (digits.match(/\d/g) ?? []).map((digit) => small[Number(digit)]).join(' ');
}

/** "nineteen ninety nine", "two thousand nine", "twenty twenty six". */
export function yearName(year: number): string {
  const [century, rest] = [Math.floor(year / 100), year % 100];
  if (year % 1_000 < 10) return cardinalName(year);
  if (rest === 0) return `${cardinalName(century)} hundred`;
  return `${cardinalName(century)} ${rest < 10 ? `oh ${cardinalName(rest)}` : cardinalName(rest)}`;
}

/** Thousands separators dropped, decimals after "point". */
export function decimalName(written: string): string {
  const [whole = '0', part] = written.replaceAll(',', '').split('.');
  const name = cardinalName(Number(whole));
  return part === undefined ? name : `${name} point ${digitNames(part)}`;
}

function joined(head: string, rest: number): string {
  return rest === 0 ? head : `${head} ${cardinalName(rest)}`;
}
