import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { z } from 'zod';
import { openDatabase } from '../../server/db/database.ts';
import { createDomain } from '../../server/domain/domain.ts';
import { realClock } from '../../server/lifetime/clock.ts';
import { silentLogger } from '../../server/log/logger.ts';
import { Callees, type Manner } from '../support/callees.ts';
import { isAlive, RunningAppliance, until } from '../support/running-appliance.ts';

const manners: readonly Manner[] = [
  'busy',
  'person',
  'rings-forever',
  'voicemail',
  'person',
  'busy',
  'person',
  'voicemail',
  'rings-forever',
  'person',
];
const numbers = Array.from({ length: 50 }, (_each, at) => `+155501000${String(at).padStart(2, '0')}`);
const mannerOf = (number: string): Manner => manners[Number(number.at(-1))] ?? 'busy';

const statsSchema = z.object({
  total_numbers: z.number(),
  pending: z.number(),
  in_progress: z.number(),
  completed: z.number(),
  failed: z.number(),
});

/** The three APIs of one appliance, with the credentials of its first start. */
class Clients {
  readonly #appliance: RunningAppliance;
  #token = '';

  constructor(appliance: RunningAppliance) {
    this.#appliance = appliance;
  }

  async signIn(): Promise<void> {
    const credentials = { email: this.#first('VOICERA_EMAIL'), password: this.#first('VOICERA_PASSWORD') };
    const { token } = z.object({ token: z.string() }).parse(await this.voicera('POST', '/auth/login', credentials));
    this.#token = token;
  }

  async voicera(method: string, path: string, body?: unknown): Promise<unknown> {
    const authorization = this.#token === '' ? {} : { Authorization: `Bearer ${this.#token}` };
    return await this.#fetch(method, path, authorization, body);
  }

  async stats(id: string): Promise<z.infer<typeof statsSchema>> {
    return statsSchema.parse(await this.voicera('GET', `/campaigns/${id}/stats`));
  }

  /** Calls by status as Kupe's call logs tell. */
  async kupe(): Promise<{ readonly completed: number; readonly failed: number }> {
    const headers = { 'X-API-Key': this.#first('KUPE_KEY') };
    const page = await this.#fetch('GET', '/api/v1/call-analytics?page=1&page_size=100', headers);
    const { items } = z.object({ items: z.array(z.object({ status: z.string() })) }).parse(page);
    const completed = items.filter(({ status }) => status === 'completed').length;
    return { completed, failed: items.length - completed };
  }

  /** `meta.total` of va_ calls of this status. */
  async va(status: string): Promise<number> {
    return z
      .object({ total: z.number() })
      .parse((await this.#appliance.get(`/api/v1/calls?status=${status}&limit=1`)).meta).total;
  }

  #first(name: string): string {
    const text = readFileSync(join(this.#appliance.dataFolder, 'first-keys.env'), 'utf8');
    return new RegExp(`^LANDLINE_${name}=(\\S+)`, 'm').exec(text)?.[1] ?? '';
  }

  async #fetch(method: string, path: string, headers: Record<string, string>, body?: unknown): Promise<unknown> {
    const response = await fetch(`http://127.0.0.1:${this.#appliance.httpPort}${path}`, {
      method,
      headers: { ...headers, 'Content-Type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path} answered ${response.status}: ${text}`);
    return JSON.parse(text);
  }
}

async function open() {
  const callees = await Callees.open(mannerOf);
  const appliance = await RunningAppliance.start({
    config: {
      peers: [{ name: 'callees', host: '127.0.0.1', port: callees.port }],
      limits: { ringTimeoutMs: 3_000 },
      outbound: { allowedPrefixes: ['+1555'] },
    },
  });
  onTestFinished(async () => {
    await appliance.stop();
    await callees.close();
  });
  const clients = new Clients(appliance);
  await clients.signIn();
  return { callees, appliance, clients };
}

async function launched(clients: Clients): Promise<string> {
  const agents = z
    .object({ items: z.array(z.object({ id: z.string() })) })
    .parse(await clients.voicera('GET', '/agents'));
  const draft = {
    name: 'Reminders',
    agent_id: agents.items[0]?.id,
    phone_numbers: numbers,
    max_concurrent_calls: 5,
    retry_config: { max_retries: 0, retry_delay: 1 },
  };
  const { id } = z.object({ id: z.string() }).parse(await clients.voicera('POST', '/campaigns', draft));
  await clients.voicera('POST', `/campaigns/${id}/launch`);
  return id;
}

test('a campaign of 50 numbers goes on after SIGKILL: all final, nobody called twice who answered, five at once', async () => {
  const { callees, appliance, clients } = await open();
  const id = await launched(clients);
  await until('the campaign is in its middle', () => callees.invites.size >= 20 && callees.atOnce >= 3, 60_000);
  const processes = Object.values(appliance.pids());
  appliance.kill('server');
  await until('every process is gone', () => !processes.some(isAlive), 10_000);
  await until('nobody is called any more', () => callees.atOnce === 0, 5_000);
  const invitedBefore = new Map(callees.invites);
  expect(invitedBefore.size).toBeLessThan(numbers.length);

  await appliance.launch();
  await clients.signIn();
  await until(
    'all numbers are final',
    async () => {
      const { in_progress, pending } = await clients.stats(id);
      return pending + in_progress === 0;
    },
    90_000,
  );

  const stats = await clients.stats(id);
  expect(stats).toMatchObject({ total_numbers: 50, pending: 0, in_progress: 0 });
  expect(stats.completed + stats.failed).toBe(50);
  expect(callees.mostAtOnce).toBe(5);
  const answeredAndCalledAgain = [...callees.answered.keys()].filter((number) => callees.invites.get(number) !== 1);
  expect(answeredAndCalledAgain).toEqual([]);
  expect(Math.max(...callees.invites.values())).toBe(1);
  // 30 numbers answer; up to five of them were cut off by the kill and count as failed.
  expect(stats.completed).toBeGreaterThanOrEqual(25);
  expect(stats.completed).toBeLessThanOrEqual(30);
  expect(await clients.kupe()).toEqual({ completed: stats.completed, failed: stats.failed });
  expect([await clients.va('completed'), await clients.va('failed')]).toEqual([stats.completed, stats.failed]);
  const campaign = z.object({ status: z.string() }).parse(await clients.voicera('GET', `/campaigns/${id}`));
  expect(campaign.status).toBe('completed');

  await appliance.terminate();
  const { byStatus } = await inDatabase(appliance, ({ campaigns, organizations }) =>
    campaigns.counts(organizations.first()?.id ?? '', id),
  );
  expect(byStatus.completed + byStatus.voicemail).toBe(stats.completed);
  expect(byStatus.voicemail).toBeGreaterThanOrEqual(5);
  expect(byStatus.busy + byStatus['no-answer'] + byStatus.interrupted).toBe(stats.failed);
  expect(byStatus.interrupted).toBeLessThanOrEqual(5);
});

test('a machine that answers gets the message after its beep, a person never does', async () => {
  const { appliance, callees } = await open();
  const [machine = '', person = ''] = [numbers[3], numbers[1]];
  await appliance.terminate();
  const message = 'This is the clinic. Please call us back tomorrow.';
  const { id, organizationId } = await inDatabase(appliance, async ({ agents, campaigns, organizations }) => {
    const organization = organizations.first()?.id ?? '';
    const agentId = agents.default()?.id ?? null;
    const draft = { kind: 'kupe-campaign', name: 'Reminders', agentId, concurrency: 2 } as const;
    const voicemail = { action: 'leave-message', message } as const;
    const members = [{ toNumber: machine }, { toNumber: person }];
    const campaign = await campaigns.create(organization, { ...draft, voicemail }, members);
    await campaigns.launch(organization, campaign.id);
    return { id: campaign.id, organizationId: organization };
  });
  await appliance.launch();
  await until('both calls are over', () => callees.answered.size === 2 && callees.atOnce === 0, 60_000);
  await appliance.terminate();

  const calls = await inDatabase(appliance, ({ calls: stored }) =>
    stored.list({ organizationId, campaignId: id }, { limit: 10, offset: 0 }).items.map((call) => ({
      to: call.identity.to,
      how: [call.status, call.endReason, call.answeredBy],
      said: stored.turns(call.id).at(-1)?.text,
    })),
  );
  const toMachine = calls.find(({ to }) => to === machine);
  expect(toMachine).toMatchObject({ how: ['completed', 'voicemail', 'voicemail'], said: message });
  expect(callees.voiceHeardMs(machine).after).toBeGreaterThan(1_500);
  const toPerson = calls.find(({ to }) => to === person);
  expect(toPerson).toMatchObject({ how: ['completed', 'caller-hangup', 'human'] });
  expect(toPerson?.said).not.toBe(message);
});

/** Looks into the data of an appliance that does not run. */
async function inDatabase<T>(
  { dataFolder }: RunningAppliance,
  look: (domain: ReturnType<typeof createDomain>) => T | Promise<T>,
): Promise<T> {
  const db = openDatabase(join(dataFolder, 'landline.db'));
  try {
    return await look(createDomain({ db, clock: realClock, log: silentLogger, dataFolder }));
  } finally {
    db.close();
  }
}
