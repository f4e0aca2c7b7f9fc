import { expect, test } from 'vitest';
import type { Clock } from '../lifetime/clock.ts';
import { VirtualClock } from '../lifetime/virtual-clock.ts';
import { NamedTimers } from './timers.ts';

/** Cuts waiting times to whole milliseconds, as the system's timers do. */
function truncating(clock: VirtualClock): Clock {
  return { now: () => clock.now(), after: (delayMs, run) => clock.after(Math.max(1, Math.floor(delayMs)), run) };
}

test('a timer never rings before its time, however the system rounds', async () => {
  const clock = new VirtualClock();
  const rang: number[] = [];
  const timers = new NamedTimers(truncating(clock), () => rang.push(clock.now()));
  const dueMs = clock.now() + 500.7;
  timers.set('interruption', dueMs);
  await clock.advance(1_000);
  expect(rang).toHaveLength(1);
  expect(rang[0]).toBeGreaterThanOrEqual(dueMs);
});

test('setting a timer again replaces it, and a cancelled one is silent', async () => {
  const clock = new VirtualClock();
  const rang: string[] = [];
  const timers = new NamedTimers(clock, (name) => rang.push(`${name} at ${clock.now()}`));
  const startMs = clock.now();
  timers.set('silence', startMs + 100);
  timers.set('silence', startMs + 300);
  timers.set('commit', startMs + 200);
  timers.cancel('commit');
  await clock.advance(1_000);
  expect(rang).toEqual([`silence at ${startMs + 300}`]);
});
