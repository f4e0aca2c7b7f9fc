/** Fills `{{key}}` from the task's context data; a key that is not there leaves nothing behind. */
export function fillPlaceholders(text: string, values: Readonly<Record<string, string>>): string {
  return text
    .replaceAll(/\{\{\s*([\w.-]+)\s*\}\}/g, (_, key: string) => (Object.hasOwn(values, key) ? (values[key] ?? '') : ''))
    .replaceAll(/[ \t]{2,}/g, ' ')
    .replaceAll(/ +([,.!?;:])/g, '$1');
}
