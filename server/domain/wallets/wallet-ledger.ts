import { randomUUID } from 'node:crypto';
import { LandlineError } from '../../contract/errors.ts';
import type { LedgerRepository } from './ledger-repository.ts';
import type { EntryType, Grant, LedgerEntry, Reference, WalletOwner } from './wallet.ts';
import type { WalletRecord, WalletRepository } from './wallet-repository.ts';
import { monthStartMs, remainingAfterOverdraft, takeFromGrants, transferableMicro } from './wallet-rules.ts';

/** Who does something to a wallet, about what, and when. */
export interface Posting {
  readonly reference: Reference | null;
  readonly note: string | null;
  readonly actorUserId: string | null;
  readonly nowMs: number;
}

export interface Credit {
  readonly amountMicro: number;
  readonly expiresAtMs: number | null;
  readonly locked: boolean;
  /** The wallet it comes from; null for minted credit. */
  readonly sourceWalletId: string | null;
}

const dueAtOnce = 500;

/**
 * The movements of credit: each changes grants and ledger together and is called inside a unit of work. Always true:
 * the usable grants together hold no more than the balance, and nothing at all when it is overdrawn.
 */
export class WalletLedger {
  readonly #wallets: WalletRepository;
  readonly #ledger: LedgerRepository;

  constructor(wallets: WalletRepository, ledger: LedgerRepository) {
    this.#wallets = wallets;
    this.#ledger = ledger;
  }

  /** The owner's wallet, made empty when there is none. */
  ofOwner(owner: WalletOwner, nowMs: number): WalletRecord {
    return this.#wallets.findByOwner(owner) ?? this.require(this.#wallets.insert(owner, nowMs));
  }

  /** Throws `wallet-not-found`. */
  require(walletId: string): WalletRecord {
    const wallet = this.#wallets.find(walletId);
    if (wallet) return wallet;
    throw new LandlineError('wallet-not-found', 'There is no wallet with this id.', { id: walletId });
  }

  /** Whether some grant's time has come and what it holds has not been taken back yet. */
  isExpiryDue(nowMs: number): boolean {
    return this.#ledger.dueGrants(nowMs, 1).length > 0;
  }

  /** Takes back what expired grants hold, once each; returns how many there were. */
  expireDue(nowMs: number): number {
    let expired = 0;
    for (let due = this.#ledger.dueGrants(nowMs, dueAtOnce); due.length > 0; ) {
      for (const grant of due) this.#expire(grant, nowMs);
      expired += due.length;
      due = this.#ledger.dueGrants(nowMs, dueAtOnce);
    }
    return expired;
  }

  /** Adds a grant. */
  credit(walletId: string, credit: Credit, posting: Posting): Grant {
    const { nowMs, note, actorUserId } = posting;
    const { balanceMicro } = this.require(walletId);
    const grant: Grant = {
      ...credit,
      id: randomUUID(),
      walletId,
      remainingMicro: remainingAfterOverdraft(credit.amountMicro, balanceMicro),
      grantedBy: actorUserId,
      note,
      createdAtMs: nowMs,
    };
    this.#ledger.insertGrant(grant);
    const type = credit.sourceWalletId === null ? 'grant' : 'transfer_in';
    const reference = { type: 'grant', id: grant.id } as const;
    this.#post(walletId, type, credit.amountMicro, { ...posting, reference });
    return grant;
  }

  /** Hands credit on from one wallet to another as a grant. Throws `wallet-balance-insufficient`. */
  transfer(fromId: string, toId: string, credit: Omit<Credit, 'sourceWalletId'>, posting: Posting): Grant {
    const { balanceMicro } = this.require(fromId);
    const grants = this.#ledger.usableGrants(fromId);
    refuseMoreThan(transferableMicro(balanceMicro, grants), credit.amountMicro, fromId);
    const unlocked = grants.filter(({ locked }) => !locked);
    this.#take(unlocked, credit.amountMicro);
    const grant = this.credit(toId, { ...credit, sourceWalletId: fromId }, posting);
    const reference = { type: 'grant', id: grant.id } as const;
    this.#post(fromId, 'transfer_out', -credit.amountMicro, { ...posting, reference });
    return grant;
  }

  /** Changes the balance without a grant. Throws `wallet-balance-insufficient` rather than go below zero. */
  adjust(walletId: string, amountMicro: number, posting: Posting): LedgerEntry {
    if (amountMicro < 0) {
      refuseMoreThan(Math.max(0, this.require(walletId).balanceMicro), -amountMicro, walletId);
      this.#take(this.#ledger.usableGrants(walletId), -amountMicro);
    }
    return this.#post(walletId, 'adjustment', amountMicro, posting);
  }

  /** Takes the price of something used, which may overdraw the wallet; counts towards the month's cap. */
  debit(walletId: string, amountMicro: number, posting: Posting): LedgerEntry {
    this.#take(this.#ledger.usableGrants(walletId), amountMicro);
    this.#addSpent(walletId, amountMicro, posting.nowMs);
    return this.#post(walletId, 'debit', -amountMicro, posting);
  }

  /** Gives (part of) a debit back as free balance. Throws `refund-too-large` for more than is left of it. */
  refund(debit: LedgerEntry, amountMicro: number, posting: Posting): LedgerEntry {
    const leftMicro = -debit.amountMicro - this.#ledger.refundedMicro(debit);
    if (amountMicro > leftMicro) {
      throw new LandlineError('refund-too-large', `At most ${leftMicro} micro-units of this debit can be given back.`, {
        leftMicro,
      });
    }
    const isThisMonth = monthStartMs(debit.createdAtMs) === monthStartMs(posting.nowMs);
    if (isThisMonth) this.#addSpent(debit.walletId, -amountMicro, posting.nowMs);
    const reference = { type: 'entry', id: debit.id } as const;
    return this.#post(debit.walletId, 'refund', amountMicro, { ...posting, reference });
  }

  /** What this month's debits come to. */
  spentMicro(wallet: WalletRecord, nowMs: number): number {
    return wallet.spentMonthAtMs === monthStartMs(nowMs) ? wallet.spentMicro : 0;
  }

  #expire(grant: Grant, nowMs: number): void {
    this.#ledger.setRemaining(grant.id, 0);
    const reference = { type: 'grant', id: grant.id } as const;
    const posting = { reference, note: null, actorUserId: null, nowMs };
    this.#post(grant.walletId, 'expiry', -grant.remainingMicro, posting);
  }

  #take(grants: readonly Grant[], amountMicro: number): void {
    const remaining = new Map(grants.map((grant) => [grant.id, grant.remainingMicro]));
    for (const taking of takeFromGrants(grants, amountMicro)) {
      this.#ledger.setRemaining(taking.grantId, (remaining.get(taking.grantId) ?? 0) - taking.amountMicro);
    }
  }

  #addSpent(walletId: string, amountMicro: number, nowMs: number): void {
    const spentMicro = this.spentMicro(this.require(walletId), nowMs) + amountMicro;
    this.#wallets.setSpent(walletId, spentMicro, monthStartMs(nowMs), nowMs);
  }

  #post(walletId: string, entryType: EntryType, amountMicro: number, posting: Posting): LedgerEntry {
    const balanceAfterMicro = this.require(walletId).balanceMicro + amountMicro;
    if (!Number.isSafeInteger(balanceAfterMicro)) {
      throw new LandlineError('invalid-argument', 'The balance would become larger than can be counted.', { walletId });
    }
    const { reference, note, actorUserId, nowMs } = posting;
    const about = { reference, note, actorUserId, createdAtMs: nowMs };
    return this.#ledger.append({ walletId, entryType, amountMicro, balanceAfterMicro, ...about });
  }
}

function refuseMoreThan(mostMicro: number, amountMicro: number, walletId: string): void {
  if (amountMicro <= mostMicro) return;
  throw new LandlineError(
    'wallet-balance-insufficient',
    `The wallet holds too little: ${mostMicro} micro-units can be taken, ${amountMicro} were asked for.`,
    { walletId, mostMicro, amountMicro },
  );
}
