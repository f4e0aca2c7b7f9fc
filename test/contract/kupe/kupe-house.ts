import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { openDatabase } from '../../../server/db/database.ts';
import type { LocalEngines } from '../../../server/domain/catalog/catalog.ts';
import type { Role } from '../../../server/domain/credentials/principal.ts';
import { createDomain, type Domain, type DomainOptions } from '../../../server/domain/domain.ts';
import { createHttpServer, type HttpServer, type HttpServerOptions } from '../../../server/http/http-server.ts';
import { realClock } from '../../../server/lifetime/clock.ts';
import { silentLogger } from '../../../server/log/logger.ts';
import { FakeTelephone } from '../va/va-house.ts';
import { DocumentedAnswers } from './documented-answers.ts';

/** What a request shows: a key, a token, or nothing. */
export type Credential = { readonly key: string } | { readonly token: string } | 'none';

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

  /** An id or other text of the body. */
  id(...path: readonly (string | number)[]): string {
    const value = this.at(...path);
    if (typeof value === 'string') return value;
    throw new Error(`There is no text at ${path.join('.')} of ${this.status} ${this.text}`);
  }

  /** A list of objects in the body. */
  list(...path: readonly (string | number)[]): readonly Readonly<Record<string, unknown>>[] {
    const value = this.at(...path);
    if (Array.isArray(value)) return value as Record<string, unknown>[];
    throw new Error(`There is no list at ${path.join('.')} of ${this.status} ${this.text}`);
  }

  /** `detail` of a failure. */
  get detail(): unknown {
    return this.at('detail');
  }
}

/** Somebody who may sign in. */
export interface Person {
  readonly userId: string;
  readonly organizationId: string;
  readonly email: string;
  /** A key of this API. */
  readonly key: { readonly key: string };
  /** A session of this API. */
  readonly session: { readonly token: string };
}

const voice = { language: 'en-US', isDefault: false } as const;
/** What a fresh install thinks, hears and speaks with. */
const starterEngines: LocalEngines = {
  brain: 'starter (scripted)',
  recogniser: 'starter-stt-en',
  speaker: 'flite',
  voices: [
    { ...voice, name: 'slt', displayName: 'SLT', gender: 'female', isDefault: true },
    { ...voice, name: 'rms', displayName: 'RMS', gender: 'male' },
    { ...voice, name: 'awb', displayName: 'AWB', gender: 'male' },
    { ...voice, name: 'kal16', displayName: 'KAL', gender: 'male' },
  ],
};

const password = 'a long enough password 1';
let people = 0;

/** A house with its HTTP side on a free loopback port, a throw-away data folder and its first user. */
export class KupeHouse {
  readonly domain: Domain;
  readonly server: HttpServer;
  readonly telephone: FakeTelephone;
  /** The first user's key: what requests show unless told. */
  readonly key: string;
  readonly organizationId: string;
  readonly userId: string;
  #documented: Promise<DocumentedAnswers> | undefined;

  private constructor(parts: Pick<KupeHouse, 'domain' | 'server' | 'telephone' | 'key' | 'organizationId' | 'userId'>) {
    this.domain = parts.domain;
    this.server = parts.server;
    this.telephone = parts.telephone;
    this.key = parts.key;
    this.organizationId = parts.organizationId;
    this.userId = parts.userId;
  }

  /** Ends with the test. */
  static async open(
    options: Partial<HttpServerOptions> = {},
    domainOptions: Partial<DomainOptions> = {},
  ): Promise<KupeHouse> {
    const dataFolder = mkdtempSync(join(tmpdir(), 'landline-kupe-'));
    const db = openDatabase(join(dataFolder, 'landline.db'));
    const fixed = { db, clock: realClock, log: silentLogger, dataFolder, timeZone: 'Europe/Berlin' };
    const domain = createDomain({ ...fixed, ...domainOptions });
    const first = await domain.ensureFirstStart({ url: 'http://127.0.0.1' });
    if (!first) throw new Error('A fresh folder has a first start');
    await domain.catalog.mirror(starterEngines);
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
      readCounters: async () => ({ calls: { live: 0 } }),
      log: silentLogger,
      ...options,
    });
    await server.start();
    onTestFinished(async () => {
      await server.stop();
      await domain.recordings.settled();
      await domain.search.stop();
      await domain.egress.close();
      db.close();
      rmSync(dataFolder, { recursive: true });
    });
    const { kupeKey, organizationId, userId } = first;
    return new KupeHouse({ domain, server, telephone, key: kupeKey, organizationId, userId });
  }

  /** `path` as printed, e.g. `/api/v1/agents`. A FormData body goes as multipart, a text as it is. */
  async request(
    method: string,
    path: string,
    body?: unknown,
    credential: Credential = { key: this.key },
    headers: Readonly<Record<string, string>> = {},
  ): Promise<Reply> {
    const isForm = body instanceof FormData;
    const response = await fetch(`${this.server.url}${path}`, {
      method,
      headers: { ...shown(credential), ...(isForm ? {} : { 'Content-Type': 'application/json' }), ...headers },
      ...(body === undefined ? {} : { body: isForm || typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const reply = new Reply(response, await response.text());
    await this.#holdToDocument(method, path, reply);
    return reply;
  }

  /** Throws when a successful answer is not what the contract document says of it. */
  async #holdToDocument(method: string, path: string, { body, status }: Reply): Promise<void> {
    if (status >= 300 || body === undefined || !path.startsWith('/api/')) return;
    this.#documented ??= DocumentedAnswers.load(this.server.url);
    const problem = (await this.#documented).problemWith(method, path, status, body);
    if (problem !== undefined) throw new Error(problem);
  }

  /** Id of a new agent. */
  async agent(fields: object = {}): Promise<string> {
    const agent = await this.domain.agents.create(this.organizationId, {
      name: 'Reception',
      systemPrompt: 'You answer.',
      ...fields,
    });
    return agent.id;
  }

  /** Id of a new phone line. */
  async line(dialled: string): Promise<string> {
    return (await this.domain.numbers.add({ organizationId: this.organizationId, dialled })).id;
  }

  /** Somebody new with a key and a session, in the first organization unless told. */
  async person(role: Role, organizationId: string = this.organizationId): Promise<Person> {
    const email = `person${++people}@landline.example`;
    const user = await this.domain.users.create({ organizationId, email, role, password });
    const issued = await this.domain.credentials.issue({ kind: 'kupe', organizationId, userId: user.id, name: 'Key' });
    const signedIn = { email, password, remoteAddress: '127.0.0.1' };
    const { accessToken } = await this.domain.identity.signIn(signedIn, 'authenticated');
    return { userId: user.id, organizationId, email, key: { key: issued.key }, session: { token: accessToken } };
  }

  /** An admin of an organization that has nothing to do with the first. */
  async stranger(): Promise<Person> {
    const { id } = await this.domain.organizations.create('Strangers');
    return this.person('org_admin', id);
  }
}

/** A multipart body with this file in the field `file`. */
export function formWith(fileName: string, content: string | Uint8Array<ArrayBuffer>): FormData {
  const form = new FormData();
  form.append('file', new Blob([content]), fileName);
  return form;
}

function shown(credential: Credential): Record<string, string> {
  if (credential === 'none') return {};
  return 'key' in credential ? { 'x-api-key': credential.key } : { Authorization: `Bearer ${credential.token}` };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
