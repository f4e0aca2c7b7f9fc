import type { LlmTool } from '../../../kinds/llm.ts';
import { saidName } from './wording.ts';

/** Something that a tool has to be told. */
export interface Parameter {
  readonly name: string;
  /** As it is said: "order number". */
  readonly said: string;
  /** Of a choice: what may be said. */
  readonly choices: readonly (string | number)[];
  readonly kind: 'choice' | 'yes-no' | 'number' | 'code' | 'name' | 'text';
  readonly question: string;
  /** Of a number. */
  readonly least: number;
  readonly most: number;
}

type Schema = Readonly<Record<string, unknown>>;

const mostSaidChoices = 5;
const codeWords =
  /\b(?:number|id|code|digits|pin|phone|mobile|zip|postal|postcode|reference|ref|account|invoice|ticket)\b/;

/** What has to be asked for, in order; undefined when something has to be given that can't be said on the telephone. */
export function requiredParameters({ parameters }: LlmTool): readonly Parameter[] | undefined {
  const properties = asSchema(parameters['properties']) ?? {};
  const required = Array.isArray(parameters['required']) ? parameters['required'] : [];
  const wanted = required
    .filter((name): name is string => typeof name === 'string')
    .map((name) => ({ name, schema: asSchema(properties[name]) ?? {} }))
    .filter(({ schema }) => schema['default'] === undefined && schema['const'] === undefined);
  const found = wanted.map(({ name, schema }) => parameterOf(name, schema));
  return found.every((parameter) => parameter !== undefined) ? found : undefined;
}

/** Arguments that the schema itself gives. */
export function constants({ parameters }: LlmTool): Readonly<Record<string, unknown>> {
  const entries = Object.entries(asSchema(parameters['properties']) ?? {}).flatMap(([name, property]) => {
    const value = asSchema(property)?.['const'];
    return value === undefined ? [] : [[name, value] as const];
  });
  return Object.fromEntries(entries);
}

function parameterOf(name: string, schema: Schema): Parameter | undefined {
  const description = typeof schema['description'] === 'string' ? schema['description'].trim() : '';
  const said = saidAs(name, description);
  const choices = (Array.isArray(schema['enum']) ? schema['enum'] : []).filter(
    (value): value is string | number => typeof value === 'string' || typeof value === 'number',
  );
  const kind = kindOf(schema, `${saidName(name)} ${said}`, choices);
  if (kind === undefined) return undefined;
  const question = description.endsWith('?') ? description : questionFor(kind, said, choices);
  const limit = (key: string, otherwise: number) => (typeof schema[key] === 'number' ? schema[key] : otherwise);
  return { name, said, choices, kind, question, least: limit('minimum', 0), most: limit('maximum', Infinity) };
}

function kindOf(schema: Schema, said: string, choices: readonly unknown[]): Parameter['kind'] | undefined {
  if (choices.length > 0) return 'choice';
  const types: readonly unknown[] = Array.isArray(schema['type']) ? schema['type'] : [schema['type'] ?? 'string'];
  if (types.includes('boolean')) return 'yes-no';
  if (types.includes('integer') || types.includes('number')) return 'number';
  if (!types.includes('string')) return undefined;
  if (schema['format'] === 'phone' || schema['format'] === 'tel') return 'code';
  if (schema['format'] !== undefined) return undefined;
  if (codeWords.test(said)) return 'code';
  return /\bname\b/.test(said) ? 'name' : 'text';
}

/** The description where it is a short name of the thing, else the name. */
function saidAs(name: string, description: string): string {
  const plain = description.replace(/[.:]$/, '').replace(/^(?:the|a|an|your|their|customer's|caller's) /i, '');
  const isName = plain !== '' && plain.split(/\s+/).length <= 4 && !/[?.,:;(]/.test(plain);
  if (!isName) return saidName(name);
  return /^[A-Z][a-z ]/.test(plain) ? plain.charAt(0).toLowerCase() + plain.slice(1) : plain;
}

function questionFor(kind: Parameter['kind'], said: string, choices: readonly (string | number)[]): string {
  if (kind === 'yes-no') return `${said.charAt(0).toUpperCase()}${said.slice(1)}: yes or no?`;
  const whose = said.includes(' of ') ? 'the' : 'your';
  if (kind !== 'choice' || choices.length > mostSaidChoices) return `What is ${whose} ${said}?`;
  return `What is ${whose} ${said}: ${orOf(choices.map((choice) => saidName(String(choice))))}?`;
}

function orOf(names: readonly string[]): string {
  return names.length < 2 ? (names[0] ?? '') : `${names.slice(0, -1).join(', ')} or ${names.at(-1) ?? ''}`;
}

function asSchema(value: unknown): Schema | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Schema) : undefined;
}
