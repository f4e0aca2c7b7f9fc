import type { JsonObject } from '../json-column.ts';
import { asObject } from './tool-schema.ts';

/** Shorter values are no secrets, and taking them out would make holes in ordinary text. */
const shortestSecret = 8;

/** A tool's text without the header values that open it: some services show the request in their answer. */
export function withoutSecrets(text: string, headers: JsonObject): string {
  const values = Object.values(asObject(headers['properties']) ?? headers).flatMap((value) => {
    const property = asObject(value);
    return property ? [property['const'], property['value'], property['default']] : [value];
  });
  const secrets = values
    .filter((value) => typeof value === 'string')
    .flatMap((value) => [value, ...value.split(/\s+/)])
    .filter((value) => value.length >= shortestSecret && !/^(?:application|text)\//.test(value))
    .sort((one, other) => other.length - one.length);
  return secrets.reduce((shown, secret) => shown.replaceAll(secret, '[hidden]'), text);
}
