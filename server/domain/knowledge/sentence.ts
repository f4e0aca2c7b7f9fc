/** Longest sentence kept in the search index, in characters; the rest of a longer one is cut off. */
const longest = 2_000;

/** Plain sentences of a text: by line, then by sentence end, empty ones left out. */
export function splitSentences(text: string): readonly string[] {
  return text
    .split(/\r?\n|(?<=[.!?])\s+/u)
    .map((sentence) => sentence.trim().slice(0, longest))
    .filter((sentence) => sentence !== '');
}

const functionWords = new Set(
  (
    'a an and any are at be by can could did do does for from had has have how i in is it its me my of on or our ' +
    'please should so some tell than that the their them then there these they this to us was we were what when ' +
    'where which who why will with would you your'
  ).split(' '),
);

/** Words of a question that can be looked up, without the ones that every sentence has; all words if nothing is left. */
export function searchWords(text: string): readonly string[] {
  const words = [...new Set(text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [])].slice(0, 64);
  const content = words.filter((word) => !functionWords.has(word));
  return content.length > 0 ? content : words;
}
