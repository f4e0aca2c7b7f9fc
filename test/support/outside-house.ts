import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { Call } from '../../server/domain/calls/call.ts';
import type { Principal } from '../../server/domain/credentials/principal.ts';
import type { Domain } from '../../server/domain/domain.ts';
import { TokenSigner } from '../../server/http/signed-token.ts';
import { createWebhookPayloads } from '../../server/http/webhook-payloads.ts';
import { AfterCalls } from '../../server/jobs/after-calls.ts';
import { Metering } from '../../server/jobs/metering/metering.ts';
import { realClock } from '../../server/lifetime/clock.ts';
import { silentLogger } from '../../server/log/logger.ts';
import { openFirstHouse } from './first-house.ts';
import { administratorOf } from './principals.ts';

/** A house without telephone and HTTP, whose calls are written by the test; loopback is listed for what goes outside. */
export class OutsideHouse {
  readonly domain: Domain;
  readonly principal: Principal;
  readonly agentId: string;

  readonly #dataFolder: string;

  private constructor(domain: Domain, principal: Principal, agentId: string, dataFolder: string) {
    this.#dataFolder = dataFolder;
    this.domain = domain;
    this.principal = principal;
    this.agentId = agentId;
  }

  /** Ends with the test. */
  static async open(allow: readonly string[] = ['127.0.0.1']): Promise<OutsideHouse> {
    const { dataFolder, domain, first } = await openFirstHouse({ egress: { allow } });
    return new OutsideHouse(domain, administratorOf(first.organizationId), first.agentId, dataFolder);
  }

  /** The bytes of the database and of its log. */
  everythingStored(): string {
    const files = readdirSync(this.#dataFolder).filter((name) => name.startsWith('landline.db'));
    return files.map((name) => readFileSync(join(this.#dataFolder, name), 'latin1')).join('');
  }

  /** Somebody of another organization. */
  async stranger(): Promise<Principal> {
    return administratorOf((await this.domain.organizations.create('Strangers')).id);
  }

  /** The jobs that follow calls; stopped with the test. */
  async startJobs(): Promise<AfterCalls> {
    const signer = new TokenSigner(realClock);
    const payloads = createWebhookPayloads({ signer, origin: () => 'http://landline.lan' });
    const jobs = new AfterCalls({ domain: this.domain, payloads, clock: realClock, log: silentLogger });
    const metering = new Metering({ ...this.domain, clock: realClock, log: silentLogger });
    await jobs.start();
    metering.start();
    onTestFinished(async () => {
      await jobs.stop();
      await metering.stop();
    });
    return jobs;
  }

  async begin(fields: Partial<Parameters<Domain['calls']['begin']>[0]> = {}): Promise<Call> {
    return this.domain.calls.begin({
      organizationId: this.principal.organizationId,
      agentId: this.agentId,
      direction: 'inbound',
      identity: { from: '+15550100', to: '100', fromUri: 'sip:+15550100@127.0.0.1', toUri: 'sip:100@127.0.0.1' },
      ...fields,
    });
  }

  /** A call in which each of these things was said, by the caller unless it begins with "agent: ". */
  async call(said: readonly string[], fields: Parameters<OutsideHouse['begin']>[0] = {}): Promise<Call> {
    const { calls } = this.domain;
    const { id } = await this.begin(fields);
    await calls.answered(id, realClock.now());
    for (const [at, line] of said.entries()) {
      const isAgent = line.startsWith('agent: ');
      const role = isAgent ? 'agent' : 'caller';
      const text = isAgent ? line.slice('agent: '.length) : line;
      const times = { startMs: at * 3_000, endMs: at * 3_000 + 2_000 };
      await calls.addTurn(id, { role, text, ...times, interrupted: false, provider: 'test', marks: {} });
    }
    return calls.finish(id, { status: 'completed', endReason: 'caller-hangup', endedAtMs: realClock.now() + 60_000 });
  }
}
