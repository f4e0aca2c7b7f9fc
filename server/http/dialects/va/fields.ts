import { z } from 'zod';
import type { Extras, JsonObject } from '../../../domain/json-column.ts';

/** Name of this dialect in `extras`. */
const dialect = 'va';

/** A JSON object of any content, kept as it is. */
export const jsonObject: z.ZodType<JsonObject> = z.record(z.string(), z.unknown());

export const shortText = z.string().trim().min(1, 'must not be empty').max(200, 'must be at most 200 characters');
export const longText = z.string().max(100_000, 'must be at most 100,000 characters');

/** What the client sent beyond the fields that we know, to be given back as it came. */
export function unknownFields(body: JsonObject, known: ReadonlySet<string>): Extras {
  const unknown = Object.entries(body).filter(([field]) => !known.has(field) && field !== '__proto__');
  return unknown.length === 0 ? {} : { [dialect]: Object.fromEntries(unknown) };
}

/** The unknown fields of this dialect, to be put under the known ones. */
export function extraFields(extras: Extras): JsonObject {
  return extras[dialect] ?? {};
}

/** Milliseconds since 1970 as ISO text. */
export function isoTime(atMs: number): string {
  return new Date(atMs).toISOString();
}

export function isoTimeOrNull(atMs: number | null): string | null {
  return atMs === null ? null : isoTime(atMs);
}

/** Leaves out what is undefined: a field that was not sent must not overwrite. */
export function present<T extends object>(fields: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  const entries = Object.entries(fields).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as { [K in keyof T]?: Exclude<T[K], undefined> };
}
