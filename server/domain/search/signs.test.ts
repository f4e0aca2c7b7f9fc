import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { signBytes, signScores, signsOf } from './signs.ts';

const vector = fc.array(fc.float({ min: -1, max: 1, noNaN: true }), { minLength: 384, maxLength: 384 });

test('a score is the question times the signs of each stored vector, wherever it stands', () => {
  fc.assert(
    fc.property(vector, fc.array(vector, { minLength: 1, maxLength: 4 }), fc.nat(3), (question, stored, base) => {
      const signs = new Uint8Array(stored.length * signBytes);
      for (const [place, each] of stored.entries()) signs.set(signsOf(Float32Array.from(each)), place * signBytes);
      const scores = signScores(Float32Array.from(question), [{ base, signs }], base + stored.length);
      for (const [place, each] of stored.entries()) {
        const expected = question.reduce((sum, value, at) => sum + ((each[at] ?? 0) > 0 ? value : -value), 0);
        expect(scores[base + place]).toBeCloseTo(expected, 2);
      }
    }),
    { numRuns: 30 },
  );
});
