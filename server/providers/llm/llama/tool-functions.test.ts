import { describe, expect, test } from 'vitest';
import { givenArguments, promptTool } from './tool-functions.ts';

const tool = (parameters: Record<string, unknown>) =>
  promptTool({ name: 'find', description: 'Finds.', parameters })?.params;
const object = (properties: Record<string, unknown>, required: readonly string[] = Object.keys(properties)) => ({
  type: 'object',
  properties,
  required,
});

describe('a tool as a function of the model', () => {
  test('keeps what a grammar can say, and gives every text and list a limit', () => {
    const schema = object({
      text: { type: 'string', description: 'What for.', pattern: '^x' },
      long: { type: 'string', minLength: 5, maxLength: 9_000 },
      day: { type: 'string', format: 'date' },
      mail: { type: 'string', format: 'email' },
      count: { type: 'integer', minimum: 1 },
      kind: { enum: ['a', 'b', null] },
      fixed: { const: 7 },
      list: { type: 'array', items: { type: 'number' }, maxItems: 500 },
      inner: object({ flag: { type: 'boolean' } }),
    });
    expect(tool(schema)).toEqual({
      type: 'object',
      properties: {
        text: { type: 'string', minLength: 0, maxLength: 120, description: 'What for.' },
        long: { type: 'string', minLength: 5, maxLength: 300 },
        day: { type: 'string', format: 'date' },
        mail: { type: 'string', minLength: 0, maxLength: 120 },
        count: { type: 'integer' },
        kind: { enum: ['a', 'b', null] },
        fixed: { const: 7 },
        list: { type: 'array', items: { type: 'number' }, minItems: 0, maxItems: 10 },
        inner: { type: 'object', properties: { flag: { type: 'boolean' } } },
      },
    });
  });

  test('asks for null where an argument need not be given, and gives on what was filled in', () => {
    expect(tool(object({ a: { type: 'integer' }, b: { type: ['string', 'null'] } }, ['a']))).toEqual({
      type: 'object',
      properties: {
        a: { type: 'integer' },
        b: { oneOf: [{ oneOf: [expect.objectContaining({ type: 'string' }), { type: 'null' }] }, { type: 'null' }] },
      },
    });
    expect(givenArguments({ a: 1, b: null, c: '' })).toEqual({ a: 1, c: '' });
  });

  test('leaves out an argument that cannot be said and need not be given', () => {
    expect(tool(object({ a: { type: 'integer' }, ref: { $ref: '#/x' }, any: {} }, ['a']))).toEqual({
      type: 'object',
      properties: { a: { type: 'integer' } },
    });
    expect(tool({})).toEqual({ type: 'object', properties: {} });
  });

  test.each([
    ['a reference', object({ a: { $ref: '#/x' } })],
    ['anything at all', object({ a: {} })],
    ['a map', object({ a: { type: 'object', additionalProperties: true } })],
    ['a list of anything', object({ a: { type: 'array' } })],
    ['alternatives of the whole', { oneOf: [object({}), object({})] }],
    ['an unknown type', object({ a: { type: 'date' } })],
    [
      'too many properties',
      object(Object.fromEntries(Array.from({ length: 40 }, (_, n) => [`p${n}`, { type: 'null' }]))),
    ],
    [
      'a schema without an end',
      object({ a: Array.from({ length: 9 }).reduce<object>((a) => object({ a }), { type: 'null' }) }),
    ],
  ])('cannot be made of %s that must be given', (_what, schema) => {
    expect(tool(schema)).toBeUndefined();
  });
});
