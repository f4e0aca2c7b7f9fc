import { expect, test } from 'vitest';
import { add, babble, join, noise, silence } from '../testing/signals.ts';
import { EchoGuard } from './echo-guard.ts';
import { VoiceDetector, type VoiceReport } from './voice-detector.ts';
import { loadDspModules } from './wasm.ts';

const modules = await loadDspModules();

function detect(samples: Int16Array, sampleRate = 8_000, packetMs = 20): VoiceReport[] {
  const reports: VoiceReport[] = [];
  const detector = new VoiceDetector(modules, sampleRate, new EchoGuard(), (report) => reports.push(report));
  const length = (sampleRate * packetMs) / 1_000;
  for (let at = 0; at < samples.length; at += length)
    detector.push({ samples: samples.subarray(at, at + length), sampleRate, position: at });
  detector.close();
  return reports;
}

function sentence(sampleRate: number): Int16Array {
  return join(silence(1_000, sampleRate), babble(1_500, sampleRate), silence(1_000, sampleRate));
}

test.each([
  [8_000, 20],
  [8_000, 10],
  [8_000, 30],
  [8_000, 60],
  [16_000, 20],
])('at %i Hz in packets of %i ms, one sentence is one voice with its true edges', (sampleRate, packetMs) => {
  const reports = detect(sentence(sampleRate), sampleRate, packetMs);
  expect(reports.map(({ change }) => change)).toEqual(['onset', 'confirmed', 'stopped']);
  const ms = (samples: number | undefined) => ((samples ?? 0) * 1_000) / sampleRate;
  const [onset, , stopped] = reports;
  expect(Math.abs(ms(onset?.position) - 1_000)).toBeLessThanOrEqual(40);
  expect(ms(onset?.heardUntil)).toBeLessThanOrEqual(1_000 + 120);
  expect(Math.abs(ms(stopped?.lastVoiced) - 2_500)).toBeLessThanOrEqual(40);
  expect(ms(stopped?.heardUntil) - 2_500).toBeLessThanOrEqual(160);
});

test('with noise 15 dB under the voice, the sentence is still found and ended', () => {
  const noisy = add(sentence(8_000), noise(3_500, 8_000, -33));
  const reports = detect(join(noise(2_000, 8_000, -33, 9), noisy, noise(1_000, 8_000, -33, 3)));
  const onset = reports.find(({ change }) => change === 'onset');
  const stopped = reports.findLast(({ change }) => change === 'stopped');
  expect(Math.abs((onset?.position ?? 0) / 8 - 3_000)).toBeLessThanOrEqual(100);
  expect(Math.abs((stopped?.lastVoiced ?? 0) / 8 - 4_500)).toBeLessThanOrEqual(150);
});

test('steady noise alone is no voice', () => {
  expect(detect(noise(20_000, 8_000, -30))).toEqual([]);
});

test('a click is no voice', () => {
  expect(detect(join(silence(500), noise(30, 8_000, -6), silence(500)))).toEqual([]);
});

test.each([100, 120, 140, 200])('two voices %i ms apart each begin where they begin', (pauseMs) => {
  const voice = babble(600);
  const reports = detect(join(silence(1_000), voice, silence(pauseMs), voice, silence(500)));
  const stops = reports.filter(({ change }) => change === 'stopped');
  const onsets = reports.filter(({ change }) => change === 'onset');
  expect(onsets.length).toBe(stops.length);
  for (const [at, onset] of onsets.entries())
    expect(onset.position).toBeGreaterThanOrEqual(at === 0 ? 8_000 : (stops[at - 1]?.lastVoiced ?? 0));
});
