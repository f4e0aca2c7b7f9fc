/** A JSON object as foreign APIs send it; kept verbatim. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** Fields that a dialect accepts and the house doesn't use, by dialect, so that round trips lose nothing. */
export type Extras = Readonly<Record<string, JsonObject>>;

export function toJsonOrNull(value: object | null): string | null {
  return value === null ? null : JSON.stringify(value);
}

export function fromJsonOrNull(text: string | null): unknown {
  return text === null ? null : JSON.parse(text);
}
