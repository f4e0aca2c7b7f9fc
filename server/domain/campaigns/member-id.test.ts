import { expect, test } from 'vitest';
import { z } from 'zod';
import { memberId } from './member-id.ts';

test('ids of a list are UUIDs of version 7, all different, and sorted in the order of writing', () => {
  const nowMs = Date.UTC(2030, 0, 1);
  const ids = Array.from({ length: 10_000 }, (_, index) => memberId(nowMs, index * 20));
  expect(z.uuidv7().safeParse(ids[9_999]).success).toBe(true);
  expect(ids.toSorted()).toEqual(ids);
  expect(memberId(nowMs + 1, 0) > memberId(nowMs, 200_000)).toBe(true);
  expect(new Set([...ids, ...ids.map((_, index) => memberId(nowMs, index * 20))]).size).toBe(20_000);
});
