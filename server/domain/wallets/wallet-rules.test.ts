import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  availableMicro,
  byExpiry,
  monthStartMs,
  nextMonthStartMs,
  remainingAfterOverdraft,
  takeFromGrants,
  transferableMicro,
  type UsableGrant,
} from './wallet-rules.ts';

const micro = fc.integer({ min: 0, max: 10 ** 14 });
const grant: fc.Arbitrary<UsableGrant> = fc.record({
  id: fc.uuid(),
  remainingMicro: fc.integer({ min: 1, max: 10 ** 12 }),
  locked: fc.boolean(),
  expiresAtMs: fc.option(fc.integer({ min: 1, max: 20 })),
  createdAtMs: fc.integer({ min: 1, max: 5 }),
});
const grants = fc.uniqueArray(grant, { selector: ({ id }) => id, maxLength: 12 });

test('taking uses up what expires first before it touches what expires later, and never more than there is', () => {
  fc.assert(
    fc.property(grants, micro, (all, amountMicro) => {
      const taken = new Map(takeFromGrants(all, amountMicro).map((taking) => [taking.grantId, taking.amountMicro]));
      const held = all.reduce((sum, { remainingMicro }) => sum + remainingMicro, 0);
      const takenMicro = [...taken.values()].reduce((sum, part) => sum + part, 0);
      expect(takenMicro).toBe(Math.min(amountMicro, held));
      const inOrder = [...all].sort(byExpiry);
      const firstLeft = inOrder.findIndex(({ id, remainingMicro }) => (taken.get(id) ?? 0) < remainingMicro);
      if (firstLeft === -1) return;
      for (const { id } of inOrder.slice(firstLeft + 1)) expect(taken.get(id)).toBeUndefined();
    }),
  );
});

test('grants are in order of expiry, those that never expire last, and the older first among equals', () => {
  fc.assert(
    fc.property(grants, (all) => {
      const inOrder = [...all].sort(byExpiry);
      for (const [at, later] of inOrder.entries()) {
        const earlier = inOrder[at - 1];
        if (!earlier) continue;
        const [first, second] = [earlier, later].map(({ expiresAtMs }) => expiresAtMs ?? Number.MAX_VALUE);
        expect(first).toBeLessThanOrEqual(second as number);
        if (first === second) expect(earlier.createdAtMs).toBeLessThanOrEqual(later.createdAtMs);
      }
    }),
  );
});

test('a grant to an overdrawn wallet covers the overdraft first', () => {
  expect(remainingAfterOverdraft(10, -4)).toBe(6);
  expect(remainingAfterOverdraft(10, -40)).toBe(0);
  expect(remainingAfterOverdraft(10, 5)).toBe(10);
});

test('locked credit can be spent but not handed on', () => {
  const at = { expiresAtMs: null, createdAtMs: 1 };
  const both = [
    { id: 'a', remainingMicro: 30, locked: true, ...at },
    { id: 'b', remainingMicro: 50, locked: false, ...at },
  ];
  expect(transferableMicro(100, both)).toBe(70);
  expect(transferableMicro(-5, [])).toBe(0);
});

test('what may be spent is the balance, or what the cap leaves of it', () => {
  expect(availableMicro(100, null, 70)).toBe(100);
  expect(availableMicro(100, 80, 70)).toBe(10);
  expect(availableMicro(5, 80, 70)).toBe(5);
  expect(availableMicro(100, 80, 90)).toBe(0);
  expect(availableMicro(-3, 80, 90)).toBe(-3);
});

test('every moment is in exactly one month, which begins on its first day at midnight UTC', () => {
  const moment = fc.date({ min: new Date(0), max: new Date('2200-01-01'), noInvalidDate: true });
  fc.assert(
    fc.property(moment, (date) => {
      const [start, next] = [monthStartMs(date.getTime()), nextMonthStartMs(date.getTime())];
      expect(start).toBeLessThanOrEqual(date.getTime());
      expect(next).toBeGreaterThan(date.getTime());
      expect(monthStartMs(next)).toBe(next);
      expect(monthStartMs(next - 1)).toBe(start);
      expect(new Date(start).toISOString()).toMatch(/-01T00:00:00\.000Z$/);
    }),
  );
});
