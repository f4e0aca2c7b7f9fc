import { expect, test } from 'vitest';
import { add, babble, join, scale, silence } from '../testing/signals.ts';
import { EchoGuard } from './echo-guard.ts';
import { levelDb } from './level.ts';
import { VoiceDetector, type VoiceReport } from './voice-detector.ts';
import { loadDspModules } from './wasm.ts';

const modules = await loadDspModules();
const frame = 160;
const echoDelayMs = 180;
const speechMs = 12_000;

/** The agent speaks for 12 s, its echo comes back 180 ms later; returns what the detector reported. */
function simulate(echoLossDb: number, caller: Int16Array = silence(speechMs)): VoiceReport[] {
  const agent = babble(speechMs, 8_000, -18, 2);
  const echo = join(silence(echoDelayMs), scale(agent, -echoLossDb)).subarray(0, agent.length);
  const inbound = add(echo, caller);
  const guard = new EchoGuard();
  const reports: VoiceReport[] = [];
  const detector = new VoiceDetector(modules, 8_000, guard, (report) => reports.push(report));
  for (let at = 0; at < agent.length; at += frame) {
    guard.sent(levelDb(agent.subarray(at, at + frame)));
    detector.push({ samples: inbound.subarray(at, at + frame), sampleRate: 8_000, position: at });
  }
  detector.close();
  return reports;
}

/** An interruption 3 dB below the agent's level, at this moment. */
function interruption(atMs: number): Int16Array {
  return join(silence(atMs), babble(1_200, 8_000, -21, 4), silence(speechMs - atMs - 1_200));
}

test.each([20, 25, 30, 40])('an echo %i dB down never counts as a caller', (echoLossDb) => {
  expect(simulate(echoLossDb)).toEqual([]);
});

test.each([
  [20, 6_000],
  [25, 6_000],
  [40, 6_000],
  [20, 300],
  [40, 300],
])('with an echo %i dB down, a caller at %i ms is confirmed within 260 ms', (echoLossDb, atMs) => {
  const reports = simulate(echoLossDb, interruption(atMs));
  expect(reports.slice(0, 2).map(({ change }) => change)).toEqual(['onset', 'confirmed']);
  const [onset, confirmed] = reports;
  expect((onset?.heardUntil ?? Number.POSITIVE_INFINITY) / 8 - atMs).toBeLessThanOrEqual(160);
  expect((confirmed?.heardUntil ?? Number.POSITIVE_INFINITY) / 8 - atMs).toBeLessThanOrEqual(260);
});

test('while the agent is silent the guard lets every level pass', () => {
  const guard = new EchoGuard();
  expect(guard.passes(-50, false)).toBe(true);
  guard.sent(-20);
  expect(guard.passes(-50, false)).toBe(false);
  for (let i = 0; i < 25; i++) guard.sent(-96);
  expect(guard.passes(-50, false)).toBe(true);
});
