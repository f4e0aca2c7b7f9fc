import '../../native/runtime-guard.ts';
import { writeSync } from 'node:fs';
import { open, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { openDatabase } from '../../server/db/database.ts';
import { createDomain } from '../../server/domain/domain.ts';
import { realClock } from '../../server/lifetime/clock.ts';
import { silentLogger } from '../../server/log/logger.ts';
import { makeWav } from './wav.ts';

/**
 * Makes calls with turns and recordings until it is killed, and says on stdout what has been acknowledged, one line
 * each: `call <id>`, `turn <call id> <seq>`, `ended <call id>`, `recording <call id> <sha256>`.
 */
const dataFolder = process.argv[2] as string;
const db = openDatabase(join(dataFolder, 'landline.db'));
const domain = createDomain({ db, clock: realClock, log: silentLogger, dataFolder });
await domain.ensureFirstStart({ url: 'http://127.0.0.1' });
const organizationId = domain.organizations.first()?.id ?? '';
const agentId = domain.agents.default()?.id ?? '';

/** Synchronous, so that a line is in the pipe before anything else can happen. */
function say(line: string): void {
  writeSync(1, `${line}\n`);
}

/** As the media process writes it: sizes unwritten in `.part`, mended at the end, synced, renamed. */
async function record(path: string, wav: Buffer): Promise<void> {
  const part = `${path}.part`;
  const file = await open(part, 'w');
  await file.write(makeWav(0, 'unwritten'));
  for (let at = 44; at < wav.length; at += 3_200) await file.write(wav.subarray(at, at + 3_200), 0, undefined, at);
  await file.write(wav.subarray(0, 44), 0, 44, 0);
  await file.sync();
  await file.close();
  await rename(part, path);
}

async function makeCalls(): Promise<never> {
  for (;;) {
    const identity = { from: '100', to: '200', fromUri: 'sip:100@127.0.0.1', toUri: 'sip:200@127.0.0.1' };
    const { id } = await domain.calls.begin({ organizationId, agentId, direction: 'inbound', identity });
    say(`call ${id}`);
    const { path } = await domain.recordings.open(id);
    await domain.calls.answered(id, realClock.now());
    const wav = makeWav(4_000);
    const recorded = record(path, wav);
    for (let turn = 0; turn < 3; turn++) {
      const times = { startMs: turn * 1_000, endMs: turn * 1_000 + 500 };
      const said = { role: 'agent', text: `Turn ${turn}`, interrupted: false, provider: 'test', marks: {} } as const;
      const { seq } = await domain.calls.addTurn(id, { ...said, ...times });
      say(`turn ${id} ${seq}`);
    }
    await recorded;
    await domain.calls.finish(id, { status: 'completed', endReason: 'caller-hangup', endedAtMs: realClock.now() });
    say(`ended ${id}`);
    const { sha256 } = await domain.recordings.finished(id, { durationMs: 500, sizeBytes: wav.length });
    say(`recording ${id} ${sha256}`);
  }
}

await Promise.all([1, 2, 3, 4].map(() => makeCalls()));
