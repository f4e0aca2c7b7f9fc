import { LandlineError } from '../../contract/errors.ts';
import type { JsonObject } from '../json-column.ts';
import type { Tool } from './tool.ts';
import { asObject, fillAndValidate, isJsonSchema } from './tool-schema.ts';

interface HttpRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** The HTTP request of one tool call. Throws `tool-arguments-invalid` when the payload schema is not met. */
export function toolRequest(tool: Tool, args: JsonObject): HttpRequest {
  const { url, used } = fillUrl(tool.url, args);
  const headers = headerValues(tool.headersSchema, args);
  const rest = Object.fromEntries(Object.entries(args).filter(([name]) => !used.has(name) && !(name in headers)));
  const payload = payloadOf(tool.payloadSchema, rest, args);
  if (tool.httpMethod === 'GET' || tool.httpMethod === 'DELETE') {
    return {
      method: tool.httpMethod,
      url: withQuery(url, payload),
      headers: { Accept: 'application/json', ...headers },
    };
  }
  return {
    method: tool.httpMethod,
    url,
    headers: { 'Content-Type': 'application/json', Accept: 'application/json', ...headers },
    body: JSON.stringify(payload),
  };
}

const placeholder = /\{\{\s*([\w.-]+)\s*\}\}|(?<!\{)\{([\w.-]+)\}(?!\})/g;

/** Puts arguments, encoded, into the places of path and query; the host is never filled in. */
function fillUrl(template: string, args: JsonObject): { readonly url: string; readonly used: ReadonlySet<string> } {
  const used = new Set<string>();
  const at = /^https?:\/\/[^/?#]*/i.exec(template)?.[0].length ?? 0;
  const filled = template.slice(at).replaceAll(placeholder, (whole, double?: string, single?: string) => {
    const name = double ?? single ?? '';
    if (!(name in args)) return whole;
    used.add(name);
    return encodeURIComponent(textOf(args[name]));
  });
  return { url: template.slice(0, at) + filled, used };
}

function textOf(value: unknown): string {
  if (typeof value === 'string') return value;
  return value === undefined || value === null ? '' : JSON.stringify(value);
}

/** Values by name; a property of a schema gives its `const`, `value` or `default`, else the argument of its name. */
function headerValues(schema: JsonObject, args: JsonObject): Record<string, string> {
  const entries = Object.entries(asObject(schema['properties']) ?? schema);
  const values = entries.flatMap(([name, value]): [string, string][] => {
    const property = asObject(value);
    const given = property ? (property['const'] ?? property['value'] ?? property['default'] ?? args[name]) : value;
    return given === undefined || given === null
      ? []
      : [[name, fillText(textOf(given), args).replaceAll(/[\r\n]/g, ' ')]];
  });
  return Object.fromEntries(values);
}

/** Arguments that meet the schema, defaults filled in; or constants (filled in with arguments) under the arguments. */
function payloadOf(schema: JsonObject, rest: JsonObject, args: JsonObject): JsonObject {
  if (!isJsonSchema(schema)) return { ...(fillValue(schema, args) as JsonObject), ...rest };
  const constants = Object.entries(asObject(schema['properties']) ?? {}).flatMap(([name, property]) => {
    const value = asObject(property)?.['const'];
    return value === undefined ? [] : [[name, value] as const];
  });
  const { value, problems } = fillAndValidate(schema, { ...rest, ...Object.fromEntries(constants) });
  if (problems.length > 0) throw new LandlineError('tool-arguments-invalid', problems.join('; '), { problems });
  return value;
}

function fillValue(value: unknown, args: JsonObject): unknown {
  if (typeof value === 'string') {
    const name = /^\{\{\s*([\w.-]+)\s*\}\}$/.exec(value)?.[1];
    return name !== undefined && name in args ? args[name] : fillText(value, args);
  }
  if (Array.isArray(value)) return value.map((inner) => fillValue(inner, args));
  const object = asObject(value);
  if (!object) return value;
  return Object.fromEntries(Object.entries(object).map(([name, inner]) => [name, fillValue(inner, args)]));
}

function fillText(text: string, args: JsonObject): string {
  return text.replaceAll(/\{\{\s*([\w.-]+)\s*\}\}/g, (whole, name: string) =>
    name in args ? textOf(args[name]) : whole,
  );
}

function withQuery(text: string, payload: JsonObject): string {
  const url = new URL(text);
  for (const [name, value] of Object.entries(payload)) {
    const values = Array.isArray(value) ? value : [value];
    for (const one of values) if (one !== undefined && one !== null) url.searchParams.append(name, textOf(one));
  }
  return url.href;
}

/** Only what the schema lists: its `properties` (also of what lies inside), or the keys of a plain map. */
export function pick(value: unknown, schema: JsonObject): unknown {
  if (Array.isArray(value)) {
    const items = asObject(schema['items']) ?? schema;
    return value.map((inner) => pick(inner, items));
  }
  const object = asObject(value);
  const listed = asObject(schema['properties']) ?? (schema['type'] === undefined ? schema : {});
  const names = Object.keys(listed);
  if (!object || names.length === 0) return value;
  const kept = names.filter((name) => Object.hasOwn(object, name));
  return Object.fromEntries(kept.map((name) => [name, pick(object[name], asObject(listed[name]) ?? {})]));
}
