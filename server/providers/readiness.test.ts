import { expect, test } from 'vitest';
import { LandlineError } from '../contract/errors.ts';
import { VirtualClock } from '../lifetime/virtual-clock.ts';
import { Readiness } from './readiness.ts';

const late = () => new LandlineError('late', 'Too late.');

test('whoever waits gets the value when it comes, and later ones at once', async () => {
  const readiness = new Readiness<string>(new VirtualClock());
  const waiting = readiness.wait(1_000, late);
  readiness.set('here');
  expect(await waiting).toBe('here');
  expect(await readiness.wait(1_000, late)).toBe('here');
});

test('a wait ends when the limit is reached, and leaves no timer', async () => {
  const clock = new VirtualClock();
  const readiness = new Readiness<string>(clock);
  const waiting = expect(readiness.wait(1_000, late)).rejects.toMatchObject({ code: 'late' });
  await clock.advance(1_000);
  await waiting;
  expect(clock.pendingCount).toBe(0);
});

test('an abort ends the wait with its reason, and leaves no timer', async () => {
  const clock = new VirtualClock();
  const readiness = new Readiness<string>(clock);
  const controller = new AbortController();
  const waiting = readiness.wait(1_000, late, controller.signal);
  controller.abort(new Error('barge-in'));
  await expect(waiting).rejects.toThrow('barge-in');
  expect(clock.pendingCount).toBe(0);
});

test('what is gone has to be waited for again', async () => {
  const readiness = new Readiness<string>(new VirtualClock());
  readiness.set('first');
  readiness.clear();
  const waiting = readiness.wait(1_000, late);
  readiness.fail(new Error('no hope'));
  await expect(waiting).rejects.toThrow('no hope');
});
