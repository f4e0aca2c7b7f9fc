import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { findAppliance } from '../../../server/caller/appliance.ts';
import type { HeardFrame } from '../../../server/caller/rtp-phone.ts';
import { TestCaller } from '../../support/test-caller.ts';
import { spread } from '../figures.ts';
import type { LoadResult } from './generator.ts';
import { runLoad } from './process.ts';
import type { SeededHouse } from './seed.ts';

export interface CallUnderLoad {
  readonly latenessMs: ReturnType<typeof spread>;
  readonly load: LoadResult;
}

const cli = join(import.meta.dirname, '..', '..', '..', 'server', 'cli.ts');
const seconds = 20;

/** What a caller hears of the whole appliance while its API is asked as fast as one busy core (at nice 10) can. */
export async function measureCallUnderLoad(seeded: SeededHouse, clientCore: number): Promise<CallUnderLoad> {
  const child = spawn(process.execPath, [cli, 'serve', '--free-ports', '--with-parent', '--data', seeded.dataFolder], {
    stdio: ['pipe', 'ignore', 'inherit'],
  });
  try {
    const appliance = await started(seeded.dataFolder);
    const caller = await TestCaller.place(appliance.sip.replace('sip:', 'sip:reception@'));
    const fromMs = performance.timeOrigin + performance.now() + 1_000;
    const url = `${appliance.url}/api/v1/call-analytics?page=1&page_size=50`;
    const headers = { 'x-api-key': seeded.kupeKey };
    const order = { url, method: 'GET', headers, connections: 20, warmUpMs: 500, measureMs: seconds * 1_000 } as const;
    const load = await runLoad(order, clientCore, 10);
    const untilMs = performance.timeOrigin + performance.now();
    const heard = caller.phone.heard.filter(({ atMs }) => atMs >= fromMs && atMs <= untilMs);
    await caller.hangup();
    return { latenessMs: spread(latenessOf(heard)), load };
  } finally {
    const exited = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGTERM');
    await exited;
  }
}

async function started(dataFolder: string) {
  for (let tries = 0; tries < 600; tries++) {
    const found = await findAppliance(dataFolder);
    if (found) return found;
    await wait(100);
  }
  throw new Error('The appliance did not start.');
}

/** How far each packet is behind the grid that the call's earliest packet sets. */
function latenessOf(frames: readonly HeardFrame[]): number[] {
  const [first] = frames;
  if (!first) throw new Error('Nothing was heard of the call.');
  const offsets = frames.map(({ atMs, timestamp }) => atMs - ((timestamp - first.timestamp) | 0) / 8);
  const base = offsets.reduce((least, offset) => Math.min(least, offset), Number.POSITIVE_INFINITY);
  return offsets.map((offset) => offset - base);
}
