import { expect, test } from 'vitest';
import { Admission } from './admission.ts';

test('a full house is busy', () => {
  const admission = new Admission({ maxCalls: 2, maxCallsPerMinute: 100 });
  expect(admission.admit(1, 0)).toBeUndefined();
  expect(admission.admit(2, 0)).toEqual({ status: 486, reason: 'Busy Here' });
  expect(admission.refused).toBe(1);
});

test('a flood is asked to come back when the first call of the minute is a minute old', () => {
  const admission = new Admission({ maxCalls: 100, maxCallsPerMinute: 2 });
  admission.admit(0, 0);
  admission.admit(0, 10_000);
  expect(admission.admit(0, 20_000)).toEqual({ status: 503, reason: 'Service Unavailable', retryAfterSeconds: 40 });
  expect(admission.admit(0, 60_000)).toBeUndefined();
});
