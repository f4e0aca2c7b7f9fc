import { Ajv, type ValidateFunction } from 'ajv';
import type { JsonObject } from '../json-column.ts';
import type { Tool } from './tool.ts';

/** One thing that is wrong with a definition, by the field that has to be mended. */
export interface DefinitionProblem {
  readonly field: 'url' | 'tool_schema' | 'headers_schema' | 'payload_schema' | 'output_schema' | 'timeout';
  readonly message: string;
}

/** Everything that is wrong with a tool's definition. */
export function toolProblems(tool: Pick<Tool, 'url' | 'toolSchema' | 'payloadSchema'>): DefinitionProblem[] {
  const problems: DefinitionProblem[] = [];
  if (!isHttpUrl(tool.url)) problems.push({ field: 'url', message: 'must be an http or https URL' });
  const parameters = parametersOf(tool.toolSchema);
  const wrongParameters = parameters && schemaProblem(parameters);
  if (wrongParameters) problems.push({ field: 'tool_schema', message: wrongParameters });
  const wrongPayload = isJsonSchema(tool.payloadSchema) ? schemaProblem(tool.payloadSchema) : undefined;
  if (wrongPayload) problems.push({ field: 'payload_schema', message: wrongPayload });
  return problems;
}

export function isHttpUrl(text: string): boolean {
  const url = URL.parse(text);
  return url !== null && (url.protocol === 'http:' || url.protocol === 'https:') && url.hostname !== '';
}

/** The schema of the arguments in `{name, parameters}`, `{function: {parameters}}`, or where it stands alone. */
export function parametersOf(toolSchema: JsonObject): JsonObject | undefined {
  const inner = asObject(toolSchema['function']) ?? toolSchema;
  const parameters = asObject(inner['parameters']) ?? asObject(inner['input_schema']);
  if (parameters) return parameters;
  return isJsonSchema(inner) ? inner : undefined;
}

/** Whether this is a JSON Schema of an object rather than a map of values. */
export function isJsonSchema(value: JsonObject): boolean {
  return asObject(value['properties']) !== undefined || value['type'] === 'object' || '$schema' in value;
}

export function asObject(value: unknown): JsonObject | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : undefined;
}

/** Compiling takes time by length, and the house has other things to do meanwhile. */
const longestSchemaChars = 32_000;

/** What is wrong with a JSON Schema; undefined when it can be used. */
export function schemaProblem(schema: JsonObject): string | undefined {
  if (JSON.stringify(schema).length > longestSchemaChars) {
    return `is longer than ${longestSchemaChars} characters of JSON`;
  }
  try {
    compile(schema);
    return undefined;
  } catch (thrown) {
    return `is no usable JSON Schema: ${thrown instanceof Error ? thrown.message : String(thrown)}`;
  }
}

/** Fills in the schema's defaults and says what is wrong with the value: nothing when it fits. */
export function fillAndValidate(
  schema: JsonObject,
  value: JsonObject,
): { readonly value: JsonObject; readonly problems: readonly string[] } {
  const filled = structuredClone(value);
  const validate = compile(schema);
  if (validate(filled)) return { value: filled, problems: [] };
  const problems = (validate.errors ?? []).map((error) => {
    const place = error.instancePath.replaceAll('/', '.').replace(/^\./, '') || 'arguments';
    return `${place}: ${error.message ?? 'is wrong'}`;
  });
  return { value: filled, problems };
}

/**
 * A compiler per schema: foreign schemas share no ids and leave nothing behind. Patterns are not looked at: a regular
 * expression from outside can take longer than the house lives.
 */
function compile(schema: JsonObject): ValidateFunction {
  const { $schema: _dialect, $id: _id, ...plain } = schema;
  const ajv = new Ajv({ allErrors: true, strict: false, useDefaults: true, validateFormats: false });
  return ajv.removeKeyword('pattern').removeKeyword('patternProperties').compile(plain);
}
