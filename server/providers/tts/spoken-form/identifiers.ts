import { decimalName, digitNames, yearName } from './number-names.ts';

/** Letters and digits mixed, or a word in capitals with digits behind a dash: an order number, a licence plate. */
const code = /\b(?=[A-Z\d-]*[A-Z])(?=[A-Z\d-]*\d)[A-Z\d]+(?:-[A-Z\d]+)*\b/g;
const counted =
  /\b(?:order|code|reference|ref|ticket|pin|account|policy|invoice|booking|confirmation|case|id)(?: number| no| code| id)?(?: is)?[:#]? ?#?$/i;

/** "AB12-C" → "A B one two, C"; "order 4711" → "order four seven one one"; other numbers by their names. */
export function speakIdentifiers(text: string): string {
  return text
    .replaceAll(code, (word) => word.split('-').map(spelled).join(', '))
    .replaceAll(/#?\b\d[\d,]*(?:\.\d+)?\b/g, (number, at: number, whole: string) =>
      numberName(number, whole.slice(0, at)),
    );
}

function numberName(number: string, before: string): string {
  const trailing = number.endsWith(',') ? ',' : '';
  const plain = number.replace(/^#/, '').replace(/,$/, '');
  const digits = plain.replaceAll(/\D/g, '');
  const isWhole = digits === plain;
  if (isWhole && (counted.test(before) || digits.length > 6 || /^0\d/.test(digits)))
    return digitNames(digits) + trailing;
  const value = Number(digits);
  const isYear = isWhole && digits.length === 4 && value >= 1900 && value < 2100;
  return (isYear ? yearName(value) : decimalName(plain)) + trailing;
}

function spelled(part: string): string {
  return (part.match(/[A-Z\d]/g) ?? []).map((sign) => (/\d/.test(sign) ? digitNames(sign) : sign)).join(' ');
}
