/** Endings that never end a sentence: something follows that belongs to them. */
const titles = /(?:^|[\s(])(?:dr|mr|mrs|ms|prof|no|nr|ext|tel|approx|e\.g|i\.e|vs|[a-z])\.$/i;
/** Endings that may: a new sentence then begins with a capital. */
const abbreviations = /(?:^|[\s(\d])(?:a\.m|p\.m|st|ave|inc|ltd|etc)\.$/i;

/**
 * Cuts plain or lightly marked-up text (bullets, headings) into sentences. A dot inside a number, an address or an
 * abbreviation does not end one; a line end does when the next line starts a new item or the line ends a sentence.
 */
export function splitSentences(text: string): readonly string[] {
  return text.split(/\r?\n/).flatMap(splitLine);
}

function splitLine(line: string): string[] {
  const plain = line
    .replace(/^\s*(?:[-*•#>]+|\d{1,2}[.)])\s+/, '')
    .replaceAll(/\*\*|__|`/g, '')
    .trim();
  const sentences: string[] = [];
  let start = 0;
  for (const end of plain.matchAll(/[.!?]+["')\]]*(?=\s|$)/g)) {
    const until = end.index + end[0].length;
    const sentence = plain.slice(start, until).trim();
    const follows = plain.slice(until).trimStart();
    if (titles.test(sentence) && follows !== '') continue;
    if (abbreviations.test(sentence) && follows !== '' && !/^[A-Z]/.test(follows)) continue;
    if (sentence !== '') sentences.push(sentence);
    start = until;
  }
  const rest = plain.slice(start).trim();
  if (rest !== '') sentences.push(rest);
  return sentences;
}
