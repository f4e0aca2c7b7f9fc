import { expect, test } from 'vitest';
import { levelDb } from '../dsp/level.ts';
import { babble, tone } from '../testing/signals.ts';
import { Concealer } from './concealment.ts';

test.each([8_000, 16_000])('a lost frame at %i Hz keeps the level and goes on without a jump', (sampleRate) => {
  const frame = sampleRate / 50;
  const speech = babble(400, sampleRate, -16);
  const concealer = new Concealer(sampleRate);
  const before = speech.slice(0, 10 * frame);
  concealer.heard(before);
  const filled = new Int16Array(frame);
  concealer.conceal(filled);
  const truth = speech.subarray(10 * frame, 11 * frame);
  expect(Math.abs(levelDb(filled) - levelDb(truth))).toBeLessThan(6);
  const largestStep = Math.max(...before.slice(1).map((sample, i) => Math.abs(sample - (before[i] ?? 0))));
  expect(Math.abs((filled[0] ?? 0) - (before.at(-1) ?? 0))).toBeLessThanOrEqual(largestStep);
});

test('a long gap fades to silence after 60 ms', () => {
  const concealer = new Concealer(8_000);
  concealer.heard(tone(150, 200));
  const filled = new Int16Array(800);
  concealer.conceal(filled);
  const level = (fromMs: number, untilMs: number) => levelDb(filled.subarray(fromMs * 8, untilMs * 8));
  expect(level(0, 10)).toBeGreaterThan(-17);
  expect(level(30, 40)).toBeLessThan(level(0, 10) - 3);
  expect(filled.subarray(60 * 8).every((sample) => sample === 0)).toBe(true);
});

test('what comes after the gap is blended in and then left alone', () => {
  const concealer = new Concealer(8_000);
  concealer.heard(tone(150, 200));
  concealer.conceal(new Int16Array(160));
  const next = tone(150, 20).map((sample) => -sample);
  const blended = next.slice();
  concealer.heard(blended);
  expect(blended.subarray(0, 8)).not.toEqual(next.subarray(0, 8));
  expect(blended.subarray(40)).toEqual(next.subarray(40));
});
