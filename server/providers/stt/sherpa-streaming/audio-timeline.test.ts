import { expect, test } from 'vitest';
import { AudioTimeline } from './audio-timeline.ts';

test('audio in a row needs nothing', () => {
  const timeline = new AudioTimeline();
  expect(timeline.place(5_000, 20)).toEqual({ fillMs: 0, skipMs: 0 });
  expect(timeline.place(5_020, 20)).toEqual({ fillMs: 0, skipMs: 0 });
  expect(timeline.audioMsAt(timeline.fedMs)).toBe(5_040);
});

test('a short gap is filled with silence, so that time stays true', () => {
  const timeline = new AudioTimeline();
  timeline.place(0, 20);
  expect(timeline.place(80, 20)).toEqual({ fillMs: 60, skipMs: 0 });
  expect(timeline.fedMs).toBe(100);
  expect(timeline.audioMsAt(100)).toBe(100);
});

test('of a long gap only a little is filled, and time jumps', () => {
  const timeline = new AudioTimeline();
  timeline.place(0, 20);
  expect(timeline.place(60_020, 20)).toEqual({ fillMs: 300, skipMs: 0 });
  expect(timeline.fedMs).toBe(340);
  expect(timeline.audioMsAt(timeline.fedMs)).toBe(60_040);
  expect(timeline.audioMsAt(20)).toBe(20);
});

test('what was heard already is skipped', () => {
  const timeline = new AudioTimeline();
  timeline.place(0, 100);
  expect(timeline.place(60, 100)).toEqual({ fillMs: 0, skipMs: 40 });
  expect(timeline.place(100, 20)).toEqual({ fillMs: 0, skipMs: 20 });
  expect(timeline.fedMs).toBe(160);
});

test('a leg that counts from the beginning again is followed there', () => {
  const timeline = new AudioTimeline();
  timeline.place(90_000, 100);
  expect(timeline.place(0, 20)).toEqual({ fillMs: 0, skipMs: 0 });
  expect(timeline.audioMsAt(timeline.fedMs)).toBe(20);
});

test('our own silence at a turn end takes no call time', () => {
  const timeline = new AudioTimeline();
  timeline.place(1_000, 500);
  timeline.feedSilence(410);
  expect(timeline.audioMsAt(timeline.fedMs)).toBe(1_500);
  expect(timeline.place(1_500, 20)).toEqual({ fillMs: 0, skipMs: 0 });
  expect(timeline.audioMsAt(timeline.fedMs)).toBe(1_520);
});

test('rounding of positions is no gap', () => {
  const timeline = new AudioTimeline();
  timeline.place(0, 20);
  expect(timeline.place(20.4, 20)).toEqual({ fillMs: 0, skipMs: 0 });
  expect(timeline.place(39.7, 20)).toEqual({ fillMs: 0, skipMs: 0 });
});
