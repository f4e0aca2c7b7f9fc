import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Domain } from '../../../server/domain/domain.ts';
import type { HttpServer } from '../../../server/http/http-server.ts';
import type { HttpServerOptions } from '../../../server/http/http-server-options.ts';
import type { FakeTelephone } from '../../support/fake-telephone.ts';
import { openServedHouse } from '../../support/served-house.ts';

export interface Reply {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Envelope;
}

export interface Envelope {
  readonly success: boolean;
  readonly data: Record<string, unknown>;
  readonly error: string;
  readonly details: { readonly code: string; readonly problems: { field: string; message: string }[] };
  readonly meta: Record<string, unknown>;
}

/** A house with its HTTP side on a free loopback port, a throw-away data folder and one organization with a key. */
export class VaHouse {
  readonly domain: Domain;
  readonly server: HttpServer;
  readonly telephone: FakeTelephone;
  readonly key: string;
  readonly organizationId: string;

  private constructor(parts: Pick<VaHouse, 'domain' | 'server' | 'telephone' | 'key' | 'organizationId'>) {
    this.domain = parts.domain;
    this.server = parts.server;
    this.telephone = parts.telephone;
    this.key = parts.key;
    this.organizationId = parts.organizationId;
  }

  /** Ends with the test. */
  static async open(options: Partial<HttpServerOptions> = {}): Promise<VaHouse> {
    const { domain, first, server, telephone } = await openServedHouse({ http: options });
    return new VaHouse({ domain, server, telephone, key: first.vaKey, organizationId: first.organizationId });
  }

  async request(method: string, path: string, body?: unknown, key: string = this.key): Promise<Reply> {
    const response = await fetch(`${this.server.url}/api/v1${path}`, {
      method,
      headers: { Authorization: `Bearer ${key}`, 'Content-Type': 'application/json' },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    return { status: response.status, headers: response.headers, body: (await response.json()) as Envelope };
  }

  /** Id of a new agent. */
  async agent(fields: object = {}): Promise<string> {
    const reply = await this.request('POST', '/agents', { name: 'Reception', system_prompt: 'You answer.', ...fields });
    return String(reply.body.data['id']);
  }

  /** Id of a new task. */
  async task(agentId: string, fields: object = {}): Promise<string> {
    const task = { agent_id: agentId, name: 'Call', to_number: '+15550142', ...fields };
    return String((await this.request('POST', '/tasks', task)).body.data['id']);
  }

  /** Id of a call that a new task has started. */
  async startedCall(): Promise<string> {
    const task = await this.task(await this.agent());
    return String((await this.request('POST', `/tasks/${task}/execute`)).body.data['call_id']);
  }

  async say(callId: string, role: 'agent' | 'caller', text: string, startMs: number): Promise<void> {
    const draft = { role, text, startMs, endMs: startMs + 800, interrupted: false, provider: 'starter', marks: {} };
    await this.domain.calls.addTurn(callId, draft);
  }

  /** Key of an organization that has nothing to do with the first. */
  async strangersKey(): Promise<string> {
    const { id } = await this.domain.organizations.create('Strangers');
    return (await this.domain.credentials.issue({ organizationId: id, name: 'Theirs' })).key;
  }
}

/** The items of a list's answer. */
export function itemsOf(reply: Reply): readonly Record<string, unknown>[] {
  return reply.body.data as unknown as Record<string, unknown>[];
}

/** Text of a file in `examples/`: what the published page of this API prints, or the answer that belongs to it. */
export function example(name: string): string {
  return readFileSync(join(import.meta.dirname, 'examples', name), 'utf8');
}

/** Replaces what differs from run to run by its kind. */
export function withoutChance(value: unknown): unknown {
  return JSON.parse(
    JSON.stringify(value)
      .replaceAll(/"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"/g, '"<uuid>"')
      .replaceAll(/"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z"/g, '"<time>"'),
  );
}
