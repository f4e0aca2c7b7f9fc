import { expect, test } from 'vitest';
import { SequencePool } from './sequence-pool.ts';

const never = new AbortController().signal;

test('a call gets the sequence it had before, another one the longest idle', async () => {
  const pool = new SequencePool(['a', 'b'], 4);
  const first = await pool.acquire('call-1', never);
  const second = await pool.acquire('call-2', never);
  first.release();
  second.release();
  expect((await pool.acquire('call-2', never)).sequence).toBe(second.sequence);
  expect((await pool.acquire('call-3', never)).sequence).toBe(first.sequence);
});

test('whoever finds none free waits in order', async () => {
  const pool = new SequencePool(['a'], 4);
  const lease = await pool.acquire('call-1', never);
  const order: string[] = [];
  const waiting = ['call-2', 'call-3'].map(async (owner) => {
    const mine = await pool.acquire(owner, never);
    order.push(owner);
    mine.release();
  });
  lease.release();
  await Promise.all(waiting);
  expect(order).toEqual(['call-2', 'call-3']);
});

test('a second release gives nothing away twice', async () => {
  const pool = new SequencePool(['a'], 4);
  const lease = await pool.acquire('call-1', never);
  lease.release();
  const next = await pool.acquire('call-2', never);
  lease.release();
  let isServed = false;
  const third = pool.acquire('call-3', never).then(() => {
    isServed = true;
  });
  await Promise.resolve();
  expect(isServed).toBe(false);
  next.release();
  await third;
});

test('a full queue refuses, and counts it', async () => {
  const pool = new SequencePool(['a'], 1);
  await pool.acquire('call-1', never);
  void pool.acquire('call-2', never);
  await expect(pool.acquire('call-3', never)).rejects.toMatchObject({ code: 'llm-busy' });
  expect(pool.refused).toBe(1);
});

test('an abort leaves the queue', async () => {
  const pool = new SequencePool(['a'], 4);
  const lease = await pool.acquire('call-1', never);
  const controller = new AbortController();
  const waiting = pool.acquire('call-2', controller.signal);
  controller.abort(new Error('hangup'));
  await expect(waiting).rejects.toThrow('hangup');
  lease.release();
  expect((await pool.acquire('call-3', never)).sequence).toBe('a');
});
