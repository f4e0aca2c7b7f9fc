/** Lower-case words without punctuation; apostrophes inside a word stay. */
export function wordsOf(text: string): readonly string[] {
  return text
    .toLowerCase()
    .replaceAll('’', "'")
    .replaceAll(/[^\p{L}\p{N}' ]+/gu, ' ')
    .split(/\s+/)
    .filter((word) => word !== '' && word !== "'");
}

/** The form in which two recognitions of the same words are equal. */
export function normalised(text: string): string {
  return wordsOf(text).join(' ');
}

export function joinTexts(first: string, second: string): string {
  return [first.trim(), second.trim()].filter((part) => part !== '').join(' ');
}

/** `text` without the words of `prefix`, where it begins with all of them; else `text` as it is. */
export function withoutPrefix(text: string, prefix: string): string {
  const head = wordsOf(prefix);
  if (head.length === 0) return text.trim();
  const words = text.trim().split(/\s+/);
  const begins = head.every((word, index) => normalised(words[index] ?? '') === word);
  return begins ? words.slice(head.length).join(' ') : text.trim();
}
