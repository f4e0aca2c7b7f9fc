import { describe, expect, test } from 'vitest';
import { answered, known, pressed, volunteered } from './heard-value.ts';
import { type Parameter, requiredParameters } from './parameters.ts';

function parameterOf(name: string, schema: object): Parameter {
  const tool = { name: 't', description: '', parameters: { properties: { [name]: schema }, required: [name] } };
  const [only] = requiredParameters(tool) ?? [];
  return only ?? expect.fail('It can not be asked for.');
}

const orderNumber = parameterOf('order_number', { type: 'string', description: 'The order number' });
const orderId = parameterOf('orderId', { type: 'integer' });
const people = parameterOf('party_size', { type: 'integer', description: 'Number of people', minimum: 1, maximum: 12 });
const size = parameterOf('size', { enum: ['small', 'large', 'extra_large'] });
const gift = parameterOf('gift_wrap', { type: 'boolean' });
const name = parameterOf('customer_name', { type: 'string' });
const note = parameterOf('note', { type: 'string', description: 'What is it about?' });

test.each([
  [orderNumber, 'What is your order number?'],
  [orderId, 'What is your order id?'],
  [people, 'What is the number of people?'],
  [size, 'What is your size: small, large or extra large?'],
  [gift, 'Gift wrap: yes or no?'],
  [note, 'What is it about?'],
])('is asked for by its description or name: %o', ({ question }, expected) => {
  expect(question).toBe(expected);
});

test.each([
  { type: 'string', format: 'date' },
  { type: 'string', format: 'email' },
  { type: 'array', items: {} },
  { type: 'object' },
])('what can not be said on the telephone is not asked for: %o', (schema) => {
  const parameters = { properties: { x: schema }, required: ['x'] };
  expect(requiredParameters({ name: 't', description: '', parameters })).toBeUndefined();
  expect(requiredParameters({ name: 't', description: '', parameters: { ...parameters, required: [] } })).toEqual([]);
});

describe('the answer to its question', () => {
  test.each([
    [orderNumber, 'it is four seven one one', '4711'],
    [orderNumber, 'um four seven', '47'],
    [orderNumber, 'a b one two three four', 'AB1234'],
    [orderNumber, 'it is AB-1234', 'AB-1234'],
    [orderNumber, 'one moment please', undefined],
    [orderNumber, 'i do not know it', undefined],
    [orderId, 'double five one', 551],
    [orderId, 'two hundred', undefined],
    [people, 'we are four', 4],
    [people, 'twenty', undefined],
    [people, 'at 1:05', undefined],
    [orderId, '4,711', 4711],
    [orderId, '4.5', undefined],
    [people, 'two or three', undefined],
    [size, 'the large one please', 'large'],
    [size, 'extra large', 'extra_large'],
    [size, 'small or large', undefined],
    [gift, 'yes please', true],
    [gift, 'no thank you', false],
    [gift, 'what does it cost', undefined],
    [name, 'my name is john smith', 'John Smith'],
    [note, 'my car does not start', 'my car does not start'],
  ])('%o in "%s"', (parameter, said, expected) => {
    expect(answered(parameter, said)).toBe(expected);
  });
});

describe('what is said of it unasked', () => {
  test.each([
    [orderNumber, 'where is my order four seven one one', '4711'],
    [orderNumber, 'i have one question where is my order', undefined],
    [orderNumber, 'i called at nine about order four seven one one', undefined],
    [orderId, 'where is order seven', 7],
    [people, 'a table for two people', 2],
    [people, 'a table at seven', undefined],
    [size, 'a large pizza', 'large'],
    [gift, 'yes where is it', undefined],
    [name, 'this is john smith', undefined],
    [note, 'where is my order', undefined],
  ])('%o in "%s"', (parameter, said, expected) => {
    expect(volunteered(parameter, said)).toBe(expected);
  });
});

test('keys give digits, the place of a choice, and 1 or 2 for yes and no', () => {
  expect(pressed(orderNumber, '4711#')).toBe('4711');
  expect(pressed(orderId, '4711')).toBe(4711);
  expect(pressed(size, '2')).toBe('large');
  expect(pressed(size, '9')).toBeUndefined();
  expect([pressed(gift, '1'), pressed(gift, '2'), pressed(gift, '3')]).toEqual([true, false, undefined]);
  expect(pressed(note, '1')).toBeUndefined();
});

test('data of the call is taken under the very same name, as what the schema wants', () => {
  expect(known(orderNumber, { orderNumber: ' 4711 ' })).toBe('4711');
  expect(known(orderId, { order_id: '4711' })).toBe(4711);
  expect(known(orderId, { order_id: 'unknown' })).toBeUndefined();
  expect(known(size, { size: 'Extra Large' })).toBe('extra_large');
  expect(known(orderNumber, { number: '4711' })).toBeUndefined();
});
