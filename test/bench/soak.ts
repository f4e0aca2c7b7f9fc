import { readFileSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import { startThrowAway } from '../../server/caller/appliance.ts';
import { TestCaller } from '../support/test-caller.ts';
import { TestVoice } from '../support/test-voice.ts';
import { leaks, readCounters } from './counters.ts';
import { type Bar, bar } from './figures.ts';
import type { BenchResult } from './run.ts';

const minutes = 20;
const callers = 8;
const questions = ['What are your opening hours?', 'How much does a check up cost?'];

interface Sample {
  readonly minute: number;
  readonly rssBytes: Readonly<Record<string, number>>;
}

/** Twenty minutes of calls with two spoken turns each: nothing may fail, grow or leak. */
export async function runSoakBench(): Promise<BenchResult> {
  const voice = await TestVoice.load();
  const lines = await Promise.all(questions.map((text) => voice.say(text)));
  const appliance = await startThrowAway();
  const uri = appliance.sip.replace('sip:', 'sip:reception@');
  const samples: Sample[] = [];
  const startMs = performance.now();
  const minute = () => (performance.now() - startMs) / 60_000;
  let completed = 0;
  const failures: string[] = [];
  const sampling = setInterval(
    () => samples.push({ minute: minute(), rssBytes: residentBytes(appliance.pid) }),
    10_000,
  );
  const caller = async () => {
    while (minute() < minutes) {
      try {
        await talk(uri, lines);
        completed++;
      } catch (failure) {
        failures.push((failure as Error).message);
      }
    }
  };
  try {
    await Promise.all(Array.from({ length: callers }, caller));
    await wait(40_000);
    const left = leaks(await readCounters(appliance));
    clearInterval(sampling);
    return summarize(samples, completed, failures, left);
  } finally {
    clearInterval(sampling);
    await appliance.release();
    await voice.close();
  }
}

async function talk(uri: string, lines: readonly Int16Array[]): Promise<void> {
  const call = await TestCaller.place(uri);
  try {
    for (const samples of lines) {
      await call.floor();
      const { answerMs } = await call.ask(samples);
      if (answerMs === undefined) throw new Error('no answer to a spoken turn');
    }
    await call.sip.hangup();
  } finally {
    call.close();
  }
}

/** RSS of the appliance's process and its children, by what they run (Linux). */
function residentBytes(pid: number): Record<string, number> {
  const found: Record<string, number> = { server: rssOf(pid) };
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(/\s+/).filter(Boolean);
  for (const child of children) {
    const command = readFileSync(`/proc/${child}/cmdline`, 'utf8');
    found[/server\/(sip|media|providers)/.exec(command)?.[1] ?? child] = rssOf(Number(child));
  }
  return found;
}

function rssOf(pid: number): number {
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) * 1_024;
}

function summarize(
  samples: readonly Sample[],
  completed: number,
  failures: readonly string[],
  left: Readonly<Record<string, number>>,
): BenchResult {
  const mean = (name: string, from: number, to: number) => {
    const values = samples
      .filter(({ minute }) => minute >= from && minute < to)
      .map(({ rssBytes }) => rssBytes[name] ?? 0);
    return values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
  };
  const names = Object.keys(samples[0]?.rssBytes ?? {});
  const memory = names.map((name) => ({ name, earlyBytes: mean(name, 5, 7), lateBytes: mean(name, 18, 20) }));
  const bars: Bar[] = memory.map(({ name, earlyBytes, lateBytes }) =>
    bar(
      `RSS of ${name} in minutes 18–20 over minutes 5–7, MB`,
      Math.round((lateBytes - earlyBytes) / 1e5) / 10,
      'at most',
      Math.round((earlyBytes * 0.05 + 5e6) / 1e5) / 10,
    ),
  );
  return {
    figures: { completed, failures: failures.slice(0, 10), memory, left, samples },
    bars: [
      bar('completed calls', completed, 'at least', 300),
      bar('failed calls', failures.length, 'at most', 0),
      bar(
        'left over in all counters',
        Object.values(left).reduce((sum, value) => sum + value, 0),
        'at most',
        0,
      ),
      ...bars,
    ],
  };
}
