/** A JSON object as foreign APIs send it; kept verbatim. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** Fields that a dialect accepts and the house doesn't use, by dialect, so that round trips lose nothing. */
export type Extras = Readonly<Record<string, JsonObject>>;

/** The kept fields after a change: what was sent goes over what was there, field by field of each dialect. */
export function mergedExtras(before: Extras = {}, sent: Extras = {}): Extras {
  const merged = Object.entries(sent).map(([dialect, fields]) => [dialect, { ...before[dialect], ...fields }]);
  return { ...before, ...(Object.fromEntries(merged) as Extras) };
}

export function toJsonOrNull(value: object | null): string | null {
  return value === null ? null : JSON.stringify(value);
}

export function fromJsonOrNull(text: string | null): unknown {
  return text === null ? null : JSON.parse(text);
}
