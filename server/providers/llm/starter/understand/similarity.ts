/**
 * How much a heard word may be a mangled form of a meant one. The starter recogniser drops endings ("balance" → "b",
 * "opening h"), runs words together ("youvator") and swaps similar consonants ("sharge"), so beginnings, shared long
 * parts and consonant skeletons count.
 *
 * @returns 0 (unrelated) to 1 (same).
 */
export function soundsLike(heard: string, meant: string): number {
  if (heard === meant) return 1;
  if (meant.length < 3) return 0;
  return Math.max(truncation(heard, meant), spelling(heard, meant), embedded(heard, meant), skeleton(heard, meant));
}

/** The heard word is a beginning of the meant one. One letter is a hint, five are near certain. */
function truncation(heard: string, meant: string): number {
  if (!meant.startsWith(heard)) return 0;
  return [0, 0.15, 0.35, 0.65, 0.8][heard.length] ?? 0.9;
}

function spelling(heard: string, meant: string): number {
  const longest = Math.max(heard.length, meant.length);
  if (longest < 4 || Math.abs(heard.length - meant.length) > 3) return 0;
  const likeness = 1 - editDistance(heard, meant) / longest;
  if (likeness < 0.65) return 0;
  return likeness * (consonants(heard)[0] === consonants(meant)[0] ? 0.9 : 0.6);
}

/** A long part of the meant word inside a run-together one. */
function embedded(heard: string, meant: string): number {
  if (heard.length < 4 || meant.length < 5) return 0;
  const shared = longestShared(heard, meant);
  const share = shared / meant.length;
  return (shared >= 4 && share >= 0.6) || (shared >= 6 && share >= 0.5) ? Math.min(0.85, 0.3 + 0.6 * share) : 0;
}

function skeleton(heard: string, meant: string): number {
  const a = consonants(heard);
  const b = consonants(meant);
  if (a.length < 2 || b.length < 2) return 0;
  if (a === b) return a.length >= 3 ? 0.75 : 0.35;
  return a.length >= 3 && b.startsWith(a) ? 0.55 : 0;
}

/** Consonants by sound class, doubled ones once, vowels dropped except a leading one. */
export function consonants(word: string): string {
  const sounds = word
    .replaceAll(/ph/g, 'f')
    .replaceAll(/[ck]n(?=[aeiou])/g, 'n')
    .replaceAll(/sch|sh|ch|tion/g, 'S')
    .replaceAll(/c(?=[eiy])/g, 's')
    .replaceAll(/[ckqg]+/g, 'k')
    .replaceAll(/[dt]+/g, 't')
    .replaceAll(/[bp]+/g, 'p')
    .replaceAll(/[vf]+/g, 'f')
    .replaceAll(/[zs]+/g, 's')
    .replaceAll(/x/g, 'ks')
    .replaceAll(/[mn]+/g, 'n');
  return (sounds[0] ?? '').replace(/[aeiouyhw]/, 'a') + sounds.slice(1).replaceAll(/[aeiouyhw']/g, '');
}

export function editDistance(a: string, b: string): number {
  let previous = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const substitution = (previous[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      row.push(Math.min(substitution, (previous[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1));
    }
    previous = row;
  }
  return previous[b.length] ?? 0;
}

function longestShared(a: string, b: string): number {
  let best = 0;
  for (let i = 0; i < a.length; i++) {
    for (let j = 0; j < b.length; j++) {
      let length = 0;
      while (i + length < a.length && a[i + length] === b[j + length]) length++;
      best = Math.max(best, length);
    }
  }
  return best;
}
