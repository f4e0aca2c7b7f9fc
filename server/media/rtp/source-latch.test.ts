import { expect, test } from 'vitest';
import type { Endpoint } from './endpoint.ts';
import { SourceLatch } from './source-latch.ts';

const signalled: Endpoint = { address: '10.0.0.5', port: 4_000 };
const natted: Endpoint = { address: '10.0.0.5', port: 61_000 };
const elsewhere: Endpoint = { address: '203.0.113.9', port: 4_000 };
const callerSsrc = 1;
const strangerSsrc = 2;

/** Offers packets 20 ms apart and says which were taken. */
function offer(latch: SourceLatch, from: Endpoint, ssrc: number, packets: number, startMs: number): boolean[] {
  return Array.from({ length: packets }, (_, i) => latch.accepts(from, ssrc, 100 + i, startMs + i * 20));
}

function newLatch(): SourceLatch {
  const latch = new SourceLatch();
  latch.signal(signalled);
  return latch;
}

test('before anything is heard, packets go to the signalled address', () => {
  expect(newLatch().target).toEqual(signalled);
});

test('a phone behind a NAT is believed after three packets in sequence', () => {
  const latch = newLatch();
  expect(offer(latch, natted, callerSsrc, 4, 0)).toEqual([false, false, true, true]);
  expect(latch.target).toEqual(natted);
});

test('another host needs five packets in sequence, and only while the signalled one is silent', () => {
  expect(offer(newLatch(), elsewhere, callerSsrc, 6, 0)).toEqual([false, false, false, false, true, true]);
  const latch = newLatch();
  offer(latch, signalled, callerSsrc, 1, 0);
  expect(offer(latch, elsewhere, strangerSsrc, 50, 20)).not.toContain(true);
});

test('the signalled address takes its place back from whoever was quicker', () => {
  const latch = newLatch();
  offer(latch, natted, strangerSsrc, 4, 0);
  expect(latch.accepts(signalled, callerSsrc, 1, 90)).toBe(true);
  expect(latch.target).toEqual(signalled);
});

test('a stranger does not get in by waiting until the caller is silent', () => {
  const latch = newLatch();
  offer(latch, signalled, callerSsrc, 10, 0);
  expect(offer(latch, elsewhere, strangerSsrc, 20, 10_000)).not.toContain(true);
  expect(latch.target).toEqual(signalled);
});

test('the same stream from a new port goes on after two seconds of silence', () => {
  const latch = newLatch();
  offer(latch, natted, callerSsrc, 10, 0);
  const moved: Endpoint = { address: '198.51.100.1', port: 9 };
  expect(offer(latch, moved, callerSsrc, 6, 1_000)).not.toContain(true);
  expect(offer(latch, moved, callerSsrc, 6, 5_000)).toContain(true);
  expect(latch.target).toEqual(moved);
});

test('a new address from signalling counts at once', () => {
  const latch = newLatch();
  offer(latch, signalled, callerSsrc, 10, 0);
  latch.signal(elsewhere);
  expect(latch.target).toEqual(elsewhere);
  expect(latch.accepts(elsewhere, 3, 1, 210)).toBe(true);
});

test('scattered packets are no proof', () => {
  const latch = newLatch();
  const taken = Array.from({ length: 40 }, (_, i) =>
    latch.accepts(elsewhere, strangerSsrc, (i * 977) & 0xffff, i * 20),
  );
  expect(taken).not.toContain(true);
});
