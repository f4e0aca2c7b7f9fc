import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { countWords, Splitter } from './splitter.ts';

function split(...texts: readonly string[]): readonly string[] {
  const splitter = new Splitter();
  return [...texts.flatMap((text) => [...splitter.push(text)]), ...splitter.end()];
}

const sentence = (name: string, words: number) => `${name} ${'word '.repeat(words - 2)}end.`;

test('passages have about 120 words and end with a sentence', () => {
  const sentences = Array.from({ length: 40 }, (_, index) => sentence(`S${index}`, 17));
  const passages = split(sentences.join(' '));
  expect(passages.length).toBeGreaterThan(5);
  for (const passage of passages) {
    expect(countWords(passage)).toBeLessThanOrEqual(120);
    expect(passage).toMatch(/end\.$/);
  }
  for (const each of sentences) expect(passages.some((passage) => passage.includes(each))).toBe(true);
});

test('the last sentence of a passage is said again in the next one', () => {
  const passages = split(Array.from({ length: 20 }, (_, index) => sentence(`S${index}`, 17)).join(' '));
  const [first = '', second = ''] = passages;
  expect(first.slice(first.lastIndexOf('S'))).toBe(second.slice(0, second.indexOf(' S')));
});

test('a long paragraph ends its passage, short ones share one', () => {
  expect(split(`${sentence('A', 95)}\n\n${sentence('B', 20)}\n\n${sentence('C', 20)}`)).toEqual([
    sentence('A', 95),
    `${sentence('B', 20)}\n${sentence('C', 20)}`,
  ]);
});

test('abbreviations in lower case and decimals end no sentence', () => {
  expect(split('It costs approx. 3.50 dollars. Ask for it.')).toEqual(['It costs approx. 3.50 dollars. Ask for it.']);
});

test('a sentence without end, and a word without end, are cut', () => {
  const passages = split('word '.repeat(1_000), 'x'.repeat(10_000), '漢'.repeat(3_000));
  for (const passage of passages) expect(passage.length).toBeLessThanOrEqual(1_500);
  expect(passages.join('').match(/word/g)).toHaveLength(1_000);
  expect(passages.join('').match(/x/g)).toHaveLength(10_000);
  expect(passages.join('').match(/漢/g)).toHaveLength(3_000);
});

test('whatever the text, each of its words is in a passage, and no passage is long or empty', () => {
  fc.assert(
    fc.property(fc.array(fc.string({ unit: 'grapheme', maxLength: 400 }), { maxLength: 8 }), (texts) => {
      const passages = split(...texts);
      const held = new Set(passages.join(' ').split(/\s+/));
      for (const passage of passages) {
        expect(passage.trim()).not.toBe('');
        expect(passage.length).toBeLessThan(3_000);
      }
      for (const word of texts
        .flatMap((text) => text.split(/\s+/))
        .filter((each) => each !== '' && each.length < 300)) {
        expect(held.has(word) || passages.join('').replaceAll(/\s/g, '').includes(word)).toBe(true);
      }
    }),
  );
});
