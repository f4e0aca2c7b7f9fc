import { z } from 'zod';
import type { Extras, JsonObject } from '../domain/json-column.ts';

/** A JSON object of any content, kept as it is. */
export const jsonObject: z.ZodType<JsonObject> = z.record(z.string(), z.unknown());

export const shortText = z.string().trim().min(1, 'must not be empty').max(200, 'must be at most 200 characters');
export const longText = z.string().max(100_000, 'must be at most 100,000 characters');

/** A whole number as a query has it. */
export const queryNumber = (what: string, least: number) =>
  z
    .string()
    .regex(/^\d{1,9}$/, `must be a whole number of at least ${least}`)
    .transform(Number)
    .refine((value) => value >= least, `${what} must be at least ${least}`);

/** Booleans as clients of all kinds write them in a query. */
export const queryBoolean = z
  .enum(['true', 'false', '1', '0', 'True', 'False'], 'must be true or false')
  .transform((text) => text === 'true' || text === 'True' || text === '1');

/** Milliseconds since 1970 as ISO text, e.g. `2024-01-29T10:30:00.000Z`. */
export function isoTime(atMs: number): string {
  return new Date(atMs).toISOString();
}

export function isoTimeOrNull(atMs: number | null): string | null {
  return atMs === null ? null : isoTime(atMs);
}

/** What the client sent beyond the fields that we know, to be given back as it came in the same dialect. */
export function unknownFields(dialect: string, body: JsonObject, known: ReadonlySet<string>): Extras {
  const unknown = Object.entries(body).filter(([field]) => !known.has(field) && field !== '__proto__');
  return unknown.length === 0 ? {} : { [dialect]: Object.fromEntries(unknown) };
}

/** Leaves out what is undefined: a field that was not sent must not overwrite. */
export function present<T extends object>(fields: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  const entries = Object.entries(fields).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as { [K in keyof T]?: Exclude<T[K], undefined> };
}
