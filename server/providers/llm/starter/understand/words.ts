const contractions: Readonly<Record<string, string>> = {
  "can't": 'can not',
  cannot: 'can not',
  "won't": 'will not',
  "let's": 'let us',
  "that's": 'that is',
  "what's": 'what is',
  "where's": 'where is',
  "when's": 'when is',
  "who's": 'who is',
  "how's": 'how is',
  "there's": 'there is',
  "here's": 'here is',
  "it's": 'it is',
  "i'm": 'i am',
  gonna: 'going to',
  wanna: 'want to',
};

/** Terms that are written or heard as several words and mean one thing. */
const compounds: readonly (readonly [RegExp, string])[] = [
  [/\bx[- ]?rays?\b/g, 'xray'],
  [/\be[- ]?mails?\b/g, 'email'],
  [/\bcheck[- ]?ups?\b/g, 'checkup'],
  [/\bcar parks?\b/g, 'parking'],
  [/\bwi[- ]?fi\b/g, 'wifi'],
  [/\bo'? ?clock\b/g, "o'clock"],
  [/\ba\.? ?m\b\.?/g, 'am'],
  [/\bp\.? ?m\b\.?/g, 'pm'],
];

/**
 * Lower-case words of written or heard text, in order: contractions opened, compounds joined, punctuation and accents
 * gone. Digits stay as they are.
 */
export function wordsOf(text: string): readonly string[] {
  let plain = text
    .normalize('NFKD')
    .replaceAll(/[\u0300-\u036f]/g, '')
    .replaceAll(/[\u2018\u2019]/g, "'")
    .toLowerCase();
  plain = plain.replaceAll(/\bi am\b/g, "i'm");
  for (const [pattern, word] of compounds) plain = plain.replaceAll(pattern, word);
  return plain
    .split(/[^a-z0-9'$€£%]+/)
    .map((word) => word.replace(/^'+|'+$/g, ''))
    .flatMap((word) => (contractions[word] ?? openContraction(word)).split(' '))
    .filter((word) => word !== '');
}

function openContraction(word: string): string {
  return word
    .replace(/n't$/, ' not')
    .replace(/'(?:ll|re|ve|d|m)$/, '')
    .replace(/'s$/, '');
}

/** The words with single spaces: what patterns of dialogue acts are written for. */
export function plainText(text: string): string {
  return wordsOf(text).join(' ');
}

/** Crude English stem: enough to join "prices" with "price" and "closing" with "close". */
export function stem(word: string): string {
  if (word.length <= 3) return word;
  const base = word
    .replace(/ies$/, 'y')
    .replace(/(ss|sh|ch|x)es$/, '$1')
    .replace(/([^su])s$/, '$1')
    .replace(/(?<=[a-z]{3})(?:ing|ed)$/, '')
    .replace(/(?<=[a-z]{3})ly$/, '');
  return base.replace(/([b-df-hj-np-tv-z])\1$/, '$1').replace(/(?<=[a-z]{2})e$/, '');
}
