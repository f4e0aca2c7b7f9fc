import { expect, test } from 'vitest';
import { add, babble, join, noise, silence } from '../testing/signals.ts';
import { DtmfDetector } from './dtmf-detector.ts';
import { dtmfTone } from './dtmf-tones.ts';

const dialled = '19*#50A2D0';

function tones(digits: string, sampleRate: number, onMs = 50, offMs = 50): Int16Array {
  return join(
    ...digits.split('').flatMap((digit) => {
      const on = new Int16Array((onMs * sampleRate) / 1_000);
      dtmfTone(digit, sampleRate, 0, on);
      return [on, silence(offMs, sampleRate)];
    }),
  );
}

function detect(samples: Int16Array, sampleRate: number): string {
  let found = '';
  const detector = new DtmfDetector((digit) => {
    found += digit;
  });
  const frame = sampleRate / 50;
  for (let at = 0; at < samples.length; at += frame)
    detector.push({ samples: samples.subarray(at, at + frame), sampleRate, position: at });
  return found;
}

test.each([8_000, 16_000])('digits of 50 ms are found at %i Hz, also 15 dB over noise', (sampleRate) => {
  const clean = tones(dialled, sampleRate);
  expect(detect(clean, sampleRate)).toBe(dialled);
  const hiss = noise((clean.length / sampleRate) * 1_000, sampleRate, -10 - 15);
  expect(detect(add(clean, hiss), sampleRate)).toBe(dialled);
});

test('a key held for a second is one digit, the same key pressed twice is two', () => {
  expect(detect(tones('5', 8_000, 1_000), 8_000)).toBe('5');
  expect(detect(tones('55', 8_000), 8_000)).toBe('55');
});

test('no digit is heard in 20 s of voices and noise', () => {
  const voices = join(...Array.from({ length: 5 }, (_, seed) => babble(4_000, 8_000, -15, seed)));
  expect(detect(voices, 8_000)).toBe('');
  expect(detect(noise(5_000, 8_000, -15), 8_000)).toBe('');
});
