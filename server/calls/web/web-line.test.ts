import { expect, onTestFinished, test } from 'vitest';
import { VirtualClock } from '../../lifetime/virtual-clock.ts';
import { LocalMediaEngine } from '../../media/engine.ts';
import type { Frame } from '../../media/frame.ts';
import type { LegEvent } from '../../media/media-engine.ts';
import { tone, toneIn } from '../../media/testing/signals.ts';
import { MemoryNetwork } from '../../media/transport/memory-transport.ts';
import { type WebCodec, WebLine } from './web-line.ts';

const rate = 16_000;

/** A line connected with a leg of a media engine, in one process with a virtual clock. */
async function connected(codec: WebCodec) {
  const clock = new VirtualClock();
  const network = new MemoryNetwork((delayMs, run) => clock.after(delayMs, run));
  const engine = await LocalMediaEngine.start({ ports: { first: 40_000, last: 40_010 }, clock, transport: network });
  onTestFinished(() => engine.stop());
  const events: LegEvent[] = [];
  const leg = await engine.openLeg(
    { callId: 'web', localAddress: '127.0.0.1' },
    { event: (event) => events.push(event) },
  );
  const heardByCaller: Buffer[] = [];
  const line = await WebLine.open({ clock, transport: network, codec, onAudio: (audio) => heardByCaller.push(audio) });
  onTestFinished(() => line.close());
  leg.connect(line.connect(leg.local));
  const heardByAgent: Int16Array[] = [];
  const push = ({ samples }: Frame) => void heardByAgent.push(samples.slice());
  leg.listen({ kind: 'function', sampleRate: leg.sampleRate, push });
  return { clock, leg, line, events, heardByAgent, heardByCaller, network };
}

/** Samples in network byte order. */
function bytesOf(samples: Int16Array): Buffer {
  return Buffer.from(samples.buffer, samples.byteOffset, samples.byteLength).swap16();
}

function samplesOf(payloads: readonly Buffer[]): Int16Array {
  const bytes = Buffer.concat(payloads).swap16();
  return new Int16Array(bytes.buffer, bytes.byteOffset, bytes.length / 2);
}

function joined(pieces: readonly Int16Array[]): Int16Array {
  return Int16Array.from(pieces.flatMap((piece) => [...piece]));
}

test('both sides hear each other at 16 kHz, in frames of 20 ms', async () => {
  const { clock, leg, line, heardByAgent, heardByCaller } = await connected('L16');
  line.push(bytesOf(tone(3_000, 400, rate)));
  await leg.play({ speechId: 1, samples: tone(5_000, 400, rate), sampleRate: rate, last: true });
  await clock.advance(600);
  expect(toneIn(joined(heardByAgent).subarray(1_600, 4_800), [1_500, 3_000, 6_000], rate)).toBe(3_000);
  expect(new Set(heardByCaller.map(({ length }) => length))).toEqual(new Set([640]));
  expect(toneIn(samplesOf(heardByCaller).subarray(1_600, 4_800), [2_500, 5_000, 7_000], rate)).toBe(5_000);
});

test('pieces of any length are put together into frames, and a client that sends nothing is silent, not gone', async () => {
  const { clock, line, events, heardByAgent } = await connected('L16');
  const audio = bytesOf(tone(1_000, 300, rate));
  for (let at = 0; at < audio.length; at += 1_001) line.push(audio.subarray(at, at + 1_001));
  await clock.advance(25_000);
  expect(toneIn(joined(heardByAgent).subarray(800, 4_000), [500, 1_000, 2_000], rate)).toBe(1_000);
  expect(events.map(({ kind }) => kind)).not.toContain('rtp-timeout');
});

test('a client that sends faster than time loses its oldest audio, counted, and the line does not fall behind', async () => {
  const { clock, line, heardByAgent } = await connected('L16');
  line.push(bytesOf(tone(1_000, 3_000, rate)));
  expect(line.dropped).toBe(100);
  await clock.advance(3_000);
  const heard = joined(heardByAgent);
  expect(toneIn(heard.subarray(0, 12_000), [500, 1_000], rate)).toBe(1_000);
  expect(toneIn(heard.subarray(24_000, 40_000), [500, 1_000], rate)).toBeUndefined();
});

test('what a stranger sends to the port is not heard', async () => {
  const { clock, line, heardByCaller, network } = await connected('L16');
  const stranger = await network.open({ address: '127.0.0.1', port: 55_555 }, () => {});
  await clock.advance(100);
  const before = heardByCaller.length;
  stranger.send(Buffer.alloc(652, 0x61), { address: '127.0.0.1', port: 0 });
  expect(heardByCaller.length).toBe(before);
  expect(line.dropped).toBe(0);
});
