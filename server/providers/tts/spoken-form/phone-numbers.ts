import { digitNames } from './number-names.ts';

/** At least seven digits in all, in groups that brackets, spaces, dots or dashes part. */
const groupedNumber = /(?<![\w.,$€£])\+?(?:\(?\d{1,4}\)?[\s.-]?){1,5}\d{2,4}(?![\w%]|[.,:]\d)/g;

/** "+1 (555) 123-4567" → "plus one, five five five, one two three, four five six seven". */
export function speakPhoneNumbers(text: string): string {
  return text.replaceAll(groupedNumber, (number) => {
    const groups = number.match(/\d+/g) ?? [];
    const isLong = groups.join('').length >= 7;
    const isNumber =
      number.startsWith('+') || groups.length > 1 || number.startsWith('0') || groups.join('').length >= 10;
    if (!isLong || !isNumber) return number;
    const spoken = groups.flatMap(inFours).map(digitNames).join(', ');
    return `${number.startsWith('+') ? 'plus ' : ''}${spoken}`;
  });
}

/** A group that is too long to keep in mind is cut into threes, the last piece with three or four. */
function inFours(group: string): string[] {
  if (group.length <= 4) return [group];
  const pieces: string[] = [];
  let rest = group;
  while (rest.length > 4) {
    pieces.push(rest.slice(0, 3));
    rest = rest.slice(3);
  }
  return [...pieces, rest];
}
