import { expect, test } from 'vitest';
import { LatenessHistogram } from './lateness-histogram.ts';

test('percentiles are right to a tenth, the maximum exactly', () => {
  const histogram = new LatenessHistogram();
  for (let ms = 1; ms <= 1_000; ms++) histogram.add(ms / 10);
  const { p50, p99, max } = histogram.summary();
  expect(p50).toBeGreaterThanOrEqual(50);
  expect(p50).toBeLessThan(55.5);
  expect(p99).toBeGreaterThanOrEqual(99);
  expect(max).toBe(100);
});

test('an empty one says zero, and one far out of range is kept as maximum', () => {
  const histogram = new LatenessHistogram();
  expect(histogram.summary()).toEqual({ p50: 0, p99: 0, max: 0 });
  histogram.add(1e9);
  expect(histogram.summary()).toEqual({ p50: 1e9, p99: 1e9, max: 1e9 });
});
