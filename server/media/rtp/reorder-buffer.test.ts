import { expect, test } from 'vitest';
import { seededRandom } from '../testing/random.ts';
import { longestWaitMs, ReorderBuffer } from './reorder-buffer.ts';
import { Unwrapper } from './wrap.ts';

interface Arrival {
  readonly sequence: number;
  readonly atMs: number;
}

/** Packets every 20 ms from `first` on, each delayed by up to `jitterMs`, some lost. */
function network(seed: number, first: number, jitterMs: number, loss: number): Arrival[] {
  const random = seededRandom(seed);
  return Array.from({ length: 400 }, (_, i) => ({ sequence: first + i, atMs: i * 20 + random() * jitterMs }))
    .filter((_, i) => i === 0 || random() >= loss)
    .sort((one, other) => one.atMs - other.atMs);
}

function run(arrivals: readonly Arrival[]): { taken: number[]; waits: number[]; lost: number; refused: number } {
  const buffer = new ReorderBuffer<Arrival>();
  const unwrapper = new Unwrapper(16);
  const result = { taken: [] as number[], waits: [] as number[], lost: 0, refused: 0 };
  const drain = (nowMs: number) => {
    for (let next = buffer.take(nowMs); next; next = buffer.take(nowMs)) {
      result.taken.push(next.sequence);
      result.waits.push(nowMs - next.atMs);
      result.lost += buffer.lostBefore;
    }
  };
  for (const arrival of arrivals) {
    while ((buffer.deadlineMs ?? Number.POSITIVE_INFINITY) <= arrival.atMs) drain(buffer.deadlineMs ?? arrival.atMs);
    const outcome = buffer.push(unwrapper.extend(arrival.sequence & 0xffff), arrival, arrival.atMs);
    if (outcome !== 'kept') result.refused++;
    drain(arrival.atMs);
  }
  while (buffer.deadlineMs !== undefined) drain(buffer.deadlineMs);
  return result;
}

test('whatever the network does, packets come out in order, once, and never later than the longest wait', () => {
  for (let seed = 1; seed <= 60; seed++) {
    const jitterMs = (seed % 6) * 30;
    const loss = (seed % 4) * 0.03;
    const arrivals = network(seed, seed % 2 === 0 ? 65_300 : 17, jitterMs, loss);
    const { taken, waits, lost, refused } = run(arrivals);
    expect(taken).toEqual([...new Set(taken)].sort((a, b) => a - b));
    expect(Math.max(...waits)).toBeLessThanOrEqual(longestWaitMs + 1e-9);
    expect(taken.length + refused).toBe(arrivals.length);
    expect(taken.length + lost).toBe((taken.at(-1) ?? 0) - (taken[0] ?? 0) + 1);
  }
});

test('jitter below the longest wait loses nothing', () => {
  for (let seed = 1; seed <= 20; seed++) {
    const arrivals = network(seed, 65_400, 39, 0);
    const { taken, lost } = run(
      arrivals.filter(({ sequence }) => sequence > 65_401 || arrivals[0]?.sequence === 65_400),
    );
    expect(lost).toBe(0);
    expect(taken.length).toBeGreaterThan(390);
  }
});

test('what is in order does not wait at all', () => {
  const { waits } = run(network(1, 0, 0, 0));
  expect(Math.max(...waits)).toBe(0);
});

test('a repeated packet is a duplicate before it is taken and late afterwards', () => {
  const buffer = new ReorderBuffer<string>();
  buffer.push(10, 'a', 0);
  expect(buffer.take(0)).toBe('a');
  expect(buffer.push(10, 'a', 1)).toBe('late');
  buffer.push(12, 'c', 1);
  expect(buffer.push(12, 'c', 2)).toBe('duplicate');
});

test('a sender that starts numbering anew is followed after a while', () => {
  const buffer = new ReorderBuffer<number>();
  buffer.push(5_000, 0, 0);
  buffer.take(0);
  const taken: number[] = [];
  for (let i = 0; i < 30; i++) {
    buffer.push(100 + i, i, i * 20);
    const next = buffer.take(i * 20);
    if (next !== undefined) taken.push(next);
  }
  expect(taken).toEqual([15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29]);
});

test('more packets than it may hold end the wait for a gap', () => {
  const buffer = new ReorderBuffer<number>();
  buffer.push(0, 0, 0);
  buffer.take(0);
  for (let i = 2; i <= 33; i++) buffer.push(i, i, 0);
  expect(buffer.take(0)).toBeUndefined();
  buffer.push(34, 34, 0);
  expect(buffer.take(0)).toBe(2);
  expect(buffer.lostBefore).toBe(1);
});
