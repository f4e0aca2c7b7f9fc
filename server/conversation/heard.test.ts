import { expect, test } from 'vitest';
import { heardText } from './heard.ts';

const text = 'We are open from nine to five';

test('nothing was heard of a sentence that was not played', () => {
  expect(heardText(text, 0, 2_000)).toBe('');
});

test('half the audio is about half the letters, in whole words', () => {
  expect(heardText(text, 1_000, 2_000)).toBe('We are open');
});

test('a sentence without its last breath was heard as a whole', () => {
  expect(heardText(text, 1_950, 2_000)).toBe(text);
});

test('more played never means less heard', () => {
  let longest = '';
  for (let playedMs = 0; playedMs <= 2_000; playedMs += 20) {
    const heard = heardText(text, playedMs, 2_000);
    expect(text.startsWith(heard)).toBe(true);
    expect(heard.length).toBeGreaterThanOrEqual(longest.length);
    longest = heard;
  }
  expect(longest).toBe(text);
});
