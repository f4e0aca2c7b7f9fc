import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { highest, keywordScores, type TermPostings } from './keyword-score.ts';
import { lengthsTerm, numbersOf, SegmentBuilder } from './postings.ts';
import { termsOf } from './terms.ts';

/** Scores of the texts, indexed in segments of `perSegment`. */
function scores(texts: readonly string[], question: string, perSegment = texts.length): Float32Array {
  const segments: { base: number; lengths: Uint32Array; rows: Map<string, Uint8Array> }[] = [];
  for (let base = 0; base < texts.length; base += perSegment) {
    const builder = new SegmentBuilder();
    for (const text of texts.slice(base, base + perSegment)) builder.add(termsOf(text), new Float32Array(384));
    const rows = new Map(builder.rows());
    segments.push({ base, lengths: numbersOf(rows.get(lengthsTerm) as Uint8Array), rows });
  }
  const terms = [...new Set(termsOf(question))].map((term) =>
    segments.flatMap((segment): TermPostings[] => {
      const postings = segment.rows.get(term);
      return postings ? [{ segment, postings }] : [];
    }),
  );
  return keywordScores(segments, terms);
}

/** BM25 as the textbook has it. */
function textbook(texts: readonly string[], question: string): readonly number[] {
  const chunks = texts.map(termsOf);
  const average = chunks.reduce((sum, terms) => sum + terms.length, 0) / chunks.length;
  return chunks.map((terms) => {
    let score = 0;
    for (const word of new Set(termsOf(question))) {
      const holding = chunks.filter((each) => each.includes(word)).length;
      const count = terms.filter((each) => each === word).length;
      const rarity = Math.log((chunks.length - holding + 0.5) / (holding + 0.5));
      score += (rarity * count * 2.2) / (count + 1.2 * (0.25 + (0.75 * terms.length) / average));
    }
    return score;
  });
}

const filler = Array.from({ length: 40 }, (_, index) => `Filler number ${index} about nothing.`);

test('the passage with the rare word comes first, however common the other words are', () => {
  const texts = [...filler, 'The refund takes fourteen days.', 'The days are long about nothing.'];
  expect(highest(scores(texts, 'how many days for the refund'), 1)).toEqual([40]);
});

test('scores are those of the textbook where words are rare enough', () => {
  const texts = [...filler, 'red kettle', 'red red kettle with a lid', 'blue kettle', 'a lid and a lid'];
  const own = scores(texts, 'red kettle lid');
  for (const [place, expected] of textbook(texts, 'red kettle lid').entries())
    expect(own[place]).toBeCloseTo(expected, 3);
});

test('it makes no difference how passages are spread over segments', () => {
  const texts = fc.array(fc.string({ unit: fc.constantFrom('a', 'b', 'c', ' '), minLength: 1, maxLength: 20 }), {
    minLength: 1,
    maxLength: 30,
  });
  fc.assert(
    fc.property(texts, fc.integer({ min: 1, max: 10 }), (each, perSegment) => {
      expect(scores(each, 'ab bc c', perSegment)).toEqual(scores(each, 'ab bc c'));
    }),
  );
});

test('among two passages a word in both still counts', () => {
  expect(highest(scores(['refund please', 'refund refund'], 'refund'), 2)).toEqual([1, 0]);
});

test('the highest are in order, with equal ones in order of place', () => {
  expect(highest(Float32Array.of(0, 3, 1, 3, 0, 2), 3)).toEqual([1, 3, 5]);
  fc.assert(
    fc.property(fc.array(fc.nat(5)), fc.integer({ min: 1, max: 6 }), (values, limit) => {
      const sorted = values.map((value, place) => ({ value, place })).filter(({ value }) => value > 0);
      sorted.sort((a, b) => b.value - a.value || a.place - b.place);
      expect(highest(Float32Array.from(values), limit)).toEqual(sorted.slice(0, limit).map(({ place }) => place));
    }),
  );
});

describe('terms', () => {
  test.each([
    ['refund', 'Refunds refunded refunding refund'],
    ['clos', 'close closes closed closing'],
    ['stop', 'stop stops stopped stopping'],
    ['delivery', 'delivery deliveries'],
    ['box', 'box boxes'],
  ])('forms of "%s" meet', (term, forms) => expect(new Set(termsOf(forms))).toEqual(new Set([term])));

  test('accents of Latin letters do not matter, marks of other scripts do', () => {
    expect(termsOf('Café Königstraße')).toEqual(['cafe', 'konigstraße']);
    expect(termsOf('हिन्दी')).toEqual(['हिन्दी'.normalize('NFC')]);
  });

  test('scripts without spaces are looked up by pairs of signs', () => {
    expect(termsOf('営業時間')).toEqual(['営業', '業時', '時間']);
  });

  test('what belongs to someone is theirs', () => expect(termsOf("the shop's keys")).toEqual(['the', 'shop', 'key']));
});
