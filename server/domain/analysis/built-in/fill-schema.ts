import type { JsonObject } from '../../json-column.ts';
import { asObject } from '../../tools/tool-schema.ts';

const deepest = 8;

/**
 * An object of the schema's shape with the known values where their names and types fit, and null everywhere else. A
 * property is matched by its name, whatever its spelling (`customerName`, `customer_name`, `Customer Name`).
 */
export function fillSchema(schema: JsonObject, known: ReadonlyMap<string, unknown>): JsonObject {
  return fillObject(schema, known, 0);
}

/** How names are compared. */
export function plainName(name: string): string {
  return name.toLowerCase().replaceAll(/[^\p{L}\p{N}]/gu, '');
}

function fillObject(schema: JsonObject, known: ReadonlyMap<string, unknown>, depth: number): JsonObject {
  const properties = Object.entries(asObject(schema['properties']) ?? {});
  return Object.fromEntries(
    properties.map(([name, property]) => [name, fill(name, asObject(property) ?? {}, known, depth)]),
  );
}

function fill(name: string, schema: JsonObject, known: ReadonlyMap<string, unknown>, depth: number): unknown {
  if (schema['const'] !== undefined) return schema['const'];
  const value = fitted(known.get(plainName(name)), schema);
  if (value !== undefined) return value;
  if (depth < deepest && asObject(schema['properties'])) return fillObject(schema, known, depth + 1);
  return null;
}

/** The value in the type that the schema wants; undefined where it can't be had. */
function fitted(value: unknown, schema: JsonObject): unknown {
  if (value === undefined || value === null) return undefined;
  const allowed = schema['enum'];
  if (Array.isArray(allowed)) return allowed.find((one) => plainName(wordOf(one)) === plainName(wordOf(value)));
  const types = [schema['type']].flat().filter((type) => type !== undefined && type !== 'null');
  if (types.length === 0) return value;
  return types.map((type) => asType(value, type)).find((one) => one !== undefined);
}

function asType(value: unknown, type: unknown): unknown {
  switch (type) {
    case 'string':
      if (Array.isArray(value)) return value.join(', ');
      return typeof value === 'object' ? undefined : wordOf(value);
    case 'number':
      return numberOf(value);
    case 'integer':
      return Number.isInteger(numberOf(value)) ? numberOf(value) : undefined;
    case 'boolean':
      return typeof value === 'boolean' ? value : undefined;
    case 'array':
      return Array.isArray(value) ? value : undefined;
    case 'object':
      return asObject(value);
    default:
      return undefined;
  }
}

function wordOf(value: unknown): string {
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? '');
}

function numberOf(value: unknown): number | undefined {
  const number =
    typeof value === 'number' ? value : typeof value === 'string' && value.trim() !== '' ? Number(value) : Number.NaN;
  return Number.isFinite(number) ? number : undefined;
}
