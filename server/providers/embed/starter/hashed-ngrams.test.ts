import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { hashedNgrams } from './hashed-ngrams.ts';

function distance(first: string, second: string): number {
  const other = hashedNgrams(second);
  return 1 - hashedNgrams(first).reduce((sum, value, place) => sum + value * (other[place] ?? 0), 0);
}

/** Seven or so sentences of a shop's handbook: a whole passage of 120 words. */
const passage =
  'Refunds are paid within fourteen days after the parcel has come back to our warehouse in Jena. The money goes to the ' +
  'account or card that was used for the order. Postage for the way back is paid by the customer unless the article was ' +
  'damaged. Please keep the receipt of the post office until the refund has arrived. Vouchers are valid for three years ' +
  'and can be used in each of our shops. Gift wrapping costs two euros for each article. Orders above fifty euros are ' +
  'delivered free of charge. Express delivery takes one working day and costs nine euros more.';

test('every text has a vector of length 1 with 384 numbers, always the same', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (text) => {
      const vector = hashedNgrams(text);
      expect(vector).toHaveLength(384);
      expect(Math.hypot(...vector)).toBeCloseTo(1, 4);
      expect(hashedNgrams(text)).toEqual(vector);
    }),
  );
});

test('a question is near the passage that answers it in the same words, and far from others', () => {
  expect(distance('When are refunds paid after the parcel came back?', passage)).toBeLessThan(0.5);
  expect(distance('How much is express delivery?', passage)).toBeLessThan(0.5);
  expect(distance('Can I bring my dog to the swimming pool?', passage)).toBeGreaterThan(0.55);
});

test('forms of a word and slips of spelling stay close', () => {
  expect(distance('refunded', 'refund')).toBeLessThan(distance('refunded', 'delivery') - 0.1);
  expect(distance('recieve a parcel', 'receive a parcel')).toBeLessThan(0.4);
});

test('function words alone still have a direction', () => {
  expect(distance('who is it', 'who is it')).toBeCloseTo(0, 5);
  expect(distance('', '')).toBeCloseTo(0, 5);
});
