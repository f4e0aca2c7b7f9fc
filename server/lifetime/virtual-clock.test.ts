import { expect, test } from 'vitest';
import { delay } from './clock.ts';
import { VirtualClock } from './virtual-clock.ts';

test('timers run in due order, and what they start runs before the next one', async () => {
  const clock = new VirtualClock(0);
  const seen: string[] = [];
  clock.after(20, () => seen.push(`second at ${clock.now()}`));
  clock.after(10, () => {
    seen.push(`first at ${clock.now()}`);
    void delay(clock, 5).then(() => seen.push(`chained at ${clock.now()}`));
  });
  await clock.advance(30);
  expect(seen).toEqual(['first at 10', 'chained at 15', 'second at 20']);
  expect(clock.now()).toBe(30);
});

test('a cancelled timer never runs and leaves nothing behind', async () => {
  const clock = new VirtualClock();
  let ran = false;
  clock
    .after(5, () => {
      ran = true;
    })
    .cancel();
  await clock.advance(10);
  expect(ran).toBe(false);
  expect(clock.pendingCount).toBe(0);
});

test('an aborted delay rejects and drops its timer', async () => {
  const clock = new VirtualClock();
  const controller = new AbortController();
  const waiting = delay(clock, 1_000, controller.signal);
  controller.abort(new Error('superseded'));
  await expect(waiting).rejects.toThrow('superseded');
  expect(clock.pendingCount).toBe(0);
});
