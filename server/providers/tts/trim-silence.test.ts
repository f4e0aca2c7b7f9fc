import { expect, test } from 'vitest';
import { trimSilence } from './trim-silence.ts';

/** 8 samples are a millisecond at 8 kHz. */
function speechBetween(leadMs: number, speechMs: number, tailMs: number): Int16Array {
  const samples = new Int16Array(8 * (leadMs + speechMs + tailMs));
  samples.fill(5_000, 8 * leadMs, 8 * (leadMs + speechMs));
  return samples;
}

test('long silence around speech shrinks to the margins', () => {
  const trimmed = trimSilence(speechBetween(200, 300, 150), 8_000, 10, 40);
  expect(trimmed.length / 8).toBe(350);
  expect(trimmed.findIndex((sample) => sample !== 0) / 8).toBe(10);
});

test('a margin that is not there is not made up', () => {
  expect(trimSilence(speechBetween(4, 300, 7), 8_000, 10, 40).length / 8).toBe(311);
});

test('pure silence leaves nothing', () => {
  expect(trimSilence(new Int16Array(800), 8_000, 10, 40)).toHaveLength(0);
});
