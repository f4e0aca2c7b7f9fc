import { expect, test } from 'vitest';
import { utterancesOf } from './utterances.ts';

/** Levels of stretches, each `[dB, ms]`. */
function levels(...stretches: readonly (readonly [number, number])[]): Float32Array {
  return Float32Array.from(stretches.flatMap(([db, ms]) => Array.from({ length: ms / 20 }, () => db)));
}

test('speech is cut at pauses of 0.7 s, with a fifth of a second around it', () => {
  const found = utterancesOf(
    levels([-90, 1_000], [-20, 500], [-90, 400], [-20, 300], [-90, 900], [-25, 1_000], [-90, 100]),
  );
  expect(found).toEqual([
    { startMs: 800, endMs: 2_400 },
    { startMs: 2_900, endMs: 4_200 },
  ]);
});

test('noise is no speech, clicks are none either, and silence gives nothing', () => {
  expect(utterancesOf(levels([-45, 5_000]))).toEqual([]);
  expect(utterancesOf(levels([-60, 2_000], [-10, 40], [-60, 2_000]))).toEqual([]);
  expect(utterancesOf(levels([-96, 3_000]))).toEqual([]);
  expect(utterancesOf(new Float32Array())).toEqual([]);
});

test('what goes on for long is divided into parts that a recogniser can take', () => {
  const found = utterancesOf(levels([-90, 6_000], [-20, 20_000]));
  expect(found.length).toBe(3);
  for (const { startMs, endMs } of found) expect(endMs - startMs).toBeLessThanOrEqual(9_000);
  expect(found.at(0)?.startMs).toBe(5_800);
  expect(found.at(-1)?.endMs).toBe(26_000);
});
