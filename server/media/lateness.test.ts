import { expect, test } from 'vitest';
import { LatenessHistogram } from './lateness.ts';

test('percentiles and the maximum are those of the records', () => {
  const histogram = new LatenessHistogram();
  for (let i = 1; i <= 1_000; i++) histogram.record(i / 100, i);
  histogram.record(400, 1_001);
  expect(histogram.percentile(0.5)).toBeCloseTo(5, 0);
  expect(histogram.percentile(0.99)).toBeCloseTo(9.9, 0);
  expect(histogram.max).toBe(400);
});

test('a bad minute is forgotten after two', () => {
  const histogram = new LatenessHistogram();
  histogram.record(100, 0);
  histogram.record(1, 61_000);
  expect(histogram.max).toBe(100);
  histogram.record(1, 122_000);
  expect(histogram.max).toBe(1);
  expect(histogram.percentile(1)).toBe(1);
});
