import { expect, test } from 'vitest';
import { clauses } from './clauses.ts';

test('a short text is one piece, and no text is none', () => {
  expect(clauses('  Hello there.  ', 40)).toEqual(['Hello there.']);
  expect(clauses('   ', 40)).toEqual([]);
});

test('a long text is cut at sentence ends first, then at commas, then between words', () => {
  expect(clauses('One two three. Four five six.', 20)).toEqual(['One two three.', 'Four five six.']);
  expect(clauses('One two three, four five six', 20)).toEqual(['One two three,', 'four five six']);
  expect(clauses('one two three four five six', 14)).toEqual(['one two three', 'four five six']);
});

test('a word that is longer than a piece is cut inside', () => {
  expect(clauses('abcdefghij', 4)).toEqual(['abcd', 'efgh', 'ij']);
});
