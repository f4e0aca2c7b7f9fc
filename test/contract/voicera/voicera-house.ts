import type { Database } from '../../../server/db/database.ts';
import type { Role } from '../../../server/domain/credentials/principal.ts';
import type { Domain, DomainOptions } from '../../../server/domain/domain.ts';
import type { HouseSettingValues } from '../../../server/domain/settings/house-settings.ts';
import type { HttpServer } from '../../../server/http/http-server.ts';
import type { HttpServerOptions } from '../../../server/http/http-server-options.ts';
import { realClock } from '../../../server/lifetime/clock.ts';
import type { FakeTelephone } from '../../support/fake-telephone.ts';
import { HttpReply } from '../../support/http-reply.ts';
import { openServedHouse } from '../../support/served-house.ts';
import { Contract } from './contract.ts';

/** An answer of this API. */
export class Reply extends HttpReply {
  get id(): string {
    return this.textAt('id');
  }

  /** `items` of a list. */
  get items(): readonly Readonly<Record<string, unknown>>[] {
    return this.list('items');
  }

  /** `[status, code]` of a failure. */
  get failure(): readonly [number, unknown] {
    return [this.status, this.at('error', 'code')];
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
    const given = egress === undefined ? {} : { egress };
    const { dataFolder, db, domain, first, server, telephone } = await openServedHouse({
      http: options,
      domain: given,
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
