import { afterEach, beforeEach, expect, test } from 'vitest';
import { type MessagePort, portPair } from '../lifetime/message-port.ts';
import { VirtualClock } from '../lifetime/virtual-clock.ts';
import type { FromMedia, ToMedia } from './process-messages.ts';
import { serveMedia } from './serve-media.ts';
import { RtpPeer } from './testing/rtp-peer.ts';
import { tone, toneIn } from './testing/signals.ts';
import { MemoryNetwork } from './transport/memory-transport.ts';

const address = '127.0.0.1';
let clock: VirtualClock;
let network: MemoryNetwork;
let parent: MessagePort<FromMedia, ToMedia>;
let messages: FromMedia[];
let stop: () => Promise<void>;

beforeEach(() => {
  clock = new VirtualClock();
  network = new MemoryNetwork((delayMs, run) => clock.after(delayMs, run));
  const [ours, theirs] = portPair<FromMedia, ToMedia>();
  parent = ours;
  messages = [];
  parent.onMessage((message) => messages.push(message));
  stop = serveMedia(theirs, { clock, transport: network });
  parent.send({ kind: 'configure', ports: { first: 40_000, last: 40_001 }, rtpTimeoutMs: 5_000 });
});

afterEach(() => stop());

function openLeg(legId: number, requestId: number): void {
  const options = { callId: 'a', localAddress: address };
  parent.send({ kind: 'request', requestId, request: { kind: 'open', legId, options, continuation: undefined } });
}

/** Lets the engine load and messages pass. */
async function settle(isSo: () => boolean): Promise<void> {
  for (let tries = 0; tries < 4_000 && !isSo(); tries++) {
    await new Promise((resolve) => setTimeout(resolve, 2));
    await clock.advance(0);
  }
  expect(isSo()).toBe(true);
}

test('a leg is opened, connected and played to by messages alone', async () => {
  openLeg(1, 1);
  await settle(() => messages.length === 1);
  expect(messages[0]).toEqual({ kind: 'answer', requestId: 1, value: { address, port: 40_000 } });
  const peer = await RtpPeer.open(network, clock, { address, port: 50_000 });
  parent.send({ kind: 'command', legId: 1, command: { kind: 'connect', media: peer.media() } });
  const chunk = { speechId: 1, samples: tone(700, 200), sampleRate: 8_000, last: true };
  parent.send({ kind: 'request', requestId: 2, request: { kind: 'leg', legId: 1, request: { kind: 'play', chunk } } });
  await clock.advance(300);
  expect(toneIn(peer.heard().subarray(160, 1_400), [440, 700])).toBe(700);
  expect(messages.map((message) => (message.kind === 'event' ? message.event.kind : message.kind))).toEqual([
    'answer',
    'standing',
    'answer',
    'playback-started',
    'standing',
    'playback-finished',
  ]);
});

test('a refusal keeps its code, so that the caller can be told the right thing', async () => {
  openLeg(1, 1);
  openLeg(2, 2);
  await settle(() => messages.length === 2);
  expect(messages).toContainEqual(expect.objectContaining({ kind: 'refusal', code: 'no-rtp-port' }));
});

test('what is asked of a leg that is gone is refused, what is told to it is passed over', async () => {
  parent.send({ kind: 'command', legId: 9, command: { kind: 'pause' } });
  parent.send({ kind: 'request', requestId: 3, request: { kind: 'leg', legId: 9, request: { kind: 'flush' } } });
  await settle(() => messages.length === 1);
  expect(messages[0]).toMatchObject({ kind: 'refusal', requestId: 3, code: 'leg-gone' });
});

test('a stop closes every leg and frees its port', async () => {
  openLeg(1, 1);
  await settle(() => messages.length === 1);
  await stop();
  await expect(network.open({ address, port: 40_000 }, () => {})).resolves.toBeDefined();
  expect(clock.pendingCount).toBe(0);
});
