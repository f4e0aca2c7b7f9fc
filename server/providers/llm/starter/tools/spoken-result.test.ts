import { expect, test } from 'vitest';
import { spokenResult } from './spoken-result.ts';

test.each<[string, readonly string[]]>([
  ['Your order is on its way.', ['Your order is on its way.']],
  ['"Shipped"', ['Shipped.']],
  ['{"message":"It comes on Friday. Be at home.","id":7}', ['It comes on Friday.', 'Be at home.']],
  [
    '{"status":"shipped","lateDays":2,"paid":true,"carrier":"DHL"}',
    ['Status: shipped.', 'Late days: 2.', 'Paid: yes.'],
  ],
  ['{"order":{"status":"open"}}', ['Status: open.']],
  ['{"url":"https://x/y","id":"11111111-1111-4111-8111-111111111111","lines":[1],"gone":null}', []],
  ['["red","blue","green","grey"]', ['red.', 'blue.', 'green.']],
  ['One. Two. Three. Four.', ['One.', 'Two.', 'Three.']],
  ['<html><body>Hello</body></html>', []],
  ['{}', []],
  ['null', []],
  ['', []],
  ['42', ['42.']],
])('of %s is said %o', (text, said) => {
  expect(spokenResult(text)).toEqual(said);
});
