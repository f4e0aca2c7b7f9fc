import { onTestFinished } from 'vitest';
import type { DomainOptions } from '../../server/domain/domain.ts';
import { createHttpServer, type HttpServer } from '../../server/http/http-server.ts';
import type { HttpServerOptions } from '../../server/http/http-server-options.ts';
import { silentLogger } from '../../server/log/logger.ts';
import { FakeTelephone } from './fake-telephone.ts';
import { type FirstHouse, openFirstHouse } from './first-house.ts';

/** A domain with its HTTP side on a free loopback port. */
export interface ServedHouse extends FirstHouse {
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
  const house = await openFirstHouse(given);
  const { domain } = house;
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
  // Before the domain is closed: the last is stopped first.
  onTestFinished(() => server.stop());
  return { ...house, telephone, server };
}
