import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { type Database, openDatabase } from '../../server/db/database.ts';
import type { Principal, Role } from '../../server/domain/credentials/principal.ts';
import { createDomain, type Domain } from '../../server/domain/domain.ts';
import { VirtualClock } from '../../server/lifetime/virtual-clock.ts';
import { silentLogger } from '../../server/log/logger.ts';

/** 1.00 of the currency, in micro-units. */
export const one = 1_000_000;
export const dayMs = 86_400_000;

/** A domain on a throw-away database whose time stands still, with one organization and an admin of the house. */
export interface AccountsHouse {
  readonly db: Database;
  readonly domain: Domain;
  readonly clock: VirtualClock;
  readonly organizationId: string;
  readonly agentId: string;
  readonly superAdmin: Principal;
  /** A new person of the organization, or of the one named. */
  readonly person: (role: Role, organizationId?: string) => Promise<Principal & { readonly userId: string }>;
  /** A call of this person (or of none), on the line for `seconds` with a question and an answer. */
  readonly endedCall: (options?: { readonly userId?: string; readonly seconds?: number }) => Promise<string>;
}

/** Ends with the test. `startMs` is the time at first. */
export async function openAccountsHouse(startMs = Date.UTC(2030, 0, 15, 12)): Promise<AccountsHouse> {
  const dataFolder = mkdtempSync(join(tmpdir(), 'landline-accounts-'));
  const clock = new VirtualClock(startMs);
  const db = openDatabase(join(dataFolder, 'landline.db'), { collectMs: 0, clock });
  onTestFinished(() => {
    db.close();
    rmSync(dataFolder, { recursive: true });
  });
  const domain = createDomain({ db, clock, log: silentLogger, dataFolder, timeZone: 'Europe/Berlin' });
  const { id: organizationId } = await domain.organizations.create('Reception Ltd.');
  const { id: agentId } = await domain.agents.create(organizationId, { name: 'Reception', systemPrompt: '' });
  const person = makePeople(domain, organizationId);
  const superAdmin = await person('super_admin');
  const endedCall: AccountsHouse['endedCall'] = ({ userId, seconds = 60 } = {}) =>
    makeEndedCall(domain, clock, { organizationId, agentId, seconds, ...(userId === undefined ? {} : { userId }) });
  return { db, domain, clock, organizationId, agentId, superAdmin, person, endedCall };
}

function makePeople(domain: Domain, homeId: string): AccountsHouse['person'] {
  let count = 0;
  return async (role, organizationId = homeId) => {
    const email = `person${++count}@example.com`;
    const { id: userId } = await domain.users.create({ organizationId, email, fullName: `Person ${count}`, role });
    return { organizationId, userId, email, role, via: 'token', credentialId: `session-${count}`, scopes: [] };
  };
}

async function makeEndedCall(
  domain: Domain,
  clock: VirtualClock,
  call: {
    readonly organizationId: string;
    readonly agentId: string;
    readonly userId?: string;
    readonly seconds: number;
  },
): Promise<string> {
  const { seconds, ...draft } = call;
  const identity = { from: '100', to: '200', fromUri: 'sip:100@10.0.0.1', toUri: 'sip:200@10.0.0.2' };
  const { id } = await domain.calls.begin({ ...draft, direction: 'outbound', identity, tts: 'flite', stt: 'starter' });
  await domain.calls.answered(id, clock.now());
  const turn = { interrupted: false, marks: {} };
  await domain.calls.addTurn(id, { ...turn, role: 'agent', text: 'Hello!', startMs: 0, endMs: 500, provider: 'brain' });
  const question = { role: 'caller', text: 'Are you open?', startMs: 900, endMs: 2_100, provider: 'starter' } as const;
  await domain.calls.addTurn(id, { ...turn, ...question });
  await clock.advance(seconds * 1_000);
  await domain.calls.finish(id, { status: 'completed', endReason: 'caller-hangup', endedAtMs: clock.now() });
  return id;
}
