/** What a contract document says of a value (JSON Schema 2020-12, as far as our documents use it). */
export interface Schema {
  readonly type?: string | readonly string[];
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly allOf?: readonly Schema[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly items?: Schema;
  readonly minItems?: number;
  readonly minLength?: number;
  readonly minimum?: number;
  readonly exclusiveMinimum?: number;
  readonly format?: string;
}

/** Values by the name of the field they go into, before anything is guessed. */
export type Known = Readonly<Record<string, unknown>>;

const texts: readonly (readonly [RegExp, string])[] = [
  [/e?mail/i, 'somebody@landline.example'],
  [/url|endpoint/i, 'https://hooks.example.com/landline'],
  [/phone|number|^to$/i, '+15550142'],
  [/time_?zone/i, 'Europe/Berlin'],
  [/date|_at$|_time$/i, '2030-01-01T10:00:00.000Z'],
  [/password/i, 'a long enough password 1'],
  [/language/i, 'en-US'],
  [/model|provider/i, 'gpt-4.1-mini'],
  [/column_type/i, 'text'],
];

/** A value that the schema takes: everything required, and of the rest what names something by id. */
export function sample(schema: Schema, known: Known, field = ''): unknown {
  if (field in known) return known[field];
  if (schema.const !== undefined) return schema.const;
  if (schema.enum) return schema.enum[0];
  const choice = (schema.anyOf ?? schema.oneOf)?.find(({ type }) => type !== 'null');
  if (choice) return sample(choice, known, field);
  const type = Array.isArray(schema.type)
    ? (schema.type as readonly string[]).find((one) => one !== 'null')
    : schema.type;
  if (type === 'object' || schema.properties) return sampleObject(schema, known);
  if (type === 'array') return schema.items ? [sample(schema.items, known, field.replace(/s$/, ''))] : [];
  if (type === 'boolean') return true;
  if (type === 'number' || type === 'integer') return Math.max(schema.minimum ?? 1, (schema.exclusiveMinimum ?? 0) + 1);
  return texts.find(([name]) => name.test(field))?.[1] ?? 'text of a walk through all operations';
}

function sampleObject(schema: Schema, known: Known): Record<string, unknown> {
  const required = new Set(schema.required);
  const wanted = Object.entries(schema.properties ?? {}).filter(([name]) => required.has(name) || name in known);
  return Object.fromEntries(wanted.map(([name, property]) => [name, sample(property, known, name)]));
}
