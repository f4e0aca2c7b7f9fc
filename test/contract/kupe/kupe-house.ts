import type { LocalEngines } from '../../../server/domain/catalog/catalog.ts';
import type { Role } from '../../../server/domain/credentials/principal.ts';
import type { Domain, DomainOptions } from '../../../server/domain/domain.ts';
import type { HttpServer } from '../../../server/http/http-server.ts';
import type { HttpServerOptions } from '../../../server/http/http-server-options.ts';
import type { FakeTelephone } from '../../support/fake-telephone.ts';
import { HttpReply } from '../../support/http-reply.ts';
import { openServedHouse } from '../../support/served-house.ts';
import { DocumentedAnswers } from './documented-answers.ts';

/** What a request shows: a key, a token, or nothing. */
export type Credential = { readonly key: string } | { readonly token: string } | 'none';

/** An answer of this API. */
export class Reply extends HttpReply {
  /** An id or other text of the body. */
  id(...path: readonly (string | number)[]): string {
    return this.textAt(...path);
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
export const starterEngines: LocalEngines = {
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
    const { domain, first, server, telephone } = await openServedHouse({ http: options, domain: domainOptions });
    await domain.catalog.mirror(starterEngines);
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
