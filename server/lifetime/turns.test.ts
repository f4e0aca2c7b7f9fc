import { setImmediate } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { Turns } from './turns.ts';

const full = () => new Error('full');

/** Work that ends when it is told. */
function openWork(): { readonly work: () => Promise<string>; readonly end: (text: string) => void } {
  const { promise, resolve } = Promise.withResolvers<string>();
  return { work: () => promise, end: resolve };
}

test('so many run at once, others in their order, and one too many is refused', async () => {
  const turns = new Turns({ atOnce: 1, waiting: 2 });
  const works = [openWork(), openWork(), openWork()];
  const began: number[] = [];
  const all = works.map(({ work }, at) =>
    turns.take(() => {
      began.push(at);
      return work();
    }, full),
  );
  await expect(turns.take(async () => 'late', full)).rejects.toThrow('full');
  expect([turns.counters, began]).toEqual([{ running: 1, waiting: 2, refused: 1 }, [0]]);
  works[0]?.end('a');
  await setImmediate();
  expect([turns.counters, began]).toEqual([{ running: 1, waiting: 1, refused: 1 }, [0, 1]]);
  works[1]?.end('b');
  works[2]?.end('c');
  expect(await Promise.all(all)).toEqual(['a', 'b', 'c']);
  expect(turns.counters).toEqual({ running: 0, waiting: 0, refused: 1 });
});

test('who fails gives the turn back', async () => {
  const turns = new Turns({ atOnce: 1, waiting: 0 });
  await expect(turns.take(() => Promise.reject(new Error('no')), full)).rejects.toThrow('no');
  expect(await turns.take(async () => 'yes', full)).toBe('yes');
});
