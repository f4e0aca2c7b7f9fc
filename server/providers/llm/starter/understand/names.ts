import { wordsOf } from './words.ts';

const radioLetters = new Map(
  `alpha alfa bravo charlie delta echo foxtrot golf hotel india juliet juliett kilo lima mike november oscar papa quebec
  romeo sierra tango uniform victor whiskey whisky xray yankee zulu`
    .split(/\s+/)
    .map((word) => [word, word.charAt(0)]),
);

const leadIn =
  /^(?:(?:um|uh|well|yes|yeah|sure|okay|so|hi|hello|oh|no|sorry) )*(?:(?:you can )?(?:my|the) (?:full |first |last )?name (?:is|s)|this is|i am|i am called|it is|it s|you can call me|call me|name is|the name s)? ?/;
const notNames = new Set(
  'it is that spelled spelling please thank you thanks calling speaking here from and um uh'.split(' '),
);
/** Said before a name, or while thinking of one; a line of nothing else holds no name. */
const fillers = new Set('um uh well yes yeah yep sure okay right so hi hello hey oh no sorry wait'.split(' '));
const longestName = 4;

/**
 * The name in a heard line: "my name is john smith" → "John Smith", "smith s m i t h" → "Smith", "s as in sierra …" by
 * its letters. Empty when nothing is left that could be one.
 */
export function nameIn(text: string): string {
  const plain = wordsOf(text).join(' ').replace(leadIn, '');
  const words = plain.split(' ').filter((word) => word !== '');
  if (words.every((word) => fillers.has(word))) return '';
  const letters = spelledIn(words);
  const spoken = words.filter((word) => word.length > 1 && !notNames.has(word) && !/\d/.test(word));
  if (letters.length >= 2) {
    const before = words.slice(
      0,
      words.findIndex((word) => letterOf(word) !== undefined && isSpelling(words, word)),
    );
    const first = before.filter(
      (word) => !notNames.has(word) && word !== letters && !/^(?:last|first|name|my)$/.test(word),
    );
    return titled([...first.slice(0, 2).filter((word) => !letters.startsWith(word.slice(0, 2))), letters]);
  }
  return titled(spoken.slice(0, longestName));
}

function isSpelling(words: readonly string[], word: string): boolean {
  const next = words[words.indexOf(word) + 1];
  return word.length === 1 || next === undefined || letterOf(next) !== undefined || next === 'double';
}

/** Letters said one by one: "s m i t h", "double l", "b as in bravo", "bravo oscar bravo". */
export function spelledIn(words: readonly string[]): string {
  let letters = '';
  for (let index = 0; index < words.length; index++) {
    const word = words[index] ?? '';
    const doubled = word === 'double';
    const letter = letterOf(doubled ? (words[index + 1] ?? '') : word);
    if (letter === undefined) continue;
    letters += doubled ? letter + letter : letter;
    if (doubled) index++;
    if (words[index + 1] === 'as' && words[index + 2] === 'in') index += 3;
    else if (words[index + 1] === 'for' || words[index + 1] === 'like') index += 2;
  }
  return letters.length >= 2 ? letters : '';
}

function letterOf(word: string): string | undefined {
  return /^[a-z]$/.test(word) ? word : radioLetters.get(word);
}

function titled(words: readonly string[]): string {
  return words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join(' ');
}
