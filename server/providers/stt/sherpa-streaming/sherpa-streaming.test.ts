import { beforeEach, describe, expect, test } from 'vitest';
import type { SttManifest } from '../../../../models/manifest.ts';
import { VirtualClock } from '../../../lifetime/virtual-clock.ts';
import type { SttPartial, SttStream } from '../../kinds/stt.ts';
import { FakeRecognizer } from './fake-recognizer.ts';
import { SherpaStreamingStt } from './sherpa-streaming.ts';

const manifest: SttManifest = {
  id: 'fake',
  kind: 'stt',
  language: 'en',
  loader: 'nemoCtc',
  files: { model: 'm', tokens: 't' },
  featConfig: { sampleRate: 8_000, featureDim: 40 },
  decodingMethod: 'greedy_search',
  maxActive: 3_000,
  frameScale: 1.5,
  chunkMs: 240,
  lookaheadMs: 70,
};

describe('the streaming recogniser', () => {
  let recognizer: FakeRecognizer;
  let clock: VirtualClock;
  let stt: SherpaStreamingStt;

  beforeEach(() => {
    recognizer = new FakeRecognizer();
    clock = new VirtualClock();
    stt = new SherpaStreamingStt(manifest, recognizer, clock);
  });

  function frame(positionMs: number, options: { loud?: boolean; sampleRate?: number; durationMs?: number } = {}) {
    const { loud = true, sampleRate = 8_000, durationMs = 20 } = options;
    const samples = new Int16Array((durationMs * sampleRate) / 1_000).fill(loud ? 10_000 : 0);
    return { samples, sampleRate, position: (positionMs * sampleRate) / 1_000 };
  }

  function talk(stream: SttStream, fromMs: number, toMs: number, loud = true): void {
    for (let at = fromMs; at < toMs; at += 20) {
      stream.push(frame(at, { loud }));
      clock.advanceSync(20);
    }
  }

  test('says what it heard and up to when it listened', () => {
    const partials: SttPartial[] = [];
    const stream = stt.open((partial) => partials.push(partial));
    talk(stream, 4_000, 5_000);
    expect(partials.at(-1)).toEqual({ text: 'word1 word2 word3 word4', heardUntilMs: 4_790 });
    expect(
      partials.every(({ heardUntilMs }, at) => at === 0 || heardUntilMs > (partials[at - 1]?.heardUntilMs ?? 0)),
    ).toBe(true);
  });

  test('a turn end brings the words still inside and begins a new turn', async () => {
    const stream = stt.open(() => {});
    talk(stream, 0, 400);
    expect(await stream.endTurn()).toBe('word1 word2');
    talk(stream, 400, 600);
    expect(await stream.endTurn()).toBe('word1');
    expect(await stream.endTurn()).toBe('');
  });

  test('positions stay true over turn ends', async () => {
    const partials: SttPartial[] = [];
    const stream = stt.open((partial) => partials.push(partial));
    talk(stream, 0, 1_000);
    await stream.endTurn();
    partials.length = 0;
    talk(stream, 1_000, 2_000);
    const last = partials.at(-1)?.heardUntilMs ?? 0;
    expect(last).toBeGreaterThan(1_600);
    expect(last).toBeLessThanOrEqual(2_000);
  });

  test('calls that are ready at the same time are decoded together', () => {
    const streams = Array.from({ length: 8 }, () => stt.open(() => {}));
    for (let at = 0; at < 1_000; at += 20) {
      for (const stream of streams) stream.push(frame(at));
      clock.advanceSync(20);
    }
    expect(Math.max(...recognizer.batches)).toBe(8);
    expect(recognizer.batches.length).toBeLessThanOrEqual(4);
  });

  test('a call that stands still holds up no other and makes no ticks', () => {
    const stream = stt.open(() => {});
    stt.open(() => {});
    talk(stream, 0, 400);
    expect(recognizer.batches).toEqual([1]);
    expect(clock.pendingCount).toBe(0);
  });

  test('a line that changes its rate goes on without loss of the engine', async () => {
    const stream = stt.open(() => {});
    talk(stream, 0, 400);
    for (let at = 400; at < 1_000; at += 20) stream.push(frame(at, { sampleRate: 16_000 }));
    expect(await stream.endTurn()).toContain('word3');
  });

  test('audio that nobody decodes is dropped beyond ten seconds, and counted', () => {
    const stream = stt.open(() => {});
    for (let at = 0; at < 12_000; at += 100) stream.push(frame(at, { durationMs: 100 }));
    expect(stt.load().droppedFrames).toBeGreaterThan(15);
    expect(stt.load().droppedFrames).toBeLessThan(25);
    stream.close();
    expect(stt.load()).toMatchObject({ openStreams: 0, droppedFrames: expect.any(Number) });
    expect(stt.load().droppedFrames).toBeGreaterThan(15);
  });

  test('a new call uses an old stream and hears nothing of it', async () => {
    const first = stt.open(() => {});
    talk(first, 0, 380);
    first.close();
    const second = stt.open(() => {});
    talk(second, 0, 200);
    expect(await second.endTurn()).toBe('word1');
    expect(recognizer.streams).toBe(1);
  });

  test('after the close nothing is heard or said any more', async () => {
    const partials: SttPartial[] = [];
    const stream = stt.open((partial) => partials.push(partial));
    stream.close();
    talk(stream, 0, 1_000);
    expect(partials).toEqual([]);
    expect(await stream.endTurn()).toBe('');
  });

  test('the tick measures how late it comes', () => {
    const stream = stt.open(() => {});
    talk(stream, 0, 1_000);
    expect(stt.load().tickLatenessMs).toEqual({ p50: 0, p99: 0, max: 0 });
  });
});
