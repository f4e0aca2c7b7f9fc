/**
 * The words of a text as the index knows them: lower case, without accents of Latin letters, English endings cut, and
 * pairs of signs where a script writes no spaces between words.
 */
export function termsOf(text: string): readonly string[] {
  const plain = text.normalize('NFKD').replaceAll(latinMarks, '').normalize('NFC').toLowerCase();
  const terms: string[] = [];
  for (const [word] of plain.matchAll(wordPattern)) {
    if (unspaced.test(word)) terms.push(...pairs(word));
    else terms.push(stem(word.length > longestWord ? word.slice(0, longestWord) : word));
  }
  return terms;
}

const longestWord = 40;
const latinMarks = /[\u0300-\u036f]/gu;
const wordPattern = /[\p{L}\p{N}\p{M}]+(?:['’]\p{L}+)?/gu;
const unspaced = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}]/u;

function pairs(word: string): readonly string[] {
  const signs = Array.from(word);
  if (signs.length === 1) return signs;
  return signs.slice(1).map((sign, index) => `${signs[index]}${sign}`);
}

/** Joins the commonest forms of an English word ("refunds", "refunded", "refunding"); leaves other words alone. */
export function stem(word: string): string {
  const bare = word.replace(/['’]\p{L}+$/u, '');
  if (bare.length < 4 || /[^a-z]/.test(bare)) return bare;
  const singular = bare.endsWith('ies')
    ? `${bare.slice(0, -3)}y`
    : bare.replace(/(ss|sh|ch|x|z)es$/, '$1').replace(/([^su])s$/, '$1');
  const root = singular.replace(/([a-z]{2}[aeiouy][a-z]*|[a-z]*[aeiouy][a-z]+)(?:ing|ed)$/, '$1');
  if (root === singular) return silentE(singular);
  return silentE(root.replace(/([bdgmnprt])\1$/, '$1'));
}

/** "close" and "closing" meet at "clos". */
function silentE(word: string): string {
  return word.length > 4 && word.endsWith('e') ? word.slice(0, -1) : word;
}
