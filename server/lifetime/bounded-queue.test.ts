import { expect, test } from 'vitest';
import { BoundedQueue } from './bounded-queue.ts';

async function drain<T>(queue: BoundedQueue<T>): Promise<T[]> {
  queue.close();
  const items: T[] = [];
  for await (const item of queue) items.push(item);
  return items;
}

test('a full queue drops the oldest item and counts it', async () => {
  const queue = new BoundedQueue<number>(2, 'drop-oldest');
  for (const item of [1, 2, 3]) queue.push(item);
  expect(queue.dropped).toBe(1);
  expect(await drain(queue)).toEqual([2, 3]);
});

test('or the newest, where the rule says so', async () => {
  const queue = new BoundedQueue<number>(2, 'drop-newest');
  for (const item of [1, 2, 3]) queue.push(item);
  expect(queue.dropped).toBe(1);
  expect(await drain(queue)).toEqual([1, 2]);
});

test('a reader that waits gets what is pushed later, and the failure at the end', async () => {
  const queue = new BoundedQueue<number>(8, 'drop-newest');
  const seen: number[] = [];
  const reading = (async () => {
    for await (const item of queue) seen.push(item);
  })();
  queue.push(7);
  await Promise.resolve();
  queue.fail(new Error('engine gone'));
  await expect(reading).rejects.toThrow('engine gone');
  expect(seen).toEqual([7]);
});
