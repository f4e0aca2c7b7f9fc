/** Audio at the end of a sentence is decay and pause: who heard this much heard every word. */
const wholeFrom = 0.96;

/**
 * The words of a sentence that were heard, when `playedMs` of its `totalMs` of audio were played: in proportion to
 * their letters, whole words only.
 */
export function heardText(text: string, playedMs: number, totalMs: number): string {
  if (playedMs <= 0) return '';
  const fraction = totalMs <= 0 ? 1 : playedMs / totalMs;
  if (fraction >= wholeFrom) return text;
  const words = text.split(/\s+/).filter((word) => word !== '');
  const letters = words.reduce((sum, word) => sum + word.length + 1, 0);
  let passed = 0;
  const heard: string[] = [];
  for (const word of words) {
    passed += word.length + 1;
    if (passed / letters > fraction) break;
    heard.push(word);
  }
  return heard.join(' ');
}
