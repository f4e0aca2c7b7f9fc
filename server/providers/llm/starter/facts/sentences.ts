/** Endings that look like the end of a sentence and are not. */
const abbreviations =
  /(?:^|[\s(])(?:dr|mr|mrs|ms|prof|st|no|nr|ext|tel|approx|e\.g|i\.e|a\.m|p\.m|vs|inc|ltd|[a-z])\.$/i;

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
    if (abbreviations.test(sentence) && follows !== '' && !/^[A-Z][a-z]+ (?:is|are|was|has|will|can)\b/.test(follows))
      continue;
    if (sentence !== '') sentences.push(sentence);
    start = until;
  }
  const rest = plain.slice(start).trim();
  if (rest !== '') sentences.push(rest);
  return sentences;
}
