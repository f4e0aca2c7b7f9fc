import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { loadSherpaTts, type SherpaTts } from '../../server/providers/tts/sherpa/sherpa-tts.ts';
import { writeToyVoice } from '../fixtures/models/toy-voice.ts';

const never = new AbortController().signal;

describe('a sherpa-onnx voice', () => {
  let folder: string;
  let tts: SherpaTts;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'landline-voice-'));
    await writeToyVoice(folder);
    tts = await loadSherpaTts(folder, 1);
  });

  afterAll(async () => {
    await tts.close();
    await rm(folder, { recursive: true });
  });

  async function say(text: string, options: { sampleRate?: number; voice?: string; signal?: AbortSignal } = {}) {
    const { sampleRate = 8_000, signal = never, ...more } = options;
    const pieces: Int16Array[] = [];
    for await (const chunk of tts.synthesize({ text, sampleRate, ...more }, signal)) pieces.push(chunk.samples);
    return pieces;
  }

  /** Strength of a tone (Goertzel), to tell which character was spoken. */
  function strength(samples: Int16Array, hertz: number, sampleRate: number): number {
    const coefficient = 2 * Math.cos((2 * Math.PI * hertz) / sampleRate);
    let [last, before] = [0, 0];
    for (const sample of samples) [last, before] = [sample + coefficient * last - before, last];
    return Math.sqrt(last * last + before * before - coefficient * last * before) / samples.length;
  }

  test('speaks at the line rate, and what it was asked to', async () => {
    const [piece] = await say('z');
    const samples = piece as Int16Array;
    const ofZ = 120 + 25 * 26;
    expect(strength(samples, ofZ, 8_000)).toBeGreaterThan(10 * strength(samples, 1_300, 8_000));
  });

  test('a long text comes in pieces', async () => {
    expect((await say('This is one sentence of many. '.repeat(8))).length).toBeGreaterThan(1);
  });

  test('punctuation alone is silence', async () => {
    expect(await say('...')).toEqual([]);
  });

  test('speakers are chosen by name or number, others are refused', async () => {
    expect(await say('a', { voice: 'toy' })).toHaveLength(1);
    expect(await say('a', { voice: '0' })).toHaveLength(1);
    await expect(say('a', { voice: 'nobody' })).rejects.toMatchObject({ code: 'unknown-voice' });
    await expect(say('a', { voice: '7' })).rejects.toMatchObject({ code: 'unknown-voice' });
  });

  test('an abort ends it with its reason, and the next text is spoken', async () => {
    const controller = new AbortController();
    const saying = say('This is one sentence of many. '.repeat(20), { signal: controller.signal });
    controller.abort(new Error('barge-in'));
    await expect(saying).rejects.toThrow('barge-in');
    expect(await say('a')).toHaveLength(1);
  });
});
