import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { realClock } from '../../server/lifetime/clock.ts';
import { silentLogger } from '../../server/log/logger.ts';
import { MediaClient } from '../../server/media/client.ts';
import type { Frame } from '../../server/media/frame.ts';
import type { LegEvent, MediaLeg } from '../../server/media/media-engine.ts';
import { readWav } from '../../server/media/record/wav.ts';
import { RtpPeer } from '../../server/media/testing/rtp-peer.ts';
import { babble, levelAtDb, tone, toneIn } from '../../server/media/testing/signals.ts';
import { udpTransport } from '../../server/media/transport/udp-transport.ts';

const address = '127.0.0.1';
const sideTones = [440, 700, 1_000];

let folder: string;
let media: MediaClient;
let peer: RtpPeer;
let leg: MediaLeg;
let events: LegEvent[];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'landline-media-'));
  media = new MediaClient({ ports: { first: 42_000, last: 42_099 }, log: silentLogger });
  media.start();
  events = [];
  leg = await media.openLeg({ callId: 'a', localAddress: address }, { event: (event) => events.push(event) });
  peer = await RtpPeer.open(udpTransport, realClock, { address, port: 0 });
  leg.connect(peer.media());
});

afterEach(async () => {
  await peer.close();
  await media.stop();
  await rm(folder, { recursive: true });
});

function wait(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

async function until(isSo: () => boolean, limitMs: number): Promise<number> {
  const beganMs = realClock.now();
  while (!isSo() && realClock.now() - beganMs < limitMs) await wait(5);
  return realClock.now() - beganMs;
}

function killMedia(): void {
  const { pid } = media;
  if (pid === undefined) throw new Error('no media process');
  process.kill(pid, 'SIGKILL');
}

test('a call goes on within 2 s on the same port, in both directions, when its media process is killed', async () => {
  const heardFrames: Frame[] = [];
  leg.listen({ kind: 'function', sampleRate: 8_000, push: (frame) => heardFrames.push(frame) });
  // The caller talks all the time; that the agent may not be interrupted has to survive as well.
  leg.allowBargeIn(false);
  void leg.play({ speechId: 1, samples: tone(440, 5_000), sampleRate: 8_000, last: true });
  void peer.say(babble(6_000), leg.local);
  await until(() => events.some((event) => event.kind === 'playback-started'), 2_000);
  await wait(300);
  const portBefore = leg.local.port;
  const last = peer.received.at(-1);
  killMedia();
  const killedMs = realClock.now();
  await until(() => events.some((event) => event.kind === 'leg-restarted'), 3_000);
  await until(() => (peer.received.at(-1)?.atMs ?? 0) > killedMs + 30, 3_000);

  const next = peer.received.find((packet) => packet.atMs > killedMs + 30);
  expect((next?.atMs ?? Number.POSITIVE_INFINITY) - killedMs).toBeLessThan(2_000);
  expect(leg.local.port).toBe(portBefore);
  expect(events.find((event) => event.kind === 'leg-restarted')).toEqual({ kind: 'leg-restarted', lostSpeechIds: [1] });
  if (!last || !next) throw new Error('no packets');
  expect(next.ssrc).toBe(last.ssrc);
  const packetsLater = (next.sequence - last.sequence) & 0xffff;
  const silentMs = next.atMs - last.atMs;
  expect(Math.abs(packetsLater - silentMs / 20)).toBeLessThanOrEqual(2);
  expect((next.timestamp - last.timestamp) >>> 0).toBe(packetsLater * 160);
  expect(next.marker).toBe(true);

  const framesBefore = heardFrames.length;
  await leg.play({ speechId: 2, samples: tone(700, 300), sampleRate: 8_000, last: true });
  await until(() => events.some((event) => event.kind === 'playback-finished' && event.speechId === 2), 2_000);
  expect(toneIn(peer.heard().slice(-8 * 250), sideTones)).toBe(700);
  await until(() => heardFrames.length > framesBefore + 3, 2_000);
  const [earlier, later] = [heardFrames[framesBefore - 1], heardFrames.at(-1)];
  expect(later?.position).toBeGreaterThan(earlier?.position ?? Number.POSITIVE_INFINITY);
});

test('a recording goes on in the same file, with silence where the process was missing', async () => {
  const path = join(folder, 'call.wav');
  await leg.startRecording(path);
  void leg.play({ speechId: 1, samples: tone(440, 10_000), sampleRate: 8_000, last: true });
  await wait(2_500);
  killMedia();
  await until(() => events.some((event) => event.kind === 'leg-restarted'), 3_000);
  const partial = readWav(await readFile(`${path}.part`));
  expect(partial.channels[1]?.length).toBeGreaterThan(8_000 * 1.5);
  await wait(500);
  void leg.play({ speechId: 2, samples: tone(700, 10_000), sampleRate: 8_000, last: true });
  await wait(1_000);
  const { recording } = await leg.close();
  const wav = readWav(await readFile(path));
  const agent = wav.channels[1] ?? new Int16Array();
  expect(recording).toMatchObject({ path, durationMs: (agent.length * 1_000) / 8_000 });
  expect(toneIn(agent.subarray(8_000, 12_000), sideTones)).toBe(440);
  expect(toneIn(agent.subarray(-4_000), sideTones)).toBe(700);
  const blocks = Array.from({ length: Math.floor(agent.length / 160) }, (_, i) =>
    agent.subarray(i * 160, i * 160 + 160),
  );
  const beforeGap = blocks.filter((block) => levelAtDb(block, 440) > -30).length * 20;
  expect(beforeGap).toBeGreaterThan(1_500);
  expect(Math.abs(agent.length / 8 - 4_000)).toBeLessThan(1_500);
});

test('a speech whose beginning was lost is not played from its middle', async () => {
  void leg.play({ speechId: 1, samples: tone(440, 3_000), sampleRate: 8_000, last: false });
  await until(() => events.some((event) => event.kind === 'playback-started'), 2_000);
  killMedia();
  await until(() => events.some((event) => event.kind === 'leg-restarted'), 3_000);
  const count = peer.heard().length;
  await leg.play({ speechId: 1, samples: tone(1_000, 400), sampleRate: 8_000, last: true });
  await wait(400);
  expect(toneIn(peer.heard().subarray(count), sideTones)).toBeUndefined();
});

test('calls are given up when the process dies three times in a row', async () => {
  for (let crash = 1; crash <= 3; crash++) {
    await until(() => media.pid !== undefined && media.restarts === crash - 1, 5_000);
    if (crash > 1)
      await until(() => events.filter((event) => event.kind === 'leg-restarted').length === crash - 1, 5_000);
    killMedia();
    await until(() => media.pid === undefined, 2_000);
  }
  await until(() => events.some((event) => event.kind === 'leg-lost'), 2_000);
  expect(events.at(-1)?.kind).toBe('leg-lost');
  expect(await leg.flush()).toEqual({ speeches: [] });
  expect((await leg.close()).codec).toBe('PCMU');
});

test('when the server lets go of it, the media process completes its recordings and is gone within a second', async () => {
  const path = join(folder, 'call.wav');
  await leg.startRecording(path);
  void leg.play({ speechId: 1, samples: tone(440, 5_000), sampleRate: 8_000, last: true });
  await until(() => events.some((event) => event.kind === 'playback-started'), 2_000);
  await wait(700);
  const { pid } = media;
  const beganMs = realClock.now();
  await media.stop();
  expect(realClock.now() - beganMs).toBeLessThan(1_200);
  expect(() => process.kill(pid ?? 0, 0)).toThrow('ESRCH');
  const agent = readWav(await readFile(path)).channels[1] ?? new Int16Array();
  expect(agent.length).toBeGreaterThan(600 * 8);
  expect(toneIn(agent.subarray(-2_000), sideTones)).toBe(440);
});
