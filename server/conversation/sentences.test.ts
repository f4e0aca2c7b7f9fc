import { describe, expect, test } from 'vitest';
import { SentenceCutter } from './sentences.ts';

/** Pieces of a text that comes in tokens of a few letters, as a language model gives it. */
function pieces(text: string, tokenLength = 4): readonly string[] {
  const cutter = new SentenceCutter();
  const found: string[] = [];
  for (let at = 0; at < text.length; at += tokenLength) found.push(...cutter.push(text.slice(at, at + tokenLength)));
  return [...found, ...cutter.end()];
}

describe('cutting streamed text', () => {
  test.each([
    ['We are open. Please come in!', ['We are open.', 'Please come in!']],
    ['Ask Dr. Smith or Mrs. Jones. They know.', ['Ask Dr. Smith or Mrs. Jones.', 'They know.']],
    ['It costs 3.50 euros. Yes.', ['It costs 3.50 euros.', 'Yes.']],
    ['We close at 5 p.m. Please come before.', ['We close at 5 p.m.', 'Please come before.']],
    ['We close at 5 p.m. on Monday.', ['We close at 5 p.m. on Monday.']],
    ['My name is J. Smith. Hello.', ['My name is J. Smith.', 'Hello.']],
    ['1. Press the key. 2. Wait.', ['1. Press the key.', '2. Wait.']],
    ['Well… perhaps. "Really?" Yes.', ['Well…', 'perhaps.', '"Really?"', 'Yes.']],
    ['One line\nand another', ['One line', 'and another']],
    ['   ', []],
    ['...', []],
    ['No end', ['No end']],
  ])('%j', (text, expected) => {
    expect(pieces(text)).toEqual(expected);
    expect(pieces(text, 1_000)).toEqual(expected);
  });

  test('a sentence is ready as soon as the next one begins, not only at the end', () => {
    const cutter = new SentenceCutter();
    expect(cutter.push('We are open. P')).toEqual(['We are open.']);
  });

  test('a long first sentence is begun at its comma, later ones are not', () => {
    const long = 'We are open from nine in the morning, and we close at five in the afternoon on all days.';
    expect(pieces(`${long} ${long}`)).toEqual([
      'We are open from nine in the morning,',
      'and we close at five in the afternoon on all days.',
      long,
    ]);
  });

  test('no piece is longer than the limit, and no letter is lost', () => {
    const endless = 'word '.repeat(200).trim();
    const found = pieces(endless);
    expect(Math.max(...found.map((piece) => piece.length))).toBeLessThanOrEqual(220);
    expect(found.join(' ')).toBe(endless);
    const unbroken = 'x'.repeat(1_000);
    expect(pieces(unbroken).join('')).toBe(unbroken);
  });

  test('nothing is lost or doubled, however the tokens fall', () => {
    const text = 'Yes, Dr. Who at 10:30 a.m. told us: "Come in, all 1,200 of you!" Then he left. Why? Nobody knows.';
    for (let tokenLength = 1; tokenLength < 20; tokenLength++) expect(pieces(text, tokenLength).join(' ')).toBe(text);
  });
});
