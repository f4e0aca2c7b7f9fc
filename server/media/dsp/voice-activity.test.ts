import { expect, test } from 'vitest';
import { VoiceActivity } from './voice-activity.ts';

/** `#` is a voiced frame; returns the changes with the index of their frame. */
function changes(frames: string): [number, string][] {
  const activity = new VoiceActivity();
  const found: [number, string][] = [];
  frames.split('').forEach((frame, index) => {
    const change = activity.push(frame === '#');
    if (change) found.push([index, change]);
  });
  return found;
}

test('a voice begins with the fourth voiced frame of five', () => {
  expect(changes('..####')).toEqual([[5, 'onset']]);
  expect(changes('..##.##')).toEqual([[6, 'onset']]);
  expect(changes('##..##..##..##..')).toEqual([]);
});

test('it is confirmed by nine of twelve', () => {
  expect(changes('#########')).toEqual([
    [3, 'onset'],
    [8, 'confirmed'],
  ]);
});

test('a cough begins and stops without being confirmed', () => {
  expect(changes('.#####.....')).toEqual([
    [4, 'onset'],
    [10, 'stopped'],
  ]);
});

test('a pause of 80 ms does not stop it, one of 100 ms does, and it can begin again', () => {
  expect(changes('##########....##########').filter(([, change]) => change === 'stopped')).toEqual([]);
  expect(changes('##########.....####')).toEqual([
    [3, 'onset'],
    [8, 'confirmed'],
    [14, 'stopped'],
    [18, 'onset'],
  ]);
});
