/** Ends of sentences first, then clauses, then any space. */
const breaks: readonly RegExp[] = [/[.!?]["')\]]*\s+/g, /[,;:]\s+/g, /\s+/g];

/** Cuts a text into pieces of at most `longest` characters, at the best place that there is. Empty text gives none. */
export function clauses(text: string, longest: number): string[] {
  const pieces: string[] = [];
  let rest = text.trim();
  while (rest.length > longest) {
    const at = cutAt(rest, longest);
    pieces.push(rest.slice(0, at).trim());
    rest = rest.slice(at).trim();
  }
  if (rest !== '') pieces.push(rest);
  return pieces;
}

function cutAt(text: string, longest: number): number {
  const head = text.slice(0, longest);
  for (const pattern of breaks) {
    const last = [...head.matchAll(pattern)].at(-1);
    if (last !== undefined && last.index > 0) return last.index + last[0].length;
  }
  return longest;
}
