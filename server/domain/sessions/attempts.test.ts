import { expect, test } from 'vitest';
import { VirtualClock } from '../../lifetime/virtual-clock.ts';
import { Attempts } from './attempts.ts';

test('so many attempts are let through in a window that begins with the first, each name by itself', async () => {
  const clock = new VirtualClock(0);
  const attempts = new Attempts(clock, { windowMs: 60_000, limit: 2 });
  attempts.add('ada');
  await clock.advance(30_000);
  attempts.require('ada');
  attempts.add('ada');
  expect(() => attempts.require('ada')).toThrow('try again in 30 s');
  attempts.require('bob');
  await clock.advance(30_000);
  attempts.require('ada');
  expect(attempts.refused).toBe(1);
});

test('who gets in is forgotten', () => {
  const attempts = new Attempts(new VirtualClock(0), { windowMs: 60_000, limit: 1 });
  attempts.add('ada');
  attempts.forget('ada');
  expect(() => attempts.require('ada')).not.toThrow();
});

test('a flood of names makes it forget the oldest, not grow', () => {
  const attempts = new Attempts(new VirtualClock(0), { windowMs: 60_000, limit: 1 });
  for (let name = 0; name <= 10_000; name++) attempts.add(String(name));
  expect(() => attempts.require('0')).not.toThrow();
  expect(() => attempts.require('10000')).toThrow();
});
