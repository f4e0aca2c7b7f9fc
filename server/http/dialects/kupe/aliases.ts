import { z } from 'zod';
import type { JsonObject } from '../../../domain/json-column.ts';

/** Other names of a field, by its own. */
export type Aliases = Readonly<Record<string, readonly string[]>>;

/**
 * An object whose fields may also come in camelCase or by an alias. The field's own name wins where both came; fields
 * that nobody knows are kept as they are.
 */
export function aliased<T extends z.ZodRawShape>(shape: T, aliases: Aliases = {}) {
  const own = new Map<string, string>();
  for (const name of Object.keys(shape)) {
    own.set(
      name.replaceAll(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase()),
      name,
    );
    for (const alias of aliases[name] ?? []) own.set(alias, name);
  }
  const renamed = (value: unknown): unknown => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
    const fields = value as JsonObject;
    const result: Record<string, unknown> = {};
    for (const [key, field] of Object.entries(fields)) {
      const name = own.get(key) ?? key;
      if (name === '__proto__') continue;
      if (name === key || !(name in fields)) result[name] = field;
    }
    return result;
  };
  return z.preprocess(renamed, z.looseObject(shape));
}
