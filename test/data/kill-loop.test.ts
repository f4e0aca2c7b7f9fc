import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import { type Database, openDatabase } from '../../server/db/database.ts';
import { createDomain, type Domain } from '../../server/domain/domain.ts';
import { fileBytes, sha256Of, wavFacts } from '../../server/domain/recordings/recording-file.ts';
import { realClock } from '../../server/lifetime/clock.ts';
import { silentLogger } from '../../server/log/logger.ts';

const kills = 20;

/** Starts the child, kills it `afterMs` after its first acknowledgement, and gives every line it printed. */
function runAndKill(dataFolder: string, afterMs: number): Promise<readonly string[]> {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'committing-child.ts'), dataFolder], {
    env: { ...process.env, NODE_NO_WARNINGS: '1' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let printed = '';
  let killing: Promise<void> | undefined;
  child.stdout.on('data', (chunk: Buffer) => {
    printed += chunk.toString();
    killing ??= wait(afterMs).then(() => void child.kill('SIGKILL'));
  });
  return new Promise((resolve, reject) => {
    child.once('close', (_code, signal) => {
      if (signal === 'SIGKILL') resolve(printed.split('\n').slice(0, -1));
      else reject(new Error(`The child ended by itself: ${printed.slice(-500)}`));
    });
  });
}

/** What was acknowledged and isn't there. */
function lostOf(lines: readonly string[], domain: Domain): string[] {
  return lines.filter((line) => {
    const [kind = '', callId = '', value] = line.split(' ');
    const call = domain.calls.find(callId);
    switch (kind) {
      case 'call':
        return call === undefined;
      case 'turn':
        return !domain.calls.turns(callId).some(({ seq }) => seq === Number(value));
      case 'ended':
        return call?.status !== 'completed';
      case 'recording':
        return domain.recordings.find(callId)?.sha256 !== value;
      default:
        return true;
    }
  });
}

function expectWhole(db: Database): void {
  expect(db.prepare('PRAGMA integrity_check').all()).toEqual([{ integrity_check: 'ok' }]);
  expect(db.prepare('PRAGMA foreign_key_check').all()).toEqual([]);
  const torn = db
    .prepare(
      `SELECT (SELECT count(*) FROM calls) - (SELECT count(*) FROM event_log WHERE kind = 'call-begun') AS calls,
              (SELECT count(*) FROM turns) - (SELECT count(*) FROM event_log WHERE kind = 'turn-added') AS turns`,
    )
    .get();
  expect(torn).toEqual({ calls: 0, turns: 0 });
}

interface RecordingRow {
  readonly call_id: string;
  readonly state: string;
  readonly path: string;
  readonly sha256: string | null;
}

/** Every row points at what it says, and no file is left that no row knows. */
async function expectRecordingsTrue(db: Database, dataFolder: string): Promise<Record<string, number>> {
  const rows = db.prepare<RecordingRow>('SELECT * FROM recordings').all();
  const states: Record<string, number> = {};
  for (const { state, path, sha256 } of rows) {
    states[state] = (states[state] ?? 0) + 1;
    const file = join(dataFolder, path);
    expect(await fileBytes(`${file}.part`)).toBeUndefined();
    if (state === 'missing') {
      expect(await fileBytes(file)).toBeUndefined();
      continue;
    }
    expect(await sha256Of(file)).toBe(sha256);
    const facts = await wavFacts(file);
    expect(facts?.fileBytes).toBe(await fileBytes(file));
  }
  const files = readdirSync(join(dataFolder, 'recordings'), { recursive: true, withFileTypes: true });
  const present = files.filter((entry) => entry.isFile()).length;
  expect(present).toBe(rows.length - (states['missing'] ?? 0));
  return states;
}

test(`over ${kills} kills nothing acknowledged is lost, nothing is torn, and every recording is settled`, async () => {
  const dataFolder = mkdtempSync(join(tmpdir(), 'landline-kill-'));
  onTestFinished(() => rmSync(dataFolder, { recursive: true }));
  const acknowledged: string[] = [];
  let states: Record<string, number> = {};
  for (let kill = 0; kill < kills; kill++) {
    const lines = await runAndKill(dataFolder, 10 + Math.random() * 140);
    expect(lines.length).toBeGreaterThan(0);
    acknowledged.push(...lines);
    const db = openDatabase(join(dataFolder, 'landline.db'));
    const domain = createDomain({ db, clock: realClock, log: silentLogger, dataFolder });
    expectWhole(db);
    expect(lostOf(acknowledged, domain)).toEqual([]);
    await domain.calls.closeInterrupted();
    const report = await domain.recordings.reconcile();
    expect(report.quarantined).toBe(0);
    states = await expectRecordingsTrue(db, dataFolder);
    expect(states['open']).toBeUndefined();
    expect(db.prepare('SELECT count(*) AS open FROM calls WHERE ended_at_ms IS NULL').get()).toEqual({ open: 0 });
    db.close();
  }
  expect(states['ready']).toBeGreaterThan(0);
  expect(existsSync(join(dataFolder, 'quarantine'))).toBe(false);
  console.log(`${kills} kills, ${acknowledged.length} acknowledgements, recordings: ${JSON.stringify(states)}`);
});
