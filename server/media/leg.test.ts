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

test('a caller is not interrupting an announcement that must be heard', async () => {
  const { clock, leg, peer, events } = await connectedCall();
  leg.allowBargeIn(false);
  void leg.play({ speechId: 1, samples: babble(2_000, 8_000, -20, 3), sampleRate: 8_000, last: true });
  void peer.say(join(silence(800), babble(600)), leg.local);
  await clock.advance(2_300);
  expect(events.find((event) => event.kind === 'voice-onset')).toMatchObject({ pausedPlayback: false });
  expect(kinds(events)).toContain('playback-finished');
});

test('after a cough the agent goes on, and every sample of its speech was sent', async () => {
  const { clock, leg, peer, events } = await connectedCall();
  const speech = join(tone(500, 700), silence(40), tone(800, 700), silence(40), tone(1_100, 700));
  void leg.play({ speechId: 1, samples: speech, sampleRate: 8_000, last: true });
  void peer.say(join(silence(900), babble(140), silence(800)), leg.local);
  await clock.advance(1_400);
  expect(kinds(events).filter((kind) => kind.startsWith('voice'))).toEqual(['voice-onset', 'voice-stopped']);
  leg.resume();
  await clock.advance(2_500);
  const heard = peer.heard();
  const lengthOf = (frequency: number) => {
    const blocks = Array.from({ length: heard.length / 80 }, (_, i) => heard.subarray(i * 80, i * 80 + 80));
    return blocks.filter((block) => levelAtDb(block, frequency) > -20).length * 10;
  };
  expect(lengthOf(500)).toBeGreaterThanOrEqual(690);
  expect(lengthOf(500)).toBeLessThanOrEqual(720);
  expect(lengthOf(800)).toBeGreaterThan(720);
  expect(lengthOf(800)).toBeLessThanOrEqual(1_020);
  expect(lengthOf(1_100)).toBeGreaterThanOrEqual(690);
});

test('play lets its caller wait while half a second is queued', async () => {
  const { clock, leg } = await connectedCall();
  const done: string[] = [];
  void leg.play({ speechId: 1, samples: tone(500, 400), sampleRate: 8_000, last: false }).then(() => done.push('a'));
  void leg.play({ speechId: 1, samples: tone(500, 1_000), sampleRate: 8_000, last: true }).then(() => done.push('b'));
  await clock.advance(800);
  expect(done).toEqual(['a']);
  await clock.advance(200);
  expect(done).toEqual(['a', 'b']);
});

test('while we are held nothing is sent or noticed, and afterwards the agent goes on where it was', async () => {
  const { clock, leg, peer, events } = await connectedCall();
  void leg.play({ speechId: 1, samples: tone(500, 1_000), sampleRate: 8_000, last: true });
  await clock.advance(400);
  leg.connect(peer.media({ direction: 'recvonly' }));
  const sentBefore = peer.received.length;
  void peer.say(babble(1_000), leg.local);
  await clock.advance(30_000);
  expect(peer.received.length).toBe(sentBefore);
  expect(kinds(events)).toEqual(['playback-started']);
  leg.connect(peer.media());
  await clock.advance(1_000);
  expect(kinds(events)).toEqual(['playback-started', 'playback-finished']);
  const [last, next] = peer.received.slice(sentBefore - 1);
  expect(next?.marker).toBe(true);
  expect(((next?.sequence ?? 0) - (last?.sequence ?? 0)) & 0xffff).toBe(1);
  expect(((next?.timestamp ?? 0) - (last?.timestamp ?? 0)) >>> 0).toBeGreaterThanOrEqual(30_000 * 8);
});

test('twenty seconds without packets are reported once, and again after the next silence', async () => {
  const { clock, leg, peer, events } = await connectedCall();
  await clock.advance(25_000);
  void peer.say(silence(200), leg.local);
  await clock.advance(21_000);
  expect(kinds(events)).toEqual(['rtp-timeout', 'rtp-timeout']);
  expect(events[0]).toMatchObject({ silentMs: expect.closeTo(20_000, -2) });
});

test('digits arrive once each, out of event packets that repeat and get lost', async () => {
  const { clock, leg, peer, events, network } = await connectedCall();
  let sent = 0;
  network.fate = (_packet, from) => (from.port === peer.local.port && sent++ % 3 === 0 ? undefined : { delayMs: 0 });
  for (const event of [1, 1, 11]) {
    const { timestamp } = peer;
    for (let packet = 1; packet <= 8; packet++) {
      const duration = Math.min(packet, 5) * 160;
      const flags = packet > 5 ? 0x8a : 0x0a;
      const payload = Buffer.from([event, flags, duration >> 8, duration & 0xff]);
      peer.sendPayload(payload, 101, leg.local, timestamp);
      await clock.advance(20);
    }
    for (let frame = 0; frame < 10; frame++) {
      peer.sendFrame(silence(20), leg.local);
      await clock.advance(20);
    }
  }
  expect(events.flatMap((event) => (event.kind === 'dtmf' ? [event.digit] : []))).toEqual(['1', '1', '#']);
});

test('digits are sent as events between the speech, with one timestamp and three ends each', async () => {
  const { clock, leg, peer } = await connectedCall();
  void leg.play({ speechId: 1, samples: tone(500, 2_000), sampleRate: 8_000, last: true });
  await clock.advance(300);
  const sent = leg.sendDtmf('7#');
  await clock.advance(800);
  await sent;
  const events = peer.received.filter((packet) => packet.payloadType === 101);
  expect(events.map(({ payload }) => payload[0])).toEqual([
    ...Array.from({ length: 8 }, () => 7),
    ...Array.from({ length: 8 }, () => 11),
  ]);
  expect(new Set(events.slice(0, 8).map(({ timestamp }) => timestamp)).size).toBe(1);
  expect(events.filter(({ marker }) => marker).length).toBe(2);
  expect(events.filter(({ payload }) => ((payload[1] ?? 0) & 0x80) !== 0).length).toBe(6);
  const numbers = peer.received.map(({ sequence }) => sequence);
  numbers.slice(1).forEach((number, i) => expect((number - (numbers[i] ?? 0)) & 0xffff).toBe(1));
});

test('where events were not agreed, digits are sent and understood as tones', async () => {
  const { clock, leg, peer, events } = await connectedCall();
  const { telephoneEventPayloadType: _, ...media } = peer.media();
  leg.connect(media);
  const sent = leg.sendDtmf('4');
  await clock.advance(400);
  await sent;
  const heard = peer.heard();
  expect(levelAtDb(heard.subarray(320, 800), 770)).toBeGreaterThan(-20);
  expect(levelAtDb(heard.subarray(320, 800), 1_209)).toBeGreaterThan(-20);
  void peer.say(heard, leg.local);
  await clock.advance(800);
  expect(events.flatMap((event) => (event.kind === 'dtmf' ? [event.digit] : []))).toEqual(['4']);
});

test('what cannot be dialled is refused', async () => {
  const { leg } = await connectedCall();
  await expect(leg.sendDtmf('12x')).rejects.toMatchObject({ code: 'bad-digits' });
});

test('lost packets are concealed in time and counted, late and foreign ones dropped and counted', async () => {
  const { clock, leg, peer, network } = await connectedCall();
  const frames: Frame[] = [];
  leg.listen({ kind: 'function', sampleRate: 8_000, push: (frame) => frames.push(frame) });
  const stranger = await RtpPeer.open(network, clock, { address: '10.9.9.9', port: 6_000 }, 'PCMU', 99);
  let packet = 0;
  network.fate = (_bytes, from) => {
    if (from.port !== peer.local.port) return { delayMs: 0 };
    packet++;
    if (packet % 10 === 0) return undefined;
    return { delayMs: packet % 25 === 7 ? 150 : 0 };
  };
  void peer.say(babble(2_000), leg.local);
  void stranger.say(tone(1_000, 1_000), leg.local);
  peer.sendRaw(Buffer.from('no RTP at all'), leg.local);
  await clock.advance(2_500);
  const { counters } = await leg.close();
  expect(counters.strangers).toBe(50);
  expect(counters.malformed).toBe(1);
  expect(counters.late).toBeGreaterThanOrEqual(3);
  expect(counters.lost).toBeGreaterThanOrEqual(10);
  expect(counters.concealed).toBeGreaterThanOrEqual(10);
  frames.slice(1).forEach((frame, i) => {
    expect(frame.position).toBe((frames[i]?.position ?? 0) + (frames[i]?.samples.length ?? 0));
  });
  const all = join(...frames.map(({ samples }) => samples));
  expect(toneIn(all, [1_000], 8_000, -35)).toBeUndefined();
});

test('payload types that were not agreed are dropped and counted; comfort noise is silence', async () => {
  const { clock, leg, peer } = await connectedCall();
  for (let i = 0; i < 5; i++) peer.sendPayload(Buffer.alloc(160), 18, leg.local);
  for (let i = 0; i < 3; i++) peer.sendPayload(Buffer.from([60]), 13, leg.local);
  await clock.advance(100);
  const { counters } = await leg.close();
  expect(counters).toMatchObject({ wrongPayloadType: 5, packetsIn: 3, malformed: 0 });
});

test('a caller behind a NAT is heard and answered at its real address', async () => {
  const { clock, network, leg, peer } = await connectedCall();
  const natted = await RtpPeer.open(network, clock, { address: '203.0.113.7', port: 9_999 }, 'PCMU', 5);
  void natted.say(silence(400), leg.local);
  await clock.advance(600);
  const before = peer.received.length;
  await clock.advance(200);
  expect(natted.received.length).toBeGreaterThan(10);
  expect(peer.received.length).toBe(before);
});

test('when the caller stops sending in the middle of a word, the voice still ends', async () => {
  const { clock, leg, peer, events } = await connectedCall();
  void peer.say(join(silence(400), babble(600)), leg.local);
  await clock.advance(1_500);
  expect(kinds(events)).toEqual(['voice-onset', 'voice-confirmed', 'voice-stopped']);
});

test('another codec in the middle of the call is heard in both directions', async () => {
  const { clock, network, leg } = await connectedCall();
  const frames: Frame[] = [];
  leg.listen({ kind: 'function', sampleRate: 16_000, push: (frame) => frames.push(frame) });
  const wideband = await RtpPeer.open(network, clock, { address, port: 50_100 }, 'G722', 77);
  await clock.advance(500);
  leg.connect(wideband.media());
  expect(leg.sampleRate).toBe(16_000);
  void wideband.say(join(silence(300, 16_000), babble(700, 16_000)), leg.local);
  await leg.play({ speechId: 1, samples: tone(5_000, 300, 16_000), sampleRate: 16_000, last: true });
  await clock.advance(1_200);
  expect(toneIn(wideband.heard(), [2_500, 5_000, 6_000], 16_000)).toBe(5_000);
  expect(frames.length).toBeGreaterThan(5);
});

test('closing frees the port and stops the clock', async () => {
  const { clock, engine, leg, peer } = await connectedCall();
  void peer.say(babble(300), leg.local);
  await clock.advance(500);
  await leg.close();
  await clock.advance(100);
  expect(clock.pendingCount).toBe(0);
  expect(await engine.stats()).toMatchObject({ legs: 0, portsInUse: 0 });
  const sent = peer.received.length;
  await clock.advance(200);
  expect(peer.received.length).toBe(sent);
});
