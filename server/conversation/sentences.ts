export interface SentenceLimits {
  /** The first fragment ends at a comma when it would be longer than this: the caller waits for it. */
  readonly firstFragmentChars: number;
  /** No piece is longer: one synthesis must not take seconds. */
  readonly longestChars: number;
}

export const sentenceDefaults: SentenceLimits = { firstFragmentChars: 60, longestChars: 220 };

/** A comma nearer to the start makes a fragment too short to sound like one. */
const shortestFragmentChars = 20;

const abbreviations = new Set(
  'mr mrs ms dr prof st rd ave no nr inc ltd co corp dept vs etc eg e.g ie i.e jr sr approx ext tel fig vol mt ft'.split(
    ' ',
  ),
);
/** These end a sentence when a capital follows ("until 5 p.m. Please…"), and do not otherwise. */
const timesOfDay = new Set(['a.m', 'p.m', 'u.s', 'u.k']);

/** Cuts streamed text into pieces that can be spoken one by one. */
export class SentenceCutter {
  readonly #limits: SentenceLimits;
  #buffer = '';
  #first = true;

  constructor(limits: SentenceLimits = sentenceDefaults) {
    this.#limits = limits;
  }

  /** Takes more text; returns the pieces that are complete now. */
  push(text: string): readonly string[] {
    this.#buffer += text;
    const pieces: string[] = [];
    for (let end = this.#nextCut(false); end > 0; end = this.#nextCut(false)) pieces.push(...this.#take(end));
    return pieces;
  }

  /** The stream is over; returns what is left. */
  end(): readonly string[] {
    const pieces: string[] = [];
    for (let end = this.#nextCut(true); end > 0; end = this.#nextCut(true)) pieces.push(...this.#take(end));
    return pieces;
  }

  #take(end: number): readonly string[] {
    const piece = this.#buffer.slice(0, end).replaceAll(/\s+/g, ' ').trim();
    this.#buffer = this.#buffer.slice(end).trimStart();
    if (!/[\p{L}\p{N}]/u.test(piece)) return [];
    this.#first = false;
    return [piece];
  }

  /** Length of the next piece, 0 while none is complete. */
  #nextCut(over: boolean): number {
    const { firstFragmentChars, longestChars } = this.#limits;
    const found = sentenceEnd(this.#buffer);
    const end = found === 0 && over ? this.#buffer.length : found;
    const length = end === 0 ? this.#buffer.length : end;
    if (this.#first && length > firstFragmentChars) {
      const comma = commaAfter(this.#buffer, shortestFragmentChars, length - 1);
      if (comma > 0) return comma;
    }
    if (length > longestChars) return softCut(this.#buffer, longestChars);
    return end;
  }
}

/** Index after the first sentence end that is sure (something follows it), or 0. */
function sentenceEnd(text: string): number {
  for (const match of text.matchAll(/([.!?…]+["'”’)]*)(?=\s)|\n/gu)) {
    const mark = match[1];
    if (mark === undefined) return match.index + 1;
    const rest = text.slice(match.index + mark.length).trimStart();
    if (!mark.startsWith('.') || mark.length > 1) return match.index + mark.length;
    if (rest === '') return 0;
    if (endsSentence(text.slice(0, match.index), rest)) return match.index + mark.length;
  }
  return 0;
}

/** Whether the full stop between `before` and `rest` ends a sentence. */
function endsSentence(before: string, rest: string): boolean {
  const word = (/\S+$/u.exec(before)?.[0] ?? '').replace(/^["'“‘(]+/u, '').toLowerCase();
  if (timesOfDay.has(word)) return /^["'“‘(]*\p{Lu}/u.test(rest);
  if (abbreviations.has(word)) return false;
  if (/^\p{L}$/u.test(word) && word !== 'i') return false;
  const isListNumber = /^\d{1,2}$/.test(word) && before.trim() === word;
  return !isListNumber;
}

function commaAfter(text: string, from: number, to: number): number {
  for (const match of text.slice(0, to).matchAll(/[,;:](?=\s)/g)) if (match.index >= from) return match.index + 1;
  return 0;
}

function softCut(text: string, longest: number): number {
  const head = text.slice(0, longest);
  const comma = Math.max(head.lastIndexOf(', '), head.lastIndexOf('; '), head.lastIndexOf(': '));
  if (comma > longest / 3) return comma + 1;
  const space = head.lastIndexOf(' ');
  return space > 0 ? space : longest;
}
