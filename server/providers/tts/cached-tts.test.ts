import { expect, test } from 'vitest';
import type { SynthesisChunk, SynthesisRequest, TtsProvider } from '../kinds/tts.ts';
import { CachedTts } from './cached-tts.ts';

/** Speaks a hundred samples per request and remembers what it was asked. */
class CountingVoice implements TtsProvider {
  readonly name = 'counting';
  readonly asked: string[] = [];

  async *synthesize(request: SynthesisRequest, signal: AbortSignal): AsyncGenerator<SynthesisChunk> {
    this.asked.push(request.text);
    for (const value of [1, 2]) {
      await Promise.resolve();
      if (signal.aborted) return;
      yield { samples: new Int16Array(50).fill(value), sampleRate: request.sampleRate };
    }
  }

  close(): void {}
}

const never = new AbortController().signal;

async function hear(tts: TtsProvider, text: string, more: Partial<SynthesisRequest> = {}): Promise<number[]> {
  const heard: number[] = [];
  for await (const { samples } of tts.synthesize({ text, sampleRate: 8_000, ...more }, never)) heard.push(...samples);
  return heard;
}

test('a sentence said again comes from memory, sample by sample the same', async () => {
  const voice = new CountingVoice();
  const tts = new CachedTts(voice, 10_000, (text) => text);
  const first = await hear(tts, 'Hello.');
  expect(first).toHaveLength(100);
  expect(await hear(tts, 'Hello.')).toEqual(first);
  expect(voice.asked).toEqual(['Hello.']);
  expect(tts.counters).toMatchObject({ hits: 1, misses: 1 });
});

test('another voice, pace or rate is another sentence', async () => {
  const voice = new CountingVoice();
  const tts = new CachedTts(voice, 10_000, (text) => text);
  await hear(tts, 'Hello.');
  await hear(tts, 'Hello.', { voice: 'rms' });
  await hear(tts, 'Hello.', { speed: 0.9 });
  await hear(tts, 'Hello.', { sampleRate: 16_000 });
  expect(voice.asked).toHaveLength(4);
});

test('what was used least recently goes when memory is full', async () => {
  const voice = new CountingVoice();
  const tts = new CachedTts(voice, 500, (text) => text);
  await hear(tts, 'a');
  await hear(tts, 'b');
  await hear(tts, 'a');
  await hear(tts, 'c');
  await hear(tts, 'a');
  expect(voice.asked).toEqual(['a', 'b', 'c']);
  await hear(tts, 'b');
  expect(voice.asked).toEqual(['a', 'b', 'c', 'b']);
  expect(tts.counters.evicted).toBe(2);
  expect(tts.counters.sizeBytes).toBeLessThanOrEqual(500);
});

test('a sentence broken off is not remembered', async () => {
  const voice = new CountingVoice();
  const tts = new CachedTts(voice, 10_000, (text) => text);
  const controller = new AbortController();
  for await (const chunk of tts.synthesize({ text: 'Hello.', sampleRate: 8_000 }, controller.signal)) {
    expect(chunk.samples[0]).toBe(1);
    controller.abort();
  }
  expect(await hear(tts, 'Hello.')).toHaveLength(100);
  expect(voice.asked).toHaveLength(2);
});

test('whoever gets a remembered piece may change it', async () => {
  const tts = new CachedTts(new CountingVoice(), 10_000, (text) => text);
  await hear(tts, 'Hello.');
  for await (const { samples } of tts.synthesize({ text: 'Hello.', sampleRate: 8_000 }, never)) samples.fill(0);
  expect((await hear(tts, 'Hello.'))[0]).toBe(1);
});

test('the engine reads the written-out text, the memory is kept under the text as asked', async () => {
  const voice = new CountingVoice();
  const tts = new CachedTts(voice, 10_000, (text) => text.replace('5', 'five'));
  await hear(tts, 'At 5.');
  await hear(tts, 'At 5.');
  expect(voice.asked).toEqual(['At five.']);
});
