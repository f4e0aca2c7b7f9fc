import { expect, test } from 'vitest';
import type { WebSocket } from 'ws';
import { BoundedSocket, SocketCounters } from './bounded-socket.ts';

function slowSocket() {
  const sent: string[] = [];
  const fake = {
    OPEN: 1,
    readyState: 1,
    bufferedAmount: 0,
    terminated: false,
    send: (text: string) => void sent.push(text),
    terminate: () => {
      fake.terminated = true;
    },
  };
  const counters = new SocketCounters();
  return { fake, sent, counters, out: new BoundedSocket(fake as unknown as WebSocket, counters) };
}

test('a slow reader misses what may be lost, but not what must arrive', () => {
  const { fake, sent, counters, out } = slowSocket();
  fake.bufferedAmount = 100_000;
  out.send({ n: 1 }, 'droppable');
  out.send({ n: 2 });
  fake.bufferedAmount = 0;
  out.send({ n: 3 }, 'droppable');
  expect(sent).toEqual(['{"n":2}', '{"n":3}']);
  expect(counters.dropped).toBe(1);
});

test('a reader for whom far too much waits is cut off', () => {
  const { fake, sent, counters, out } = slowSocket();
  fake.bufferedAmount = 2_000_000;
  out.send({ n: 1 });
  expect([fake.terminated, sent, counters.tooSlow]).toEqual([true, [], 1]);
});

test('nothing is sent to a socket that is closing', () => {
  const { fake, sent, out } = slowSocket();
  fake.readyState = 2;
  out.send({ n: 1 });
  expect(sent).toEqual([]);
});
