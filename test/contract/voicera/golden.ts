import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A request or answer as the published page of this API prints it. */
export function example(name: string): Record<string, unknown> {
  return JSON.parse(readFileSync(join(import.meta.dirname, 'examples', `${name}.json`), 'utf8')) as Record<
    string,
    unknown
  >;
}

/** What differs from run to run, as the page prints it, and how the real thing looks. */
const placeholders: readonly { readonly name: string; readonly printed: RegExp; readonly real: RegExp }[] = [
  {
    name: '<id>',
    printed: /^[a-z]+(-[a-z]+)*-uuid$/,
    real: /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
  },
  { name: '<time>', printed: /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/, real: /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/ },
  { name: '<token>', printed: /^(eyJ.*|new-jwt-token)$/, real: /^(eyJ[\w-]+\.[\w-]+\.[\w-]+|[\w-]{43})$/ },
  { name: '<url>', printed: /^https:\/\/(signed-url|minio)/, real: /^http:\/\/127\.0\.0\.1:\d+\/\S+\?token=\S+$/ },
];

/** The same value with every id, time, token and URL by its kind. */
export function withoutChance(value: unknown, form: 'printed' | 'real'): unknown {
  if (Array.isArray(value)) return value.map((item) => withoutChance(item, form));
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, withoutChance(inner, form)]));
  }
  if (typeof value !== 'string') return value;
  return placeholders.find((placeholder) => placeholder[form].test(value))?.name ?? value;
}
