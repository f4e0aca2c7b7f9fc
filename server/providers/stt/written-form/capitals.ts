const proper = new Set(
  (
    'monday tuesday wednesday thursday friday saturday sunday january february april june july august september ' +
    'october november december english'
  ).split(' '),
);

/** Capitals where English has them whatever the sentence: I, days, months, and the first letter of all. */
export function withCapitals(words: readonly string[]): string {
  const text = words.map(capitalised).join(' ');
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function capitalised(word: string): string {
  if (word === 'i' || word.startsWith("i'")) return `I${word.slice(1)}`;
  return proper.has(word) ? word.charAt(0).toUpperCase() + word.slice(1) : word;
}
