import { z } from 'zod';
import type { Extras, JsonObject } from '../../../domain/json-column.ts';
import { unknownFields as unknownOf } from '../../wire-fields.ts';

/** Name of this dialect in `extras`. */
const dialect = 'voicera';

/** What the client sent beyond the fields that we know, to be given back as it came. */
export function unknownFields(body: JsonObject, known: ReadonlySet<string>): Extras {
  return unknownOf(dialect, body, known);
}

/** The unknown fields after a change: those that were sent beside those that were not. */
export function changedUnknownFields(before: Extras, body: JsonObject, known: ReadonlySet<string>): Extras {
  const sent = unknownFields(body, known)[dialect];
  return sent === undefined ? {} : { [dialect]: { ...before[dialect], ...sent } };
}

/** The unknown fields of this dialect, to be put under the known ones. */
export function extraFields(extras: Extras): JsonObject {
  return extras[dialect] ?? {};
}

/** Milliseconds since 1970 as this API prints times: whole seconds, e.g. `2024-01-29T10:30:00Z`. */
export function isoSeconds(atMs: number): string {
  return `${new Date(atMs).toISOString().slice(0, 19)}Z`;
}

export function isoSecondsOrNull(atMs: number | null): string | null {
  return atMs === null ? null : isoSeconds(atMs);
}

/** A point in time as clients send it: ISO 8601; without a zone it is UTC. Parses to milliseconds since 1970. */
export const timeText = z
  .string()
  .refine((text) => parseTime(text) !== undefined, 'must be an ISO 8601 time, e.g. 2024-04-01T00:00:00Z')
  .transform((text) => parseTime(text) ?? 0);

/** ISO 8601 as milliseconds since 1970: a day (UTC), or a time, which is UTC unless it names its zone. */
export function parseTime(text: string): number | undefined {
  const shape = /^\d{4}-\d\d-\d\d([T ]\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-]\d\d:?\d\d)?)?$/i.exec(text);
  if (!shape) return undefined;
  const hasZone = shape[4] !== undefined || shape[1] === undefined;
  const atMs = Date.parse(hasZone ? text : `${text}Z`);
  return Number.isNaN(atMs) ? undefined : atMs;
}

export const timeWire = z.string().meta({ format: 'date-time' });
export const nullableTimeWire = timeWire.nullable();
