import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { type Database, openDatabase } from '../../server/db/database.ts';
import { createDomain, type Domain, type DomainOptions } from '../../server/domain/domain.ts';
import type { FirstStart } from '../../server/domain/first-start.ts';
import { createHttpServer, type HttpServer } from '../../server/http/http-server.ts';
import type { HttpServerOptions } from '../../server/http/http-server-options.ts';
import { realClock } from '../../server/lifetime/clock.ts';
import { silentLogger } from '../../server/log/logger.ts';
import { FakeTelephone } from './fake-telephone.ts';

/** A domain with its HTTP side on a free loopback port, a throw-away data folder and what a first start makes. */
export interface ServedHouse {
  readonly dataFolder: string;
  readonly db: Database;
  readonly domain: Domain;
  readonly first: FirstStart;
  readonly telephone: FakeTelephone;
  readonly server: HttpServer;
}

export interface ServedHouseOptions {
  /** Instead of a fake telephone, no extra ports and the real clock. */
  readonly http?: Partial<HttpServerOptions>;
  readonly domain?: Partial<DomainOptions>;
}

/** Ends with the test. Throws what the start of the HTTP server throws. */
export async function openServedHouse({
  http = {},
  domain: given = {},
}: ServedHouseOptions = {}): Promise<ServedHouse> {
  const dataFolder = mkdtempSync(join(tmpdir(), 'landline-served-'));
  const db = openDatabase(join(dataFolder, 'landline.db'));
  const fixed = { db, clock: realClock, log: silentLogger, dataFolder, timeZone: 'Europe/Berlin' };
  const domain = createDomain({ ...fixed, ...given });
  onTestFinished(async () => {
    await domain.recordings.settled();
    await domain.search.stop();
    await domain.reports.stop();
    await domain.egress.close();
    db.close();
    rmSync(dataFolder, { recursive: true });
  });
  const first = await domain.ensureFirstStart({ url: 'http://127.0.0.1' });
  if (!first) throw new Error('A fresh folder has a first start');
  const telephone = new FakeTelephone(domain);
  const server = createHttpServer({
    domain,
    dialer: telephone,
    liveCalls: telephone,
    isPeerHost: (host) => host === 'pbx.example',
    host: '127.0.0.1',
    port: 0,
    extraPorts: { vaSocketPort: null, voicePort: null, voiceraPort: null },
    version: '0.0.0-test',
    readCounters: async () => ({ calls: { live: 0 }, media: { legs: 0 }, speech: null }),
    log: silentLogger,
    ...http,
  });
  await server.start();
  // Runs before what was asked for above: the last first.
  onTestFinished(() => server.stop());
  return { dataFolder, db, domain, first, telephone, server };
}
