import { z } from 'zod';
import type { Extras, JsonObject } from '../../../domain/json-column.ts';

/** Name of this dialect in `extras`. */
const dialect = 'kupe';

export { uuidText as uuid } from '../../route.ts';
export { isoTime, isoTimeOrNull, jsonObject, longText, present, queryBoolean, shortText } from '../../wire-fields.ts';

/** What this dialect keeps of its own in `extras`. */
export function extraFields(extras: Extras): JsonObject {
  return extras[dialect] ?? {};
}

export function asExtras(fields: JsonObject): Extras {
  return { [dialect]: fields };
}

/** Body of an answer that is an object of any content; for what a route documents. */
export const anyObject = z.looseObject({});
