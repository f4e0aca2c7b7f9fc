import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { openDatabase } from '../../../server/db/database.ts';
import { createDomain, type Domain } from '../../../server/domain/domain.ts';
import type { FirstStart } from '../../../server/domain/first-start.ts';
import { createHttpServer, type HttpServer } from '../../../server/http/http-server.ts';
import { type Clock, realClock } from '../../../server/lifetime/clock.ts';
import { silentLogger } from '../../../server/log/logger.ts';

export interface Reply {
  readonly status: number;
  readonly headers: Headers;
  readonly setCookie: string | null;
  readonly body: Record<string, unknown>;
}

/** A house with its HTTP side on a free loopback port and a throw-away data folder; nobody can telephone. */
export class AppHouse {
  readonly domain: Domain;
  readonly server: HttpServer;
  readonly first: FirstStart;
  readonly dataFolder: string;
  readonly clock: Clock;

  private constructor(parts: Pick<AppHouse, 'domain' | 'server' | 'first' | 'dataFolder' | 'clock'>) {
    this.domain = parts.domain;
    this.server = parts.server;
    this.first = parts.first;
    this.dataFolder = parts.dataFolder;
    this.clock = parts.clock;
  }

  /** Ends with the test. */
  static async open(clock: Clock = realClock): Promise<AppHouse> {
    const dataFolder = mkdtempSync(join(tmpdir(), 'landline-app-'));
    const db = openDatabase(join(dataFolder, 'landline.db'), { collectMs: 0, clock });
    const domain = createDomain({ db, clock, log: silentLogger, dataFolder, timeZone: 'Europe/Berlin' });
    const first = await domain.ensureFirstStart({ url: 'http://127.0.0.1' });
    if (!first) throw new Error('A fresh folder has a first start');
    const server = createHttpServer({
      domain,
      ...noTelephone,
      isPeerHost: () => false,
      host: '127.0.0.1',
      port: 0,
      extraPorts: { vaSocketPort: null, voicePort: null, voiceraPort: null },
      version: '0.0.0-test',
      readCounters: async () => ({ calls: { live: 0 } }),
      log: silentLogger,
      clock,
    });
    await server.start();
    onTestFinished(async () => {
      await server.stop();
      await domain.recordings.settled();
      db.close();
      rmSync(dataFolder, { recursive: true });
    });
    return new AppHouse({ domain, server, first, dataFolder, clock });
  }

  async request(method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<Reply> {
    const response = await fetch(`${this.server.url}${path}`, {
      method,
      headers: { 'Content-Type': 'application/json', ...headers },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    return {
      status: response.status,
      headers: response.headers,
      setCookie: response.headers.get('set-cookie'),
      body: (text === '' ? {} : JSON.parse(text)) as Record<string, unknown>,
    };
  }

  /** Everything that the database has on disk, as one byte per character. */
  storedBytes(): string {
    return ['landline.db', 'landline.db-wal']
      .map((name) => readFileSync(join(this.dataFolder, name), 'latin1'))
      .join('\n');
  }
}

/** A browser on Landline's own pages, which keeps its cookie. */
export class AppBrowser {
  readonly #house: AppHouse;
  cookie = '';

  constructor(house: AppHouse) {
    this.#house = house;
  }

  async request(method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<Reply> {
    const reply = await this.#house.request(method, `/app/api${path}`, body, { Cookie: this.cookie, ...headers });
    if (reply.setCookie !== null) this.cookie = reply.setCookie.split(';')[0] ?? '';
    return reply;
  }

  signIn(email: string, password: string): Promise<Reply> {
    return this.request('POST', '/session', { email, password });
  }
}

export const admin = { email: 'root@example.com', password: 'Root-Has-A-Password' } as const;

/** Does what the person at the console does first. */
export async function setUpAdmin(house: AppHouse): Promise<AppBrowser> {
  const browser = new AppBrowser(house);
  const token = house.domain.setup.offerToken();
  const reply = await browser.request('POST', '/setup', { token, ...admin });
  if (reply.status !== 201) throw new Error(`Setup answered ${reply.status}`);
  return browser;
}

const noTelephone = {
  dialer: {
    canDial: () => ({ ok: false as const, why: 'There is no line here.' }),
    hasFreeLine: () => false,
    start: () => Promise.reject(new Error('There is no line here.')),
  },
  liveCalls: { end: async () => false },
};
