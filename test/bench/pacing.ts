import { setTimeout as wait } from 'node:timers/promises';
import { type Appliance, startThrowAway } from '../../server/caller/appliance.ts';
import type { HeardFrame } from '../../server/caller/rtp-phone.ts';
import { TestCaller } from '../support/test-caller.ts';
import { TestVoice } from '../support/test-voice.ts';
import { readCounters } from './counters.ts';
import { bar, median, spread } from './figures.ts';
import type { BenchResult } from './run.ts';

const calls = 50;
/** So many of the calls talk all the time, which keeps the speech process busy. */
const talkers = 8;
const seconds = 30;
const runs = process.argv.includes('--quick') ? 1 : 3;

/** Pacing of what the appliance sends, read from the packets: each one against its call's own 20 ms grid. */
export async function runPacingBench(): Promise<BenchResult> {
  const voice = await TestVoice.load();
  const question = await voice.say('What are your opening hours and what is your address?');
  await voice.close();
  const lateness = [];
  const ticks = [];
  for (let run = 0; run < runs; run++) {
    const appliance = await startThrowAway({ config: { limits: { maxCalls: calls + 10 } } });
    try {
      const uri = appliance.sip.replace('sip:', 'sip:reception@');
      lateness.push(spread(await measure(uri, question, calls)));
      await wait(2_000);
      ticks.push(await decodeTick(appliance, uri, question));
    } finally {
      await appliance.release();
    }
  }
  return {
    figures: { runs, calls, talkers, seconds, packetLatenessMs: lateness, decodeTickLatenessMs: ticks },
    bars: [bar('packet lateness p99 at 50 calls, ms', median(lateness.map(({ p99 }) => p99)), 'at most', 5)],
  };
}

async function measure(uri: string, question: Int16Array, count: number): Promise<number[]> {
  const phones: TestCaller[] = [];
  for (let call = 0; call < count; call++) phones.push(await TestCaller.place(uri));
  const until = performance.now() + seconds * 1_000;
  const talking = phones.slice(0, talkers).map(async (call) => {
    while (performance.now() < until) {
      await call.phone.say(question);
      await wait(300);
    }
  });
  const fromMs = performance.timeOrigin + performance.now() + 1_000;
  await Promise.all([...talking, wait(seconds * 1_000)]);
  const late = phones.flatMap((call) => latenessOf(call.phone.heard.filter(({ atMs }) => atMs >= fromMs)));
  await Promise.all(phones.map((call) => call.hangup()));
  return late;
}

/** How far each packet is behind the grid that the call's earliest packet sets. */
function latenessOf(frames: readonly HeardFrame[]): number[] {
  const first = frames[0];
  if (!first) return [];
  const offsets = frames.map(({ atMs, timestamp }) => atMs - ((timestamp - first.timestamp) | 0) / 8);
  const base = offsets.reduce((least, offset) => Math.min(least, offset), Number.POSITIVE_INFINITY);
  return offsets.map((offset) => offset - base);
}

async function decodeTick(appliance: Appliance, uri: string, question: Int16Array) {
  await measure(uri, question, talkers);
  const counters = await readCounters(appliance);
  return Object.fromEntries(
    ['p50', 'p99', 'max'].map((key) => [key, counters[`speech.tickLatenessMs.${key}`] ?? Number.NaN]),
  );
}
