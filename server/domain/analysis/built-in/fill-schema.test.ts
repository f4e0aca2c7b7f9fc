import { Ajv } from 'ajv';
import { expect, test } from 'vitest';
import { fillSchema } from './fill-schema.ts';

const known = new Map<string, unknown>([
  ['customername', 'Mary Jones'],
  ['leadscore', 85],
  ['sentiment', 'positive'],
  ['interested', true],
  ['keyphrases', ['roof', 'gutter']],
  ['amount', '12.50'],
]);

test('values are found by name in any spelling, in the type that is wanted, and all else is null', () => {
  const schema = {
    type: 'object',
    properties: {
      customer_name: { type: 'string' },
      customerName: { type: ['string', 'null'] },
      'Lead Score': { type: 'integer' },
      lead_score: { type: 'string' },
      amount: { type: 'number' },
      interested: { type: 'boolean' },
      sentiment: { type: 'string', enum: ['Positive', 'Negative'] },
      key_phrases: { type: 'array', items: { type: 'string' } },
      budget: { type: 'number' },
      version: { const: 2 },
      nested: { type: 'object', properties: { customer_name: { type: 'string' }, city: { type: 'string' } } },
    },
  };
  expect(fillSchema(schema, known)).toEqual({
    customer_name: 'Mary Jones',
    customerName: 'Mary Jones',
    'Lead Score': 85,
    lead_score: '85',
    amount: 12.5,
    interested: true,
    sentiment: 'Positive',
    key_phrases: ['roof', 'gutter'],
    budget: null,
    version: 2,
    nested: { customer_name: 'Mary Jones', city: null },
  });
});

test('a value that does not fit is null rather than wrong', () => {
  const schema = {
    properties: {
      customer_name: { type: 'integer' },
      interested: { type: 'string', enum: ['yes', 'no'] },
      key_phrases: { type: 'boolean' },
      sentiment: { type: 'array' },
    },
  };
  expect(Object.values(fillSchema(schema, known))).toEqual([null, null, null, null]);
});

test('what it fills in is valid where nulls are allowed', () => {
  const property = (type: string) => ({ type: [type, 'null'] });
  const schema = {
    type: 'object',
    required: ['customer_name', 'city'],
    properties: { customer_name: property('string'), city: property('string'), lead_score: property('number') },
  };
  expect(new Ajv().compile(schema)(fillSchema(schema, known))).toBe(true);
});
