import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { type Database, openDatabase } from '../../server/db/database.ts';
import { createDomain, type Domain } from '../../server/domain/domain.ts';
import { realClock } from '../../server/lifetime/clock.ts';
import { silentLogger } from '../../server/log/logger.ts';

interface Site {
  readonly db: Database;
  readonly domain: Domain;
  readonly callId: string;
}

async function openSite(dataFolder: string): Promise<Site> {
  const db = openDatabase(join(dataFolder, 'landline.db'));
  onTestFinished(() => db.close());
  const domain = createDomain({ db, clock: realClock, log: silentLogger, dataFolder });
  const first = await domain.ensureFirstStart({ url: 'http://127.0.0.1' });
  const call = await domain.calls.begin({
    organizationId: first?.organizationId ?? '',
    agentId: first?.agentId ?? '',
    direction: 'inbound',
    identity: { from: '100', to: '200', fromUri: 'sip:100@127.0.0.1', toUri: 'sip:200@127.0.0.1' },
  });
  return { db, domain, callId: call.id };
}

/** Adds turns until the disk refuses; gives how many were acknowledged and what the refusal was. */
async function fill({ domain, callId }: Site): Promise<{ acknowledged: number; refusal: unknown }> {
  const text = 'x'.repeat(20_000);
  for (let acknowledged = 0; acknowledged < 2_000; acknowledged++) {
    try {
      const turn = { role: 'agent', text, startMs: 0, endMs: 1, interrupted: false, provider: 'x', marks: {} } as const;
      await domain.calls.addTurn(callId, turn);
    } catch (refusal) {
      return { acknowledged, refusal };
    }
  }
  throw new Error('The disk never got full');
}

async function expectRefusedAndWhole(site: Site, makeRoom: () => void): Promise<void> {
  const { acknowledged, refusal } = await fill(site);
  expect(refusal).toMatchObject({ code: 'disk-full', message: expect.stringContaining('free some space') as string });
  expect(acknowledged).toBeGreaterThan(0);
  expect(site.domain.calls.turns(site.callId)).toHaveLength(acknowledged);
  expect(site.domain.isHealthy()).toBe(true);

  makeRoom();
  const endedAtMs = realClock.now();
  const call = await site.domain.calls.finish(site.callId, {
    status: 'completed',
    endReason: 'caller-hangup',
    endedAtMs,
  });
  expect(call.status).toBe('completed');
  expect(site.domain.calls.turns(site.callId)).toHaveLength(acknowledged);
  expect(site.db.prepare('PRAGMA integrity_check').all()).toEqual([{ integrity_check: 'ok' }]);
}

/** A disk of this size, or why there is none. Only root of a machine that allows it may mount one. */
function mountSmallDisk(folder: string, megabytes: number): string | undefined {
  const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m`, 'tmpfs', folder], {
    encoding: 'utf8',
  });
  if (mounted.status === 0) return undefined;
  return mounted.error?.message ?? mounted.stderr.trim();
}

function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'landline-full-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

describe('on a full disk', () => {
  test('a database at its quota refuses clearly, keeps what was acknowledged, and goes on when there is room', async () => {
    const site = await openSite(temporaryFolder());
    site.db.prepare('PRAGMA max_page_count = 400').get();
    await expectRefusedAndWhole(site, () => void site.db.prepare('PRAGMA max_page_count = 1000000').get());
  });

  test('a real full disk does the same', async (context) => {
    const folder = temporaryFolder();
    const whyNot = mountSmallDisk(folder, 4);
    if (whyNot !== undefined) context.skip(`no small disk can be mounted here: ${whyNot}`);
    onTestFinished(() => void spawnSync('umount', [folder]));
    const ballast = join(folder, 'ballast');
    writeFileSync(ballast, Buffer.alloc(1024 * 1024));
    const site = await openSite(folder);
    await expectRefusedAndWhole(site, () => rmSync(ballast));
  });
});
