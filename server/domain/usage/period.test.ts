import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { bucketStartMs, bucketStarts, grains, periodStartMs, periods } from './period.ts';

const moment = fc.integer({ min: Date.UTC(1971, 0, 1), max: Date.UTC(2200, 0, 1) });

test('every moment lies in the last of the buckets that lead to it, which follow each other without gaps', () => {
  fc.assert(
    fc.property(fc.constantFrom(...grains), moment, fc.integer({ min: 0, max: 90 * 86_400_000 }), (grain, to, back) => {
      const from = Math.max(0, to - back);
      const starts = bucketStarts(grain, from, to);
      expect(starts[0]).toBe(bucketStartMs(grain, from));
      expect(starts.at(-1)).toBe(bucketStartMs(grain, to));
      for (const [at, start] of starts.entries()) {
        expect(bucketStartMs(grain, start)).toBe(start);
        if (at > 0) expect(bucketStartMs(grain, start - 1)).toBe(starts[at - 1]);
      }
    }),
  );
});

test('a period begins before now, at midnight UTC', () => {
  fc.assert(
    fc.property(fc.constantFrom(...periods), moment, (period, now) => {
      const start = periodStartMs(period, now);
      expect(start).toBeLessThanOrEqual(now);
      expect(start % 86_400_000).toBe(0);
    }),
  );
});

test('weeks begin on Monday, and four months are this one and the three before it', () => {
  const now = Date.UTC(2030, 1, 17, 23, 59);
  const starts = periods.map((period) => new Date(periodStartMs(period, now)).toISOString().slice(0, 10));
  expect(starts).toEqual(['2030-02-17', '2030-02-11', '2030-02-01', '2029-11-01', '2030-01-01', '1970-01-01']);
});
