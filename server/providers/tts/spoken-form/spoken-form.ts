/** Writes a text out for speaking. */
export function spokenForm(text: string): string {
  return text.normalize('NFKC').replaceAll(/\s+/g, ' ').trim();
}
