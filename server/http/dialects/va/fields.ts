import type { Extras, JsonObject } from '../../../domain/json-column.ts';
import { unknownFields as unknownOf } from '../../wire-fields.ts';

export { isoTime, isoTimeOrNull, jsonObject, longText, present, shortText } from '../../wire-fields.ts';

/** Name of this dialect in `extras`. */
const dialect = 'va';

/** What the client sent beyond the fields that we know, to be given back as it came. */
export function unknownFields(body: JsonObject, known: ReadonlySet<string>): Extras {
  return unknownOf(dialect, body, known);
}

/** The unknown fields of this dialect, to be put under the known ones. */
export function extraFields(extras: Extras): JsonObject {
  return extras[dialect] ?? {};
}
