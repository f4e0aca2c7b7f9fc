import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { type Database, openDatabase } from '../../server/db/database.ts';
import { createDomain, type Domain, type DomainOptions } from '../../server/domain/domain.ts';
import type { FirstStart } from '../../server/domain/first-start.ts';
import { realClock } from '../../server/lifetime/clock.ts';
import { silentLogger } from '../../server/log/logger.ts';

/** Tests of other things dial made-up numbers. */
const everyNumber = { allowedPrefixes: ['+'] };

/** A domain on a throw-away data folder, with what a first start makes. */
export interface FirstHouse {
  readonly dataFolder: string;
  readonly db: Database;
  readonly domain: Domain;
  readonly first: FirstStart;
}

/** Ends with the test, after what the test asks to be stopped later than this. Its time is real unless told. */
export async function openFirstHouse(options: Partial<DomainOptions> = {}): Promise<FirstHouse> {
  const { clock = realClock } = options;
  const dataFolder = mkdtempSync(join(tmpdir(), 'landline-house-'));
  const db = openDatabase(join(dataFolder, 'landline.db'), { collectMs: 0, clock });
  const domain = createDomain({
    db,
    clock,
    log: silentLogger,
    dataFolder,
    timeZone: 'Europe/Berlin',
    outbound: everyNumber,
    ...options,
  });
  onTestFinished(async () => {
    await domain.recordings.settled();
    await domain.search.stop();
    await domain.reports.stop();
    await domain.egress.close();
    db.close();
    rmSync(dataFolder, { recursive: true });
  });
  const first = await domain.ensureFirstStart({ url: 'http://127.0.0.1:8080' });
  if (!first) throw new Error('A fresh folder has a first start');
  return { dataFolder, db, domain, first };
}
