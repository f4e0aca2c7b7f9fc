import { expect, test } from 'vitest';
import type { Clock } from '../lifetime/clock.ts';
import { VirtualClock } from '../lifetime/virtual-clock.ts';
import { Tick } from './tick.ts';

/** A clock whose timers fire late on demand, like a process that is not scheduled. */
class LateClock implements Clock {
  readonly inner = new VirtualClock(0);
  stallMs = 0;

  now(): number {
    return this.inner.now();
  }

  after(delayMs: number, run: () => void) {
    const stalledMs = this.stallMs;
    this.stallMs = 0;
    return this.inner.after(delayMs + stalledMs, run);
  }
}

function target(clock: Clock): {
  readonly dues: number[];
  readonly sentAt: number[];
  send(dueMs: number): void;
  prepare(): void;
} {
  const dues: number[] = [];
  const sentAt: number[] = [];
  return {
    dues,
    sentAt,
    send: (dueMs) => {
      dues.push(dueMs);
      sentAt.push(clock.now());
    },
    prepare: () => {},
  };
}

function gaps(values: readonly number[]): number[] {
  return values.slice(1).map((value, i) => value - (values[i] ?? 0));
}

test('each target is served every 20 ms, four targets on four different slots', () => {
  const clock = new VirtualClock(0);
  const tick = new Tick(clock);
  const targets = Array.from({ length: 4 }, () => target(clock));
  for (const one of targets) tick.add(one);
  clock.advanceSync(1_000);
  for (const { dues } of targets) expect(new Set(gaps(dues))).toEqual(new Set([20]));
  expect(targets.map(({ dues }) => (dues[0] ?? 0) % 20).sort((a, b) => a - b)).toEqual([0, 5, 10, 15]);
});

test('late timers add up to nothing: the grid stays, the missed frames are sent at once', () => {
  const clock = new LateClock();
  const tick = new Tick(clock);
  const one = target(clock);
  tick.add(one);
  for (let round = 0; round < 20; round++) {
    clock.stallMs = 33;
    clock.inner.advanceSync(100);
  }
  expect(new Set(gaps(one.dues))).toEqual(new Set([20]));
  expect(one.dues.length).toBeGreaterThanOrEqual(99);
  expect(tick.lateness.max).toBeGreaterThanOrEqual(20);
});

test('after a stall of more than 200 ms whole frames are left out instead of a burst', () => {
  const clock = new LateClock();
  const tick = new Tick(clock);
  const one = target(clock);
  tick.add(one);
  clock.inner.advanceSync(100);
  clock.stallMs = 1_000;
  clock.inner.advanceSync(1_500);
  const skip = Math.max(...gaps(one.dues));
  expect(skip).toBeGreaterThanOrEqual(980);
  expect(skip % 20).toBe(0);
  const sentTogether = one.sentAt.filter((atMs, i) => atMs === one.sentAt[i - 1]).length;
  expect(sentTogether).toBeLessThanOrEqual(1);
  expect(tick.skippedFrames).toBe(skip / 20 - 1 + (sentTogether > 1 ? 1 : 0));
});

test('without targets no timer runs', () => {
  const clock = new VirtualClock(0);
  const tick = new Tick(clock);
  const one = target(clock);
  tick.add(one);
  clock.advanceSync(50);
  tick.remove(one);
  clock.advanceSync(50);
  expect(clock.pendingCount).toBe(0);
  tick.add(one);
  clock.advanceSync(50);
  expect(one.dues.length).toBeGreaterThanOrEqual(4);
});
