import { expect, test } from 'vitest';
import { Resampler } from '../dsp/resampler.ts';
import { loadDspModules } from '../dsp/wasm.ts';
import type { Frame } from '../frame.ts';
import { join, silence, tone, toneIn } from '../testing/signals.ts';
import { type LineState, SinkFeed } from './sink-feed.ts';

const modules = await loadDspModules();

/** Pushes 20 ms frames; `voice` says for each millisecond whether somebody speaks. */
function feed(
  samples: Int16Array,
  voice: (atMs: number) => boolean,
  { isAgentSpeaking = false, sampleRate = 8_000 } = {},
): Frame[] {
  const sent: Frame[] = [];
  let state: LineState = { isVoiceActive: false, isVoiced: false, isAgentSpeaking };
  const sender = {
    sampleRate,
    send: (frame: Frame) => void sent.push({ ...frame, samples: frame.samples.slice() }),
    takeDropped: () => 0,
    close: () => {},
  };
  const resampler = sampleRate === 8_000 ? undefined : new Resampler(modules, 8_000, sampleRate);
  const stage = new SinkFeed(8_000, sender, resampler, () => state);
  for (let at = 0; at < samples.length; at += 160) {
    const isVoice = voice(at / 8);
    state = { isVoiceActive: isVoice, isVoiced: isVoice, isAgentSpeaking };
    stage.push({ samples: samples.subarray(at, at + 160), sampleRate: 8_000, position: at });
  }
  stage.close();
  return sent;
}

const ms = (frame: Frame | undefined) => ((frame?.samples.length ?? 0) * 1_000) / (frame?.sampleRate ?? 1);
const between = (fromMs: number, untilMs: number) => (atMs: number) => atMs >= fromMs && atMs < untilMs;

test('nothing is sent before the first voice, which brings the 400 ms before it', () => {
  const line = join(tone(440, 1_000), tone(700, 400));
  const sent = feed(line, between(1_000, 1_400));
  expect(sent[0]?.position).toBe(600 * 8);
  expect(ms(sent[0])).toBe(420);
  const all = join(...sent.map(({ samples }) => samples));
  expect(toneIn(all.subarray(0, 200 * 8), [440, 700])).toBe(440);
  expect(toneIn(all.subarray(-200 * 8), [440, 700])).toBe(700);
});

test('after the onset audio goes out every 20 ms for 300 ms, then in groups of 100 ms', () => {
  const sent = feed(tone(440, 3_000), between(500, 3_000));
  const lengths = sent.slice(1).map(ms);
  expect(lengths.slice(0, 13)).toEqual(Array.from({ length: 13 }, () => 20));
  expect(new Set(lengths.slice(16))).toEqual(new Set([100]));
});

test('silence goes along for two seconds after the voice and then rests; while the agent speaks for 0.8 s', () => {
  for (const [isAgentSpeaking, restMs] of [
    [false, 2_000],
    [true, 800],
  ] as const) {
    const sent = feed(join(tone(440, 1_000), silence(5_000)), between(500, 1_000), { isAgentSpeaking });
    const last = sent.at(-1);
    const endMs = ((last?.position ?? 0) + (last?.samples.length ?? 0)) / 8;
    expect(Math.abs(endMs - (1_000 + restMs))).toBeLessThanOrEqual(40);
  }
});

test('from the first frame to the rest nothing is missing, at whatever rate', () => {
  const sent = feed(tone(440, 2_000), between(600, 2_000), { sampleRate: 16_000 });
  sent.slice(1).forEach((frame, i) => {
    expect(frame.position).toBe((sent[i]?.position ?? 0) + (sent[i]?.samples.length ?? 0));
  });
  const all = join(...sent.map(({ samples }) => samples));
  expect(toneIn(all.subarray(1_600), [220, 440, 880], 16_000)).toBe(440);
  expect(Math.abs((sent[0]?.position ?? 0) - 200 * 16)).toBeLessThanOrEqual(16 * 10);
});
