import '../../native/runtime-guard.ts';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { json } from 'node:stream/consumers';
import { LandlineError } from '../../server/contract/errors.ts';
import { openDatabase } from '../../server/db/database.ts';
import type { LiveCalls } from '../../server/domain/calls/live-calls.ts';
import type { Dialer } from '../../server/domain/calls/outbound-order.ts';
import type { Principal, Role } from '../../server/domain/credentials/principal.ts';
import { createDomain } from '../../server/domain/domain.ts';
import { createHttpServer } from '../../server/http/http-server.ts';
import { Metering } from '../../server/jobs/metering/metering.ts';
import { realClock } from '../../server/lifetime/clock.ts';
import { silentLogger } from '../../server/log/logger.ts';

/** What the owner of the database prints when it listens. */
export interface LedgerOwner {
  /** Of the public APIs. */
  readonly url: string;
  /** Of what no public route does: charging a wallet, ending a call, switching enforcement, adding up a ledger. */
  readonly backDoor: string;
  readonly superToken: string;
  readonly organizations: readonly {
    readonly adminToken: string;
    readonly walletId: string;
    readonly memberWalletIds: readonly string[];
  }[];
}

/** Sums of one wallet, read in one moment. */
export interface WalletSums {
  readonly balanceMicro: number;
  readonly ledgerMicro: number;
  readonly heldMicro: number;
}

const password = 'a long enough password 1';
const membersEach = 4;
const dataFolder = process.argv[2] as string;
const db = openDatabase(join(dataFolder, 'landline.db'));
const domain = createDomain({ db, clock: realClock, log: silentLogger, dataFolder });
const { wallets } = domain;

async function person(email: string, role: Role, organizationId: string) {
  return (
    domain.users.findByEmail(email) ?? domain.users.create({ email, role, organizationId, fullName: email, password })
  );
}

async function tokenOf(email: string): Promise<string> {
  const signIn = { email, password, remoteAddress: '127.0.0.1' };
  return (await domain.identity.signIn(signIn, 'authenticated')).accessToken;
}

async function organization(name: string): Promise<LedgerOwner['organizations'][number] & { readonly id: string }> {
  const admin = domain.users.findByEmail(`admin@${name}.example`);
  const id = admin?.organizationId ?? (await domain.organizations.create(name)).id;
  const { email } = await person(`admin@${name}.example`, 'org_admin', id);
  const memberWalletIds: string[] = [];
  for (let at = 0; at < membersEach; at++) {
    const { id: userId } = await person(`member${at}@${name}.example`, 'user', id);
    memberWalletIds.push((await wallets.ofPayer({ organizationId: id, userId })).id);
  }
  const { id: walletId } = await wallets.ofPayer({ organizationId: id, userId: null });
  return { id, adminToken: await tokenOf(email), walletId, memberWalletIds };
}

/** Writes down a call of the wallet's owner that was `seconds` long and has ended. */
async function call(walletId: string, seconds: number): Promise<string> {
  const { organizationId, owner } = await wallets.get(superAdmin, walletId);
  const agentId =
    domain.agents.list({ organizationId }, { limit: 1, offset: 0 }).items[0]?.id ??
    (await domain.agents.create(organizationId, { name: 'Reception', systemPrompt: '' })).id;
  const identity = { from: '1', to: '2', fromUri: 'sip:1@127.0.0.1', toUri: 'sip:2@127.0.0.1' };
  const draft = { organizationId, agentId, userId: owner.id, direction: 'outbound', identity } as const;
  const { id } = await domain.calls.begin(draft);
  const nowMs = realClock.now();
  await domain.calls.answered(id, nowMs);
  const endedAtMs = nowMs + seconds * 1_000;
  await domain.calls.finish(id, { status: 'completed', endReason: 'caller-hangup', endedAtMs });
  return id;
}

const organizations = [await organization('north'), await organization('south')];
const superUser = await person('super@north.example', 'super_admin', organizations[0]?.id ?? '');
const superAdmin: Principal = {
  organizationId: superUser.organizationId,
  userId: superUser.id,
  email: superUser.email,
  role: 'super_admin',
  via: 'session',
  credentialId: 'back-door',
  scopes: [],
};

const sums = db.prepare<WalletSums>(
  `SELECT balance_micro AS balanceMicro,
     (SELECT coalesce(sum(amount_micro), 0) FROM wallet_ledger WHERE wallet_id = w.id) AS ledgerMicro,
     (SELECT coalesce(sum(remaining_micro), 0) FROM wallet_grants WHERE wallet_id = w.id) AS heldMicro
   FROM wallets w WHERE id = ?`,
);

const price = { serviceType: 'telephony', provider: '*', model: '*', unit: 'second' } as const;
await domain.usage.setPrice(superAdmin, { ...price, priceMicro: 1_000_000, perQuantity: 60 });

interface Order {
  readonly amountMicro: number;
  readonly enforced: boolean;
  readonly seconds: number;
}

async function behind(request: IncomingMessage): Promise<unknown> {
  const [, what, id = ''] = (request.url ?? '').split('/');
  if (what === 'sums') return sums.get(id);
  const { amountMicro, enforced, seconds } = (await json(request)) as Order;
  switch (what) {
    case 'enforcement':
      return { done: await wallets.setEnforced(superAdmin, enforced).then(() => enforced) };
    case 'calls':
      return { callId: await call(id, seconds) };
    default:
      return { entryId: (await wallets.debit(superAdmin, id, { amountMicro })).entry.id };
  }
}

const backDoor = createServer((request, response) => {
  const answer = (status: number, body: unknown) => response.writeHead(status).end(JSON.stringify(body));
  behind(request).then(
    (body) => answer(200, body),
    (thrown: unknown) => answer(thrown instanceof LandlineError ? 402 : 500, { error: String(thrown) }),
  );
});
await new Promise<void>((resolve) => backDoor.listen(0, '127.0.0.1', resolve));
const noTelephone: Dialer & LiveCalls = {
  canDial: () => ({ ok: false, why: 'there is no telephone here' }),
  hasFreeLine: () => false,
  start: () => Promise.reject(new Error('There is no telephone here')),
  end: () => Promise.resolve(false),
};
const server = createHttpServer({
  domain,
  dialer: noTelephone,
  liveCalls: noTelephone,
  isPeerHost: () => false,
  host: '127.0.0.1',
  port: 0,
  extraPorts: { vaSocketPort: null, voicePort: null, voiceraPort: null },
  version: '0.0.0-test',
  readCounters: async () => ({}),
  log: silentLogger,
});
await server.start();
new Metering({ ...domain, clock: realClock, log: silentLogger }).start();

const owner: LedgerOwner = {
  url: server.url,
  backDoor: `http://127.0.0.1:${(backDoor.address() as AddressInfo).port}`,
  superToken: await tokenOf(superUser.email),
  organizations,
};
console.log(JSON.stringify(owner));
