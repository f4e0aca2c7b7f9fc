import { expect, test } from 'vitest';
import { newTally } from '../leg-tally.ts';
import { join, silence, tone } from '../testing/signals.ts';
import { PlayoutQueue } from './playout-queue.ts';

const frame = 160;

/** Samples numbered from `from` on, so that every one can be recognised. */
function numbered(from: number, length: number): Int16Array {
  return Int16Array.from({ length }, (_, i) => from + i);
}

function read(queue: PlayoutQueue, frames: number): { samples: Int16Array; marks: string[] } {
  const pieces: Int16Array[] = [];
  const marks: string[] = [];
  for (let i = 0; i < frames; i++) {
    const samples = new Int16Array(frame);
    const played = queue.read(samples);
    if (!played) continue;
    pieces.push(samples);
    if (played.isFirst) marks.push(`first ${played.speechId}`);
    if (played.isLast) marks.push(`last ${played.speechId}`);
  }
  return { samples: join(...pieces), marks };
}

test('chunks of any length come out as one seamless speech', () => {
  const queue = new PlayoutQueue(8_000, newTally());
  for (let at = 0; at < 1_600; at += 100) queue.add(1, numbered(at, 100), at === 1_500);
  const { samples, marks } = read(queue, 12);
  expect(samples).toEqual(numbered(0, 1_600));
  expect(marks).toEqual(['first 1', 'last 1']);
  expect(queue.isEmpty).toBe(true);
});

test('a speech waits for a cushion of 60 ms, but not longer than 60 ms for it', () => {
  const queue = new PlayoutQueue(8_000, newTally());
  queue.add(1, numbered(0, 200), false);
  expect(read(queue, 2).samples.length).toBe(0);
  expect(read(queue, 1).samples.length).toBe(frame);
  const other = new PlayoutQueue(8_000, newTally());
  other.add(1, numbered(0, 480), false);
  expect(read(other, 1).samples.length).toBe(frame);
});

test('running dry in the middle of a speech is counted once, and the rest is played when it comes', () => {
  const tally = newTally();
  const queue = new PlayoutQueue(8_000, tally);
  queue.add(1, numbered(0, 480), false);
  expect(read(queue, 6).samples.length).toBe(480);
  expect(tally.underruns).toBe(1);
  queue.add(1, numbered(480, 160), true);
  expect(read(queue, 2)).toEqual({ samples: numbered(480, 160), marks: ['last 1'] });
});

test('a speech whose last chunk is empty is still finished', () => {
  const queue = new PlayoutQueue(8_000, newTally());
  queue.add(1, numbered(0, 480), false);
  read(queue, 3);
  queue.add(1, new Int16Array(0), true);
  expect(read(queue, 2).marks).toEqual(['last 1']);
});

test('the frame read last can be taken back', () => {
  const queue = new PlayoutQueue(8_000, newTally());
  queue.add(1, numbered(0, 320), true);
  read(queue, 2);
  queue.unread();
  expect(queue.flush().speeches).toEqual([{ speechId: 1, playedMs: 20, queuedMs: 40 }]);
});

test.each([
  ['long after its beginning', 660, 445],
  ['shortly after its beginning, and the word before', 500, 195],
  ['150 ms after the quiet point before it', 320, 165],
  ['in the first 150 ms of all', 100, 0],
])('after a pause %s, the word cut is heard whole, and nothing is skipped', (_, stoppedMs, fromMs) => {
  const speech = join(tone(500, 150), silence(60), tone(600, 190), silence(60), tone(300, 300), silence(60));
  const queue = new PlayoutQueue(8_000, newTally());
  queue.add(1, speech, true);
  const before = read(queue, stoppedMs / 20).samples;
  queue.pause();
  expect(read(queue, 5).samples.length).toBe(0);
  queue.resume();
  const after = read(queue, 60).samples;
  expect(before).toEqual(speech.subarray(0, stoppedMs * 8));
  expect(after.subarray(0, speech.length - fromMs * 8)).toEqual(speech.subarray(fromMs * 8));
});

test('what was heard is counted once, however often it was repeated', () => {
  const queue = new PlayoutQueue(8_000, newTally());
  queue.add(4, tone(500, 1_000), true);
  read(queue, 20);
  queue.pause();
  queue.resume();
  read(queue, 5);
  const [heard] = queue.flush().speeches;
  expect(heard?.speechId).toBe(4);
  expect(heard?.playedMs).toBeGreaterThanOrEqual(400);
  expect(heard?.playedMs).toBeLessThan(500);
});

test('a queue of two minutes is full: newer audio is dropped and counted', () => {
  const tally = newTally();
  const queue = new PlayoutQueue(8_000, tally);
  for (let second = 0; second < 121; second++) queue.add(1, new Int16Array(8_000), false);
  expect(tally.playoutDropped).toBe(1);
  expect(queue.aheadMs).toBe(120_000);
});

test('a new speech ends the one before it', () => {
  const queue = new PlayoutQueue(8_000, newTally());
  queue.add(1, numbered(0, 480), false);
  queue.add(2, numbered(1_000, 480), true);
  expect(read(queue, 8).marks).toEqual(['first 1', 'last 1', 'first 2', 'last 2']);
});
