import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { type Database, openDatabase } from '../../../server/db/database.ts';
import type { Role } from '../../../server/domain/credentials/principal.ts';
import { createDomain, type Domain, type DomainOptions } from '../../../server/domain/domain.ts';
import type { HouseSettingValues } from '../../../server/domain/settings/house-settings.ts';
import { createHttpServer, type HttpServer, type HttpServerOptions } from '../../../server/http/http-server.ts';
import { realClock } from '../../../server/lifetime/clock.ts';
import { silentLogger } from '../../../server/log/logger.ts';
import { FakeTelephone } from '../va/va-house.ts';
import { Contract } from './contract.ts';

/** An answer, and ways to look into its body. */
export class Reply {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** Undefined when it is no JSON. */
  readonly body: unknown;

  constructor(response: Response, text: string) {
    this.status = response.status;
    this.headers = response.headers;
    this.text = text;
    this.body = parsed(text);
  }

  /** What lies under these keys of the body; undefined where there is nothing. */
  at(...path: readonly (string | number)[]): unknown {
    return path.reduce<unknown>((value, key) => Object(value)[key] as unknown, this.body);
  }

  /** A text of the body. */
  textAt(...path: readonly (string | number)[]): string {
    const value = this.at(...path);
    if (typeof value === 'string') return value;
    throw new Error(`There is no text at ${path.join('.')} of ${this.status} ${this.text}`);
  }

  get id(): string {
    return this.textAt('id');
  }

  /** `items` of a list. */
  get items(): readonly Readonly<Record<string, unknown>>[] {
    const items = this.at('items');
    if (Array.isArray(items)) return items as Record<string, unknown>[];
    throw new Error(`There are no items in ${this.status} ${this.text}`);
  }

  /** `[status, code]` of a failure. */
  get failure(): readonly [number, unknown] {
    return [this.status, this.at('error', 'code')];
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

/** Somebody who has signed in. */
export interface Person {
  readonly userId: string;
  readonly organizationId: string;
  readonly email: string;
  readonly token: string;
  readonly refreshToken: string;
}

export interface HouseOptions extends Partial<HttpServerOptions> {
  readonly egress?: DomainOptions['egress'];
}

const password = 'a long enough password 1';
let people = 0;

/** A house with its HTTP side on a free loopback port, a throw-away data folder and an administrator signed in. */
export class VoiceraHouse {
  readonly domain: Domain;
  readonly db: Database;
  readonly dataFolder: string;
  readonly server: HttpServer;
  readonly telephone: FakeTelephone;
  /** Administrator of the first organization: who asks unless told. */
  readonly admin: Person;
  #contract: Contract | undefined;

  private constructor(parts: Pick<VoiceraHouse, 'domain' | 'db' | 'dataFolder' | 'server' | 'telephone' | 'admin'>) {
    this.domain = parts.domain;
    this.db = parts.db;
    this.dataFolder = parts.dataFolder;
    this.server = parts.server;
    this.telephone = parts.telephone;
    this.admin = parts.admin;
  }

  /** Ends with the test. */
  static async open({ egress, ...options }: HouseOptions = {}): Promise<VoiceraHouse> {
    const dataFolder = mkdtempSync(join(tmpdir(), 'landline-voicera-'));
    const db = openDatabase(join(dataFolder, 'landline.db'));
    const clock = realClock;
    const given = egress === undefined ? {} : { egress };
    const domain = createDomain({ db, clock, log: silentLogger, dataFolder, timeZone: 'Europe/Berlin', ...given });
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
      ...options,
    });
    await server.start();
    onTestFinished(async () => {
      await server.stop();
      await domain.recordings.settled();
      db.close();
      rmSync(dataFolder, { recursive: true });
    });
    const admin = await signIn(domain, first.email, first.password);
    return new VoiceraHouse({ domain, db, dataFolder, server, telephone, admin });
  }

  /** `path` as printed, e.g. `/agents`. A text goes as it is; `null` for the token shows none. */
  async request(method: string, path: string, body?: unknown, token: string | null = this.admin.token): Promise<Reply> {
    const response = await fetch(`${this.server.url}${path}`, {
      method,
      headers: {
        'Content-Type': 'application/json',
        ...(token === null ? {} : { Authorization: `Bearer ${token}` }),
      },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const reply = new Reply(response, await response.text());
    if (reply.status < 300 && reply.body !== undefined) await this.#hold(method, path, reply);
    return reply;
  }

  /** Every successful answer is what the contract document says. */
  async #hold(method: string, path: string, reply: Reply): Promise<void> {
    const served = async () => (await fetch(`${this.server.url}/openapi.json?api=voicera`)).json();
    this.#contract ??= new Contract(await served());
    const problem = this.#contract.problemWith(method, path, reply);
    if (problem !== undefined) throw new Error(`${problem}: ${reply.text.slice(0, 500)}`);
  }

  /** A further person of the first organization, or of one of their own. */
  async person(role: Role, organizationId = this.admin.organizationId): Promise<Person> {
    people++;
    const email = `person-${people}@example.com`;
    await this.domain.users.create({ organizationId, email, role, password });
    return signIn(this.domain, email, password);
  }

  /** What a super administrator settles for the whole house. */
  async settle(change: Partial<HouseSettingValues>): Promise<void> {
    const { token } = await this.person('super_admin');
    await this.domain.settings.change(await this.domain.identity.verifyToken(token, 'voicera-api'), change);
  }

  /** Administrator of an organization that has nothing to do with the first. */
  async stranger(): Promise<Person> {
    const { id } = await this.domain.organizations.create('Strangers');
    return this.person('org_admin', id);
  }

  /** Id of a new agent. */
  async agent(fields: object = {}): Promise<string> {
    people++;
    return (await this.request('POST', '/agents', { name: `Agent ${people}`, ...fields })).id;
  }

  /** Id of a new draft campaign. */
  async campaign(fields: object = {}): Promise<string> {
    const agent_id = await this.agent();
    const draft = { name: 'Spring', agent_id, phone_numbers: ['+15550100', '+15550101'], ...fields };
    return (await this.request('POST', '/campaigns', draft)).id;
  }

  /** Id of a call that is on: answered just now. */
  async call(agentId: string, fields: { readonly to?: string; readonly campaignId?: string } = {}): Promise<string> {
    const { to = '+15550142', campaignId } = fields;
    const { id } = await this.domain.calls.begin({
      organizationId: this.admin.organizationId,
      agentId,
      direction: 'outbound',
      identity: { from: 'landline', to, fromUri: 'sip:landline@127.0.0.1', toUri: 'sip:x@127.0.0.1' },
      ...(campaignId === undefined ? {} : { campaignId }),
    });
    await this.domain.calls.answered(id, realClock.now());
    return id;
  }

  /** Id of a call of two minutes in which both sides said something. */
  async endedCall(
    agentId: string,
    fields: { readonly to?: string; readonly campaignId?: string } = {},
  ): Promise<string> {
    const id = await this.call(agentId, fields);
    await this.say(id, 'caller', 'Hello...', 0);
    await this.say(id, 'agent', 'Hi...', 1_000);
    const answeredAtMs = this.domain.calls.find(id)?.answeredAtMs ?? 0;
    const endedAtMs = answeredAtMs + 120_000;
    await this.domain.calls.finish(id, { status: 'completed', endReason: 'caller-hangup', endedAtMs });
    return id;
  }

  async say(callId: string, role: 'agent' | 'caller', text: string, startMs: number): Promise<void> {
    const draft = { role, text, startMs, endMs: startMs + 800, interrupted: false, provider: 'starter', marks: {} };
    await this.domain.calls.addTurn(callId, draft);
  }
}

async function signIn(domain: Domain, email: string, secret: string): Promise<Person> {
  const given = { email, password: secret, remoteAddress: '127.0.0.1' };
  const { accessToken, refreshToken, user } = await domain.identity.signIn(given, 'voicera-api');
  return { userId: user.id, organizationId: user.organizationId, email, token: accessToken, refreshToken };
}
