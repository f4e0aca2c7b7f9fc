import { loadavg } from 'node:os';
import { setTimeout as wait } from 'node:timers/promises';
import { hasSipp, Sipp } from '../support/sipp.ts';
import { bar, spread } from './figures.ts';
import type { BenchResult } from './run.ts';
import { guard, SipRig } from './sip-load/rig.ts';
import { TryingClient } from './sip-load/trying-latency.ts';

/** A little above the bar: SIPp's own start and end count into its rate. */
const offeredPerSecond = 620;
const seconds = 10;
/** 64·T1 of RFC 3261 (32 s), in which a transaction over UDP may live on to absorb repetitions, and a little. */
const transactionMs = 34_000;
const runs = process.argv.includes('--quick') ? 1 : 3;

const tryingPerSecond = 100;
const blockedMs = 300;
/** With 100 calls per second, about 100 are up at any time. */
const talkMs = 1_000;

interface LoadRun {
  readonly donePerSecond: number;
  readonly done: number;
  readonly failed: number;
  readonly retransmissions: number;
  readonly coreCpuMsPerCall: number;
  readonly appCpuMsPerCall: number;
  readonly coreRssMiB: number;
  readonly appRssMiB: number;
  readonly loadAverage: number;
}

interface Loaded {
  readonly runs: readonly LoadRun[];
  /** What the core still holds when every transaction of the load must be over. */
  readonly heldAfterwards: number;
  readonly coreRssMiBAfterwards: number;
}

/** The SIP core alone: as many calls as SIPp can make, and how soon a caller hears of the core while the app is busy. */
export async function runSipLoadBench(): Promise<BenchResult> {
  if (!hasSipp()) throw new Error('This bench needs SIPp (Debian: sip-tester).');
  const { runs: load, ...afterwards } = await loadRuns();
  const best = load.toSorted((a, b) => quality(b) - quality(a))[0] as LoadRun;
  const trying = await tryingRun();
  return {
    figures: {
      load: { offeredPerSecond, seconds, guard, runs: load, best, ...afterwards },
      trying: { tryingPerSecond, seconds, appBlockedMsPerSecond: blockedMs, ...trying },
    },
    bars: [
      bar('calls per second, best run', best.donePerSecond, 'at least', 600),
      bar('failed calls, best run', best.failed, 'at most', 0),
      bar('retransmissions, share of calls, best run', rounded(best.retransmissions / best.done), 'at most', 0.001),
      bar('CPU per call of core and app, ms, best run', cpuMsPerCall(best), 'at most', 1.3),
      bar('dialogs, transactions and timers left after the load', afterwards.heldAfterwards, 'at most', 0),
      bar('100 Trying p99, app blocked 300 ms of every second, ms', trying.tryingMs.p99, 'at most', 10),
      bar('calls without 100 Trying', trying.withoutTrying, 'at most', 0),
      bar('RSS of the core at 100 live calls, MiB', trying.coreRssMiB, 'at most', 150),
    ],
  };
}

/** Runs without failures first, then those that had to repeat least, then the fastest. */
function quality({ failed, retransmissions, donePerSecond }: LoadRun): number {
  return -1_000_000 * failed - 1_000 * retransmissions + donePerSecond;
}

function cpuMsPerCall(run: LoadRun): number {
  return rounded(run.coreCpuMsPerCall + run.appCpuMsPerCall);
}

function rounded(value: number): number {
  return Math.round(value * 10_000) / 10_000;
}

/** All on the same two processes, so that the later runs show what is left over from the earlier ones. */
async function loadRuns(): Promise<Loaded> {
  const found: LoadRun[] = [];
  const rig = await SipRig.start(0);
  try {
    for (let run = 0; run < runs; run++) {
      found.push(await offer(rig));
      await wait(1_000);
    }
    await wait(transactionMs);
    return { runs: found, heldAfterwards: await rig.held(), coreRssMiBAfterwards: rig.coreCost().rssMiB };
  } finally {
    await rig.stop();
  }
}

async function offer(rig: SipRig): Promise<LoadRun> {
  const [coreBefore, appBefore] = [rig.coreCost(), rig.appCost()];
  const sipp = await Sipp.start({
    scenario: 'load',
    target: `127.0.0.1:${rig.port}`,
    calls: offeredPerSecond * seconds,
    callsPerSecond: offeredPerSecond,
    timeoutSeconds: 60,
  });
  const { counts, complaints, exitCode } = await sipp.finished;
  const done = counts['SuccessfulCall(C)'] ?? 0;
  if (done === 0) throw new Error(`SIPp made no call (exit code ${exitCode}): ${complaints}`);
  const tookSeconds = (counts['CurrentTime'] ?? Number.NaN) - (counts['StartTime'] ?? Number.NaN);
  const [core, app] = [rig.coreCost(), rig.appCost()];
  return {
    donePerSecond: Math.round((done / tookSeconds) * 10) / 10,
    done,
    failed: counts['FailedCall(C)'] ?? Number.NaN,
    retransmissions: counts['Retransmissions(C)'] ?? Number.NaN,
    coreCpuMsPerCall: rounded((core.cpuMs - coreBefore.cpuMs) / done),
    appCpuMsPerCall: rounded((app.cpuMs - appBefore.cpuMs) / done),
    coreRssMiB: core.rssMiB,
    appRssMiB: app.rssMiB,
    loadAverage: rounded(loadavg()[0] as number),
  };
}

async function tryingRun() {
  const rig = await SipRig.start(blockedMs);
  try {
    const running = new TryingClient(rig.port, talkMs).run(tryingPerSecond, seconds);
    await wait((seconds * 1_000) / 2);
    const coreRssMiB = rig.coreCost().rssMiB;
    const { offered, tryingMs, answerMs, ended } = await running;
    return {
      offered,
      ended,
      withoutTrying: offered - tryingMs.length,
      tryingMs: spread(tryingMs),
      answerMs: spread(answerMs),
      coreRssMiB,
      loadAverage: rounded(loadavg()[0] as number),
    };
  } finally {
    await rig.stop();
  }
}
