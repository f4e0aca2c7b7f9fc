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

test('a caller who coughed over the agent can interrupt it right afterwards, as loud as before', () => {
  const cough = (atMs: number) => join(silence(atMs), babble(240, 8_000, -21, 4), silence(speechMs - atMs - 240));
  const reports = simulate(30, add(add(cough(3_000), cough(3_600)), interruption(4_200)));
  expect(reports.filter(({ change }) => change === 'onset')).toHaveLength(3);
  const confirmed = reports.filter(({ change }) => change === 'confirmed').at(-1);
  expect((confirmed?.heardUntil ?? Number.POSITIVE_INFINITY) / 8 - 4_200).toBeLessThanOrEqual(260);
});

test('a caller who interrupted the agent can interrupt its next words as well', () => {
  const guard = new EchoGuard();
  const passes = (levels: readonly number[], outboundDb: number, isSpeaking: boolean) =>
    levels.map((levelDb) => {
      guard.sent(outboundDb);
      return guard.passes(levelDb, isSpeaking);
    });
  const frames = (count: number, levelDb: number) => Array.from({ length: count }, () => levelDb);
  for (let turn = 0; turn < 8; turn++) {
    passes(frames(35, -70), -18, false);
    expect(passes(frames(4, -20), -18, false)).toEqual([true, true, true, true]);
    passes(frames(60, -20), -96, true);
    passes(frames(50, -70), -96, false);
  }
});

test('a loud echo, 10 dB down, stops the agent a few times and is known then', () => {
  const agent = babble(speechMs, 8_000, -18, 2);
  const guard = new EchoGuard();
  const onsetsMs: number[] = [];
  let pausedFrames = 0;
  const detector = new VoiceDetector(modules, 8_000, guard, ({ change, heardUntil }) => {
    if (change !== 'onset') return;
    onsetsMs.push(heardUntil / 8);
    pausedFrames = 40;
  });
  const onTheWay: Int16Array[] = Array.from({ length: echoDelayMs / 20 }, () => new Int16Array(frame));
  for (let spoken = 0, position = 0; spoken + frame <= agent.length; position += frame) {
    const sent = pausedFrames > 0 ? new Int16Array(frame) : agent.subarray(spoken, spoken + frame);
    if (pausedFrames > 0) pausedFrames--;
    else spoken += frame;
    guard.sent(levelDb(sent));
    onTheWay.push(scale(sent, -10));
    detector.push({ samples: onTheWay.shift() ?? sent, sampleRate: 8_000, position });
  }
  detector.close();
  expect(onsetsMs.length).toBeLessThanOrEqual(4);
  expect(onsetsMs.every((atMs) => atMs < 6_000)).toBe(true);
});
