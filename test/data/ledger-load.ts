import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { Client } from 'undici';
import { seededRandom } from '../fixtures/models/random.ts';
import type { LedgerOwner, WalletSums } from './ledger-owner.ts';

/** The process that owns the database, and a pair of connections to it for each client. */
export class OwnerProcess {
  readonly owner: LedgerOwner;
  readonly #child: ChildProcess;
  readonly #clients: readonly { readonly api: Client; readonly backDoor: Client }[];
  isKilled = false;

  private constructor(owner: LedgerOwner, child: ChildProcess, connections: number) {
    this.owner = owner;
    this.#child = child;
    this.#clients = Array.from({ length: connections }, () => ({
      api: new Client(owner.url),
      backDoor: new Client(owner.backDoor),
    }));
  }

  static async start(dataFolder: string, connections: number): Promise<OwnerProcess> {
    const child = spawn(process.execPath, [join(import.meta.dirname, 'ledger-owner.ts'), dataFolder], {
      env: { ...process.env, NODE_NO_WARNINGS: '1' },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const ended = once(child, 'close').then(([code]) => {
      throw new Error(`The owner of the database ended with ${code} before it listened`);
    });
    const [line] = (await Promise.race([once(createInterface(child.stdout), 'line'), ended])) as [string];
    // It ends by being killed, later.
    ended.catch(() => {});
    return new OwnerProcess(JSON.parse(line) as LedgerOwner, child, connections);
  }

  /** SIGKILL; resolves when it is gone. */
  async kill(): Promise<void> {
    if (this.isKilled) return;
    this.isKilled = true;
    const gone = once(this.#child, 'close');
    this.#child.kill('SIGKILL');
    await gone;
    await Promise.all(this.#clients.flatMap(({ api, backDoor }) => [api.destroy(), backDoor.destroy()]));
  }

  /** A request of a public API. */
  api(client: number, method: 'GET' | 'POST', path: string, token: string, body?: object): Promise<Answer> {
    return send(this.#clients[client]?.api, method, path, { authorization: `Bearer ${token}` }, body);
  }

  /** A request that no public route has. */
  behind(client: number, method: 'GET' | 'POST', path: string, body?: object): Promise<Answer> {
    return send(this.#clients[client]?.backDoor, method, path, {}, body);
  }
}

export interface Answer {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
}

async function send(
  client: Client | undefined,
  method: 'GET' | 'POST',
  path: string,
  headers: Readonly<Record<string, string>>,
  body?: object,
): Promise<Answer> {
  if (!client) throw new Error('There are fewer clients');
  const content = body === undefined ? {} : { body: JSON.stringify(body) };
  const given = { ...headers, ...(body === undefined ? {} : { 'content-type': 'application/json' }) };
  const answer = await client.request({ method, path, headers: given, ...content });
  return { status: answer.statusCode, body: (await answer.body.json()) as Answer['body'] };
}

export type OperationKind = 'grant' | 'transfer' | 'debit' | 'cap' | 'adjust' | 'call';

/** What was acknowledged, by the id that the ledger must know. */
export interface Acknowledged {
  readonly kind: OperationKind;
  readonly id: string;
}

export interface LoadOptions {
  readonly dataFolder: string;
  readonly connections: number;
  readonly seed: number;
}

/** One stretch of operations, all in the same mix. */
export interface Stretch {
  readonly operations: number;
  /** How often each kind comes, relative to the others. */
  readonly mix: Readonly<Partial<Record<OperationKind, number>>>;
  /** The owner is killed with requests on the way after this many, and started again. */
  readonly killAfter: number;
  /** No balance may be below zero, whoever's. */
  readonly isEnforced: boolean;
}

/** Random operations on random wallets from several connections, each checked when it is answered. */
export class LedgerLoad {
  readonly acknowledged: Acknowledged[] = [];
  readonly problems: string[] = [];
  readonly counts: Record<string, number> = {};
  readonly #options: LoadOptions;
  readonly #randoms: readonly (() => number)[];
  #owner: Promise<OwnerProcess>;

  constructor(options: LoadOptions) {
    this.#options = options;
    this.#randoms = Array.from({ length: options.connections }, (_, at) => seededRandom(options.seed + at));
    this.#owner = this.start();
  }

  get owner(): Promise<OwnerProcess> {
    return this.#owner;
  }

  start(): Promise<OwnerProcess> {
    this.#owner = OwnerProcess.start(this.#options.dataFolder, this.#options.connections);
    return this.#owner;
  }

  async run(stretch: Stretch): Promise<void> {
    let begun = 0;
    const client = async (_random: () => number, at: number) => {
      while (begun < stretch.operations && this.problems.length === 0) {
        const turn = ++begun;
        const owner = await this.#owner;
        if (turn === stretch.killAfter) this.#owner = owner.kill().then(() => this.start());
        await this.#one(owner, at, stretch);
      }
    };
    await Promise.all(this.#randoms.map(client));
  }

  async #one(owner: OwnerProcess, client: number, stretch: Stretch): Promise<void> {
    const random = this.#randoms[client] as () => number;
    const kind = pick(random, stretch.mix);
    const target = chooseWallet(owner.owner, random, kind);
    try {
      const answer = await this.#send(owner, client, kind, target);
      this.#note(kind, answer);
      await this.#check(owner, client, target, stretch);
    } catch (thrown) {
      if (!owner.isKilled) throw thrown;
      this.#count('unknown');
    }
  }

  #send(owner: OwnerProcess, client: number, kind: OperationKind, target: Target): Promise<Answer> {
    const random = this.#randoms[client] as () => number;
    const { superToken } = owner.owner;
    const path = `/api/v1/wallets/${target.walletId}`;
    const micro = 1 + Math.floor(random() ** 3 * 5_000_000);
    const expires = random() < 0.6 ? { expires_at: new Date(Date.now() + 500 + random() * 4_000).toISOString() } : {};
    const grant = { amount_usd: micro / 1_000_000, ...expires, note: 'Random' };
    switch (kind) {
      case 'grant':
        return owner.api(client, 'POST', `${path}/grants`, superToken, grant);
      case 'transfer':
        return owner.api(client, 'POST', `${path}/grants`, target.adminToken, grant);
      case 'cap': {
        const cap = { monthly_cap_usd: random() < 0.5 ? null : Math.floor(random() * 50) };
        return owner.api(client, 'POST', `${path}/cap`, target.adminToken, cap);
      }
      case 'adjust': {
        const change = { amount_usd: (random() < 0.5 ? -micro : micro) / 1_000_000, reason: 'Random' };
        return owner.api(client, 'POST', `${path}/adjust`, superToken, change);
      }
      case 'debit':
        return owner.behind(client, 'POST', `/debits/${target.walletId}`, { amountMicro: micro });
      case 'call':
        return owner.behind(client, 'POST', `/calls/${target.walletId}`, { seconds: 1 + Math.floor(random() * 90) });
    }
  }

  #note(kind: OperationKind, { status, body }: Answer): void {
    if (status === 400 || status === 402) {
      this.#count(`${kind} refused`);
      return;
    }
    this.#count(kind);
    const id = idOf(kind, body);
    if (status !== 200 || id === undefined) this.problems.push(`${kind}: ${status} ${JSON.stringify(body)}`);
    else if (kind !== 'cap') this.acknowledged.push({ kind, id });
  }

  /** By the public API: the balance is what the newest entry says. By the database: it is the sum of all of them. */
  async #check(owner: OwnerProcess, client: number, target: Target, stretch: Stretch): Promise<void> {
    const path = `/api/v1/wallets/${target.walletId}?limit=1`;
    const { body: wallet } = await owner.api(client, 'GET', path, target.adminToken);
    const [newest] = wallet['ledger'] as { readonly balance_after_usd: number }[];
    const { body } = await owner.behind(client, 'GET', `/sums/${target.walletId}`);
    const { balanceMicro, heldMicro, ledgerMicro } = body as unknown as WalletSums;
    const isWrong =
      wallet['credit_balance_usd'] !== (newest?.balance_after_usd ?? 0) ||
      balanceMicro !== ledgerMicro ||
      heldMicro > Math.max(0, balanceMicro) ||
      (balanceMicro < 0 && (stretch.isEnforced || target.isOrganization));
    if (isWrong) this.problems.push(`${target.walletId}: ${JSON.stringify({ wallet, body })}`);
    this.#count('checks');
  }

  #count(what: string): void {
    this.counts[what] = (this.counts[what] ?? 0) + 1;
  }
}

interface Target {
  readonly walletId: string;
  readonly adminToken: string;
  readonly isOrganization: boolean;
}

function chooseWallet({ organizations }: LedgerOwner, random: () => number, kind: OperationKind): Target {
  const organization = organizations[Math.floor(random() * organizations.length)];
  if (!organization) throw new Error('There is no organization');
  const { adminToken, memberWalletIds, walletId } = organization;
  const isOrganization = random() < 0.3 && (kind === 'grant' || kind === 'adjust');
  const member = memberWalletIds[Math.floor(random() * memberWalletIds.length)] ?? '';
  return { walletId: isOrganization ? walletId : member, adminToken, isOrganization };
}

function pick(random: () => number, mix: Stretch['mix']): OperationKind {
  const kinds = Object.entries(mix) as [OperationKind, number][];
  let left = random() * kinds.reduce((sum, [, weight]) => sum + weight, 0);
  for (const [kind, weight] of kinds) {
    left -= weight;
    if (left < 0) return kind;
  }
  return 'debit';
}

function idOf(kind: OperationKind, body: Answer['body']): string | undefined {
  const of = (name: string) => (body[name] as { readonly id?: string } | undefined)?.id;
  switch (kind) {
    case 'grant':
    case 'transfer':
      return of('grant');
    case 'adjust':
      return of('entry');
    case 'cap':
      return (body['wallet'] as { readonly wallet_id?: string } | undefined)?.wallet_id;
    case 'debit':
      return body['entryId'] as string | undefined;
    case 'call':
      return body['callId'] as string | undefined;
  }
}
