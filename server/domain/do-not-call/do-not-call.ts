/** A number that an organization never dials, whatever asks for it. */
export interface DoNotCallEntry {
  readonly number: string;
  readonly reason: string | null;
  readonly createdAtMs: number;
}

/** One writing for each number: without spaces and punctuation, `00` as `+`; a `sip:` URI in lower case without parameters. */
export function normalNumber(text: string): string {
  const trimmed = text.trim();
  if (/^sips?:/i.test(trimmed)) return trimmed.toLowerCase().split(/[;?]/, 1)[0] ?? '';
  const bare = trimmed.replace(/^tel:/i, '').replace(/[\s().\-/]/g, '');
  return bare.startsWith('00') ? `+${bare.slice(2)}` : bare;
}
