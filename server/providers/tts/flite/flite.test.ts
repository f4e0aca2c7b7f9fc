import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { SynthesisRequest } from '../../kinds/tts.ts';
import { FliteTts } from './flite.ts';

const never = new AbortController().signal;

describe('the starter voice', () => {
  let tts: FliteTts;

  beforeAll(async () => {
    tts = await FliteTts.load();
  });

  afterAll(() => tts.close());

  async function say(request: Partial<SynthesisRequest>, signal: AbortSignal = never): Promise<Int16Array[]> {
    const pieces: Int16Array[] = [];
    const wanted = { text: 'Hello, how can I help you today?', sampleRate: 8_000, ...request };
    for await (const { samples, sampleRate } of tts.synthesize(wanted, signal)) {
      expect(sampleRate).toBe(wanted.sampleRate);
      pieces.push(samples);
    }
    return pieces;
  }

  const seconds = (pieces: Int16Array[], rate: number) => pieces.reduce((sum, piece) => sum + piece.length, 0) / rate;

  test('speaks loud enough, at the line rate, with hardly any silence before the first word', async () => {
    const [speech] = await say({});
    expect((speech as Int16Array).length / 8_000).toBeGreaterThan(1.2);
    expect(Math.max(...(speech as Int16Array))).toBeGreaterThan(5_000);
    const firstAudible = (speech as Int16Array).findIndex((sample) => Math.abs(sample) > 500);
    expect(firstAudible / 8).toBeLessThan(60);
  });

  test('is as long at 16 kHz as at 8 kHz', async () => {
    const narrow = seconds(await say({ sampleRate: 8_000 }), 8_000);
    const wide = seconds(await say({ sampleRate: 16_000 }), 16_000);
    expect(Math.abs(narrow - wide)).toBeLessThan(0.01);
  });

  test('a slower pace takes longer', async () => {
    const slow = seconds(await say({ speed: 0.7 }), 8_000);
    const fast = seconds(await say({ speed: 1.2 }), 8_000);
    expect(slow / fast).toBeGreaterThan(1.5);
  });

  test('every voice speaks, and sounds like none of the others', async () => {
    const lengths = new Set<number>();
    for (const voice of ['slt', 'rms', 'awb', 'kal16']) lengths.add(seconds(await say({ voice }), 8_000));
    expect(lengths.size).toBe(4);
  });

  test('an unknown voice is refused by name', async () => {
    await expect(say({ voice: '/etc/passwd' })).rejects.toMatchObject({
      code: 'unknown-voice',
      message: expect.stringContaining('slt, rms, awb, kal16'),
    });
  });

  test('a long text comes in pieces, so that the first is heard early', async () => {
    const text = 'This is a sentence that goes on for a while. '.repeat(8);
    expect((await say({ text })).length).toBeGreaterThan(1);
  });

  test('nothing to say gives nothing', async () => {
    expect(await say({ text: '  ' })).toEqual([]);
    expect(seconds(await say({ text: '...' }), 8_000)).toBeLessThan(0.1);
  });

  test('an abort ends the wait at once with its reason', async () => {
    const controller = new AbortController();
    const saying = say({ text: 'You will never hear this.' }, controller.signal);
    const reason = new Error('barge-in');
    setImmediate(() => controller.abort(reason));
    await expect(saying).rejects.toBe(reason);
  });

  test('one text more than may wait is refused, and those that wait are spoken', async () => {
    const asked = Array.from({ length: 80 }, () => say({ text: 'Hi.', voice: 'kal16' }));
    const outcomes = await Promise.allSettled(asked);
    const refused = outcomes.filter((outcome) => outcome.status === 'rejected');
    expect(refused.length).toBeGreaterThan(0);
    for (const outcome of refused) expect(outcome.reason).toMatchObject({ code: 'speech-busy' });
    expect(outcomes.length - refused.length).toBeGreaterThanOrEqual(64);
  });
});
