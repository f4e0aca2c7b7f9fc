import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Domain, DomainOptions } from '../../../server/domain/domain.ts';
import type { FirstStart } from '../../../server/domain/first-start.ts';
import type { HttpServer } from '../../../server/http/http-server.ts';
import { type Clock, realClock } from '../../../server/lifetime/clock.ts';
import { openServedHouse } from '../../support/served-house.ts';

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
  static async open(clock: Clock = realClock, options: Partial<DomainOptions> = {}): Promise<AppHouse> {
    const http = { ...noTelephone, isPeerHost: () => false, clock };
    const { dataFolder, domain, first, server } = await openServedHouse({ http, domain: { ...options, clock } });
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
