import { expect, test } from 'vitest';
import { aLaw } from '../codec/g711.ts';
import { add, babble, join, noise, silence, tone } from '../testing/signals.ts';
import { ToneDetector, type ToneReport } from './tone-detector.ts';

function heard(samples: Int16Array, sampleRate = 8_000): ToneReport[] {
  const found: ToneReport[] = [];
  const detector = new ToneDetector((each) => found.push(each));
  const size = sampleRate / 50;
  for (let at = 0; at + size <= samples.length; at += size) {
    detector.push({ samples: samples.slice(at, at + size), sampleRate, position: at });
  }
  return found;
}

test.each([440, 1_000, 1_400, 1_950])('a beep of %i Hz is found once it is over, with its length', (frequency) => {
  for (const sampleRate of [8_000, 16_000]) {
    const line = join(
      babble(1_500, sampleRate),
      silence(205, sampleRate),
      tone(frequency, 400, sampleRate),
      silence(500, sampleRate),
    );
    const found = heard(line, sampleRate);
    expect(found).toHaveLength(1);
    expect(Math.abs((found[0]?.frequencyHz ?? 0) - frequency)).toBeLessThan(15);
    expect(Math.abs((found[0]?.lastedMs ?? 0) - 400)).toBeLessThanOrEqual(40);
  }
});

test('a beep in noise and through a telephone codec is still one', () => {
  const line = add(join(silence(300), tone(1_000, 250, 8_000, -15), silence(400)), noise(950, 8_000, -45));
  expect(heard(line)).toHaveLength(1);
  const decoded = line.map((sample) => aLaw.samples[aLaw.codes[sample & 0xffff] ?? 0] ?? 0);
  expect(heard(decoded)).toHaveLength(1);
});

test('voices, noise, hums, digits, clicks and tones that go on are no beep', () => {
  for (let seed = 1; seed <= 8; seed++) {
    expect(heard(join(babble(4_000, 8_000, -15, seed), silence(400)))).toEqual([]);
    expect(heard(join(noise(2_000, 8_000, -20, seed), silence(400)))).toEqual([]);
  }
  expect(heard(join(tone(180, 800), silence(400)))).toEqual([]);
  expect(heard(join(tone(2_600, 400), silence(400)))).toEqual([]);
  expect(heard(join(add(tone(770, 400), tone(1_336, 400)), silence(400)))).toEqual([]);
  expect(heard(join(tone(1_000, 100), silence(400)))).toEqual([]);
  expect(heard(tone(1_000, 3_000))).toEqual([]);
  expect(heard(join(tone(1_000, 400), babble(2_000)))).toEqual([]);
});
