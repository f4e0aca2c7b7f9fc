import type { LlmTool } from '../../kinds/llm.ts';
import type { PromptTool } from './llm-messages.ts';

type Json = Readonly<Record<string, unknown>>;

/** Every text and list has a limit: without one a small model may fill in for ever. */
const longestText = 300;
const usualText = 120;
const longestList = 10;
/** Deeper or wider than this a grammar is larger than what it is good for. */
const deepest = 4;
const mostProperties = 30;

/**
 * The tool as a function whose arguments a grammar can hold the model to; undefined where its schema asks for what no
 * grammar here can say. An argument that need not be given is left out for less, and may be `null` otherwise.
 */
export function promptTool({ name, description, parameters }: LlmTool): PromptTool | undefined {
  const params = objectSchema(parameters, 0);
  return params && { name, description, params };
}

/** The arguments that the model filled in, without those it left open. */
export function givenArguments(params: Json): Json {
  return Object.fromEntries(Object.entries(params).filter(([, value]) => value !== null));
}

function grammarSchema(schema: unknown, depth: number): Json | undefined {
  if (!isObject(schema) || depth > deepest) return undefined;
  const described = typeof schema['description'] === 'string' ? { description: schema['description'] } : {};
  const converted = unionSchema(schema, depth) ?? valueSchema(schema) ?? typedSchema(schema, depth);
  return converted && { ...converted, ...described };
}

function unionSchema(schema: Json, depth: number): Json | undefined {
  const { type } = schema;
  const listed = schema['anyOf'] ?? schema['oneOf'];
  const variants: unknown = Array.isArray(type) ? type.map((one: unknown) => ({ ...schema, type: one })) : listed;
  if (!Array.isArray(variants) || variants.length === 0) return undefined;
  const converted = variants.map((variant) => grammarSchema(variant, depth + 1));
  return converted.includes(undefined) ? undefined : { oneOf: converted };
}

function valueSchema(schema: Json): Json | undefined {
  if (isPrimitive(schema['const'])) return { const: schema['const'] };
  const { enum: values } = schema;
  return Array.isArray(values) && values.length > 0 && values.every(isPrimitive) ? { enum: values } : undefined;
}

function typedSchema(schema: Json, depth: number): Json | undefined {
  switch (schema['type'] ?? (isObject(schema['properties']) ? 'object' : undefined)) {
    case 'string':
      return textSchema(schema);
    case 'integer':
    case 'number':
    case 'boolean':
    case 'null':
      return { type: schema['type'] };
    case 'array': {
      const items = grammarSchema(schema['items'], depth + 1);
      const most = Math.min(numberOr(schema['maxItems'], longestList), longestList);
      return (
        items && { type: 'array', items, minItems: Math.min(numberOr(schema['minItems'], 0), most), maxItems: most }
      );
    }
    case 'object':
      return objectSchema(schema, depth);
    default:
      return undefined;
  }
}

function textSchema(schema: Json): Json {
  const { format } = schema;
  if (format === 'date' || format === 'time' || format === 'date-time') return { type: 'string', format };
  const maxLength = Math.min(numberOr(schema['maxLength'], usualText), longestText);
  return { type: 'string', minLength: Math.min(numberOr(schema['minLength'], 0), maxLength), maxLength };
}

/** A grammar asks for every property: one that need not be given may be `null`, or is not asked for at all. */
function objectSchema(schema: Json, depth: number): Json | undefined {
  if (['$ref', 'allOf', 'anyOf', 'oneOf', 'not', 'if'].some((word) => word in schema)) return undefined;
  const properties = isObject(schema['properties']) ? Object.entries(schema['properties']) : [];
  if (properties.length > mostProperties || (properties.length === 0 && depth > 0)) return undefined;
  const required: readonly unknown[] = Array.isArray(schema['required']) ? schema['required'] : [];
  const converted = properties.map(([name, property]) => {
    const value = grammarSchema(property, depth + 1);
    return { name, isRequired: required.includes(name), value };
  });
  if (converted.some(({ isRequired, value }) => isRequired && value === undefined)) return undefined;
  const asked = converted.flatMap(({ name, isRequired, value }) => {
    if (value === undefined) return [];
    return [[name, isRequired ? value : { oneOf: [value, { type: 'null' }] }]];
  });
  return { type: 'object', properties: Object.fromEntries(asked) as Json };
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isPrimitive(value: unknown): value is string | number | boolean | null {
  return value === null || ['string', 'number', 'boolean'].includes(typeof value);
}

function numberOr(value: unknown, otherwise: number): number {
  return typeof value === 'number' && value >= 0 ? value : otherwise;
}
