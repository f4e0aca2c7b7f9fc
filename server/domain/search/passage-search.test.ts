import { expect, test } from 'vitest';
import { rank } from './passage-search.ts';

const candidates = [
  { place: 0, distance: 0.2, keyword: 0 },
  { place: 1, distance: 0.6, keyword: 8 },
  { place: 2, distance: 0.9, keyword: 10 },
];

test('the combined score weighs both sides, the best keyword score counting 1', () => {
  const ranked = rank(candidates, { weights: { keyword: 0.4, semantic: 0.6 }, threshold: 2, limit: 5 });
  expect(
    ranked.map(({ place, sparseScore, combinedScore }) => [place, sparseScore, Math.round(combinedScore * 100)]),
  ).toEqual([
    [1, 0.8, 56],
    [0, 0, 48],
    [2, 1, 46],
  ]);
});

test('what is beyond the threshold is left out, but still sets the measure', () => {
  const ranked = rank(candidates, { weights: { keyword: 0.4, semantic: 0.6 }, threshold: 0.85, limit: 5 });
  expect(ranked.map(({ place, sparseScore }) => [place, sparseScore])).toEqual([
    [1, 0.8],
    [0, 0],
  ]);
});

test('one side alone is its own order', () => {
  const byWords = rank(candidates, { weights: { keyword: 1, semantic: 0 }, threshold: 2, limit: 2 });
  expect(byWords.map(({ place }) => place)).toEqual([2, 1]);
  const byMeaning = rank(candidates, { weights: { keyword: 0, semantic: 1 }, threshold: 2, limit: 3 });
  expect(byMeaning.map(({ place }) => place)).toEqual([0, 1, 2]);
});
