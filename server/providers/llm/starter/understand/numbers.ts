const units =
  'zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen'.split(
    ' ',
  );
const tens = ['', '', 'twenty', 'thirty', 'forty', 'fifty', 'sixty', 'seventy', 'eighty', 'ninety'];

const digitWords = new Map<string, string>([
  ...units.slice(0, 10).map((word, value): [string, string] => [word, String(value)]),
  ['oh', '0'],
  ['o', '0'],
  ['nought', '0'],
]);

/** Value of a number word below one hundred ("five", "twenty"), or of one or two digits. */
export function smallNumber(word: string): number | undefined {
  if (/^\d{1,2}$/.test(word)) return Number(word);
  const unit = units.indexOf(word);
  if (unit >= 0) return unit;
  const ten = tens.indexOf(word);
  return ten >= 2 ? ten * 10 : undefined;
}

/**
 * The digits in a heard line, in order: "double five oh one two" → "55012", "forty two" → "42". Other words are
 * skipped, so "my number is …" needs no cutting.
 */
export function digitsIn(words: readonly string[]): string {
  let digits = '';
  let times = 1;
  for (let index = 0; index < words.length; index++) {
    const word = words[index] ?? '';
    if (word === 'double' || word === 'triple') {
      times = word === 'double' ? 2 : 3;
      continue;
    }
    digits += spoken(word, words[index + 1]).repeat(times);
    if (isTens(word) && isUnit(words[index + 1])) index++;
    times = 1;
  }
  return digits;
}

function spoken(word: string, next: string | undefined): string {
  if (/^\d+$/.test(word)) return word;
  const digit = digitWords.get(word);
  if (digit !== undefined) return digit;
  const value = smallNumber(word);
  if (value === undefined) return '';
  return isTens(word) && isUnit(next) ? String(value + (smallNumber(next ?? '') ?? 0)) : String(value);
}

const isTens = (word: string) => tens.indexOf(word) >= 2;
const isUnit = (word: string | undefined) => word !== undefined && units.indexOf(word) >= 1 && units.indexOf(word) <= 9;

/** "5550142" → "five five five, zero one four, two": one word a digit, in groups of three, as numbers are read back. */
export function readDigits(digits: string): string {
  const groups = digits.match(/.{1,3}/g) ?? [];
  return groups.map((group) => group.replaceAll(/\d/g, (digit) => `${units[Number(digit)] ?? ''} `).trim()).join(', ');
}

/** 0–59 in words. */
export function numberWords(value: number): string {
  if (value < 20) return units[value] ?? '';
  const ten = tens[Math.floor(value / 10)] ?? '';
  return value % 10 === 0 ? ten : `${ten} ${units[value % 10] ?? ''}`;
}
