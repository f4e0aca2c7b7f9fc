import { setTimeout as wait } from 'node:timers/promises';
import { z } from 'zod';
import { type Appliance, startThrowAway } from '../../server/caller/appliance.ts';
import { SipCall } from '../../server/caller/sip-call.ts';
import { bar, median, spread } from './figures.ts';
import type { BenchResult } from './run.ts';

const callsPerSecond = 25;
const seconds = 12;
const talkMs = 300;
const runs = process.argv.includes('--quick') ? 1 : 3;

interface LoadRun {
  readonly offered: number;
  readonly ended: number;
  readonly failed: number;
  readonly perSecond: number;
  readonly recordedCompleted: number;
  readonly setUpMs: ReturnType<typeof spread>;
}

/** The whole appliance under calls that are answered, listened to for a moment and hung up: with records and recordings. */
export async function runApplianceLoadBench(): Promise<BenchResult> {
  const found: LoadRun[] = [];
  for (let run = 0; run < runs; run++) {
    const appliance = await startThrowAway({ config: { limits: { maxCalls: 190, maxCallsPerMinute: 100_000 } } });
    try {
      found.push(await offer(appliance));
    } finally {
      await appliance.release();
    }
  }
  return {
    figures: { callsPerSecond, seconds, talkMs, runs: found },
    bars: [
      bar('calls per second set up and ended', median(found.map(({ perSecond }) => perSecond)), 'at least', 20),
      bar(
        'failed calls',
        found.reduce((sum, { failed }) => sum + failed, 0),
        'at most',
        0,
      ),
      bar(
        'calls without a completed record',
        found.reduce((sum, run) => sum + run.ended - run.recordedCompleted, 0),
        'at most',
        0,
      ),
    ],
  };
}

async function offer(appliance: Appliance): Promise<LoadRun> {
  const uri = appliance.sip.replace('sip:', 'sip:reception@');
  const offered = callsPerSecond * seconds;
  const setUpMs: number[] = [];
  let failed = 0;
  const startMs = performance.now();
  const going: Promise<void>[] = [];
  for (let call = 0; call < offered; call++) {
    await wait(Math.max(0, startMs + (call * 1_000) / callsPerSecond - performance.now()));
    going.push(
      oneCall(uri).then(
        (ms) => void setUpMs.push(ms),
        () => void failed++,
      ),
    );
  }
  await Promise.all(going);
  const tookSeconds = (performance.now() - startMs) / 1_000;
  await wait(2_000);
  return {
    offered,
    ended: setUpMs.length,
    failed,
    perSecond: Math.round((setUpMs.length / tookSeconds) * 10) / 10,
    recordedCompleted: await completedCalls(appliance),
    setUpMs: spread(setUpMs),
  };
}

async function oneCall(uri: string): Promise<number> {
  const call = await SipCall.open({ uri, from: 'load' });
  try {
    const startMs = performance.now();
    await call.invite(9);
    const setUpMs = performance.now() - startMs;
    await wait(talkMs);
    await call.hangup();
    return setUpMs;
  } finally {
    call.close();
  }
}

async function completedCalls(appliance: Appliance): Promise<number> {
  const response = await fetch(new URL('/api/v1/calls?status=completed&limit=1', appliance.url), {
    headers: { authorization: `Bearer ${appliance.key}` },
  });
  return z.object({ meta: z.object({ total: z.number() }) }).parse(await response.json()).meta.total;
}
