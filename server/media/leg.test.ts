import { afterEach, expect, test } from 'vitest';
import { VirtualClock } from '../lifetime/virtual-clock.ts';
import { LocalMediaEngine } from './engine.ts';
import type { Frame } from './frame.ts';
import type { Leg } from './leg.ts';
import type { LegEvent } from './media-engine.ts';
import { RtpPeer } from './testing/rtp-peer.ts';
import { babble, join, levelAtDb, silence, tone, toneIn } from './testing/signals.ts';
import { MemoryNetwork } from './transport/memory-transport.ts';

const address = '127.0.0.1';

interface House {
  readonly clock: VirtualClock;
  readonly network: MemoryNetwork;
  readonly engine: LocalMediaEngine;
  readonly leg: Leg;
  readonly peer: RtpPeer;
  readonly events: LegEvent[];
}

const open: House[] = [];

async function connectedCall(codec: 'PCMU' | 'PCMA' | 'G722' = 'PCMU'): Promise<House> {
  const clock = new VirtualClock();
  const network = new MemoryNetwork((delayMs, run) => clock.after(delayMs, run));
  const engine = await LocalMediaEngine.start({ ports: { first: 40_000, last: 40_010 }, clock, transport: network });
  const events: LegEvent[] = [];
  const leg = await engine.openLeg({ callId: 'a', localAddress: address }, { event: (event) => events.push(event) });
  const peer = await RtpPeer.open(network, clock, { address, port: 50_000 }, codec);
  leg.connect(peer.media());
  const house = { clock, network, engine, leg, peer, events };
  open.push(house);
  return house;
}

afterEach(async () => {
  for (const { engine } of open.splice(0)) await engine.stop();
});

function kinds(events: readonly LegEvent[]): string[] {
  return events.map((event) => event.kind);
}

test.each(['PCMU', 'PCMA', 'G722'] as const)('what is played in %s is heard whole, and nothing else', async (codec) => {
  const { clock, leg, peer, events } = await connectedCall(codec);
  await leg.play({ speechId: 1, samples: tone(1_000, 400, leg.sampleRate), sampleRate: leg.sampleRate, last: true });
  await clock.advance(1_000);
  const heard = peer.heard();
  const rate = leg.sampleRate;
  const blocks = Array.from({ length: 50 }, (_, i) => heard.subarray((i * rate) / 50, ((i + 1) * rate) / 50));
  const loud = blocks.filter((block) => levelAtDb(block, 1_000, rate) > -30).length;
  expect(loud).toBeGreaterThanOrEqual(20);
  expect(loud).toBeLessThanOrEqual(21);
  expect(toneIn(heard.subarray(rate / 2), [440, 1_000, 2_000], rate)).toBeUndefined();
  expect(kinds(events)).toEqual(['playback-started', 'playback-finished']);
});

test('audio at another rate than the line is converted', async () => {
  const { clock, leg, peer } = await connectedCall();
  await leg.play({ speechId: 1, samples: tone(700, 300, 24_000), sampleRate: 24_000, last: true });
  await clock.advance(400);
  expect(toneIn(peer.heard().subarray(160, 2_000), [350, 700, 1_400, 2_100])).toBe(700);
});

test('packets go out every 20 ms with rising numbers, speech or not', async () => {
  const { clock, peer } = await connectedCall();
  await clock.advance(1_000);
  expect(peer.received.length).toBeGreaterThanOrEqual(49);
  const [first, ...rest] = peer.received;
  rest.forEach((packet, i) => {
    expect((packet.sequence - (first?.sequence ?? 0)) & 0xffff).toBe(i + 1);
    expect((packet.timestamp - (first?.timestamp ?? 0)) >>> 0).toBe((i + 1) * 160);
    expect(packet.marker).toBe(false);
  });
  expect(first?.marker).toBe(true);
});

test('the caller reaches the listener with audio time, converted to the rate it wants', async () => {
  const { clock, leg, peer } = await connectedCall();
  const frames: Frame[] = [];
  leg.listen({ kind: 'function', sampleRate: 16_000, push: (frame) => frames.push(frame) });
  const said = peer.say(join(silence(300), babble(900), silence(700)), leg.local);
  await clock.advance(2_200);
  await said;
  expect(frames.every((frame) => frame.sampleRate === 16_000)).toBe(true);
  const length = frames.reduce((sum, frame) => sum + frame.samples.length, 0);
  expect(length / 16).toBeGreaterThan(1_500);
  frames.slice(1).forEach((frame, i) => {
    expect(frame.position).toBe((frames[i]?.position ?? 0) + (frames[i]?.samples.length ?? 0));
  });
});

test('a voice is reported when it begins, lasts and ends, with exact positions', async () => {
  const { clock, leg, peer, events } = await connectedCall();
  await peer.say(silence(0), leg.local);
  const said = peer.say(join(silence(500), babble(800), silence(600)), leg.local);
  const beganMs = clock.now();
  await clock.advance(2_000);
  await said;
  expect(kinds(events)).toEqual(['voice-onset', 'voice-confirmed', 'voice-stopped']);
  const [onset, , stopped] = events;
  if (onset?.kind !== 'voice-onset' || stopped?.kind !== 'voice-stopped') throw new Error('unexpected order');
  expect(onset.atMs - beganMs).toBeLessThanOrEqual(500 + 120);
  expect(Math.abs(stopped.lastVoicedAtMs - (beganMs + 1_300))).toBeLessThanOrEqual(40);
  expect(stopped.atMs - stopped.lastVoicedAtMs).toBeLessThanOrEqual(160);
});

test('a caller who speaks up silences the agent at once, and resuming repeats no more than 300 ms', async () => {
  const { clock, leg, peer, events } = await connectedCall();
  void leg.play({ speechId: 7, samples: babble(4_000, 8_000, -20, 3), sampleRate: 8_000, last: true });
  void peer.say(join(silence(1_000), babble(600, 8_000, -18), silence(400)), leg.local);
  await clock.advance(1_120);
  const onset = events.find((event) => event.kind === 'voice-onset');
  expect(onset).toMatchObject({ pausedPlayback: true });
  await clock.advance(880);
  leg.resume();
  await clock.advance(4_000);
  expect(kinds(events)).toContain('playback-finished');
  const report = await leg.flush();
  expect(report.speeches).toEqual([]);
});

test('flush says how much of each speech was heard', async () => {
  const { clock, leg } = await connectedCall();
  void leg.play({ speechId: 1, samples: tone(500, 1_000), sampleRate: 8_000, last: true });
  void leg.play({ speechId: 2, samples: tone(800, 700), sampleRate: 8_000, last: true });
  await clock.advance(500);
  const { speeches } = await leg.flush();
  expect(speeches.map(({ speechId, queuedMs }) => [speechId, queuedMs])).toEqual([
    [1, 1_000],
    [2, 700],
  ]);
  expect(speeches[0]?.playedMs).toBeGreaterThanOrEqual(460);
  expect(speeches[0]?.playedMs).toBeLessThanOrEqual(520);
  expect(speeches[1]?.playedMs).toBe(0);
});
