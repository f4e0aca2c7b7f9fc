import { expect, test } from 'vitest';
import { seededRandom } from '../testing/random.ts';
import { Unwrapper } from './wrap.ts';

test.each([16, 32] as const)('%i-bit counters keep their true distance over many wraps and reordering', (bits) => {
  const random = seededRandom(bits);
  const span = 2 ** bits;
  const unwrapper = new Unwrapper(bits);
  let truth = span - 5;
  const base = unwrapper.extend(truth % span) - truth;
  for (let i = 0; i < 5_000; i++) {
    truth += Math.floor(random() * (span / 4));
    const displaced = truth - Math.floor(random() * Math.min(span / 4, truth));
    expect(unwrapper.extend(truth % span) - base).toBe(truth);
    expect(unwrapper.extend(displaced % span) - base).toBe(displaced);
  }
});

test('a packet from before the first one seen does not come out negative', () => {
  const unwrapper = new Unwrapper(16);
  const first = unwrapper.extend(2);
  expect(first - unwrapper.extend(65_530)).toBe(8);
  expect(unwrapper.extend(65_530)).toBeGreaterThan(0);
});
