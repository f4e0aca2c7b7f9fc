import { LandlineError } from '../../contract/errors.ts';
import type { UnitOfWork } from '../../events/unit-of-work.ts';
import { type Principal, requireRole } from '../credentials/principal.ts';
import type { Page, PageRequest } from '../paging.ts';
import type { Imbalance, LedgerRepository } from './ledger-repository.ts';
import {
  currency,
  type Grant,
  type GrantDraft,
  type LedgerEntry,
  type Wallet,
  type WalletDetail,
  type WalletOwner,
} from './wallet.ts';
import { organizationNotFound, ownerFor, requireAdminOf, requireManageable, requireReadable } from './wallet-access.ts';
import type { Posting, WalletLedger } from './wallet-ledger.ts';
import { checkAmount, checkGrant, refuseWithout } from './wallet-limits.ts';
import type { WalletFilter, WalletRecord, WalletRepository } from './wallet-repository.ts';
import { availableMicro, nextMonthStartMs, upcomingExpiry } from './wallet-rules.ts';

export interface WalletDeps {
  readonly unitOfWork: UnitOfWork;
  readonly wallets: WalletRepository;
  readonly ledgerEntries: LedgerRepository;
  readonly walletLedger: WalletLedger;
}

/** Who would pay for something. */
export interface Payer {
  readonly organizationId: string;
  /** Null when it is done for no person: the organization pays. */
  readonly userId: string | null;
}

const grantsShown = 500;
const firstLedgerPage: PageRequest = { limit: 100, offset: 0 };

/**
 * Credit, as people and admins handle it. Reads give up expired credit first, so no balance shows what can't be used.
 * Throws `forbidden`, `wallet-not-found`, `organization-not-found`, `invalid-argument`.
 */
export class WalletService {
  readonly #deps: WalletDeps;

  constructor(deps: WalletDeps) {
    this.#deps = deps;
  }

  /** The wallet that pays for what this caller does. */
  async me(principal: Principal): Promise<Wallet> {
    return this.ofPayer(principal);
  }

  /** The wallet that pays for this person or, without one, for the organization; it is made when there is none. */
  async ofPayer(payer: Payer): Promise<Wallet> {
    await this.#settle();
    const owner = ownerFor(payer);
    const known = this.#deps.wallets.findByOwner(owner);
    return this.#toWallet(known ?? (await this.#make(owner)));
  }

  async get(principal: Principal, walletId: string): Promise<Wallet> {
    await this.#settle();
    return this.#toWallet(this.#readable(principal, walletId));
  }

  /** With grants, ledger and what will expire; `page` is that of the ledger. */
  async detail(principal: Principal, walletId: string, page: PageRequest = firstLedgerPage): Promise<WalletDetail> {
    await this.#settle();
    const { ledgerEntries } = this.#deps;
    const wallet = this.#toWallet(this.#readable(principal, walletId));
    const usable = ledgerEntries.usableGrants(walletId);
    return {
      wallet,
      grants: ledgerEntries.grants(walletId, grantsShown),
      ledger: ledgerEntries.entries(walletId, page),
      upcomingExpiry: upcomingExpiry(usable),
    };
  }

  /** Every person's wallet. For super admins. */
  async listUsers(principal: Principal, page: PageRequest): Promise<Page<Wallet>> {
    requireRole(principal, 'super_admin');
    return this.#list({ ownerType: 'user' }, page);
  }

  /** Every organization's wallet. For super admins. */
  async listOrganizations(principal: Principal, page: PageRequest): Promise<Page<Wallet>> {
    requireRole(principal, 'super_admin');
    return this.#list({ ownerType: 'org' }, page);
  }

  /** The wallets of an organization's people. For its admins. */
  async listMembers(principal: Principal, organizationId: string, page: PageRequest): Promise<Page<Wallet>> {
    requireAdminOf(principal, organizationId);
    if (!this.#deps.wallets.ownerExists({ type: 'org', id: organizationId })) {
      throw organizationNotFound(organizationId);
    }
    return this.#list({ ownerType: 'user', organizationId }, page);
  }

  /**
   * Gives credit: a super admin mints it, an admin hands it on from the organization's wallet to a member's. Throws
   * `wallet-balance-insufficient` when that holds too little.
   */
  grant(
    principal: Principal,
    walletId: string,
    draft: GrantDraft,
  ): Promise<{ readonly grant: Grant; readonly wallet: Wallet }> {
    return this.#change(principal, (posting) => {
      const { walletLedger } = this.#deps;
      const wallet = walletLedger.require(walletId);
      requireManageable(principal, wallet);
      checkGrant(draft, posting.nowMs);
      const { amountMicro, expiresAtMs = null, locked = false, note = null } = draft;
      const noted = { ...posting, note };
      const credit = { amountMicro, expiresAtMs, locked };
      const grant =
        principal.role === 'super_admin'
          ? walletLedger.credit(walletId, { ...credit, sourceWalletId: null }, noted)
          : walletLedger.transfer(this.#sourceFor(wallet, posting.nowMs).id, walletId, credit, noted);
      return { grant, wallet: this.#toWallet(walletLedger.require(walletId)) };
    });
  }

  /** Most that may be spent in a month (UTC); null for no limit. It holds while enforcement is on. */
  setCap(principal: Principal, walletId: string, capMicro: number | null): Promise<Wallet> {
    return this.#change(principal, ({ nowMs }) => {
      const { wallets, walletLedger } = this.#deps;
      requireManageable(principal, walletLedger.require(walletId));
      if (capMicro !== null) checkAmount('The cap', capMicro, 0);
      wallets.setCap(walletId, capMicro, nowMs);
      return this.#toWallet(walletLedger.require(walletId));
    });
  }

  /** Corrects a balance, up or down, without a grant. For super admins. Throws `wallet-balance-insufficient`. */
  adjust(
    principal: Principal,
    walletId: string,
    change: { readonly amountMicro: number; readonly reason: string },
  ): Promise<{ readonly entry: LedgerEntry; readonly wallet: Wallet }> {
    return this.#change(principal, (posting) => {
      requireRole(principal, 'super_admin');
      const { walletLedger } = this.#deps;
      walletLedger.require(walletId);
      checkAmount('The amount', Math.abs(change.amountMicro), 1);
      const entry = walletLedger.adjust(walletId, change.amountMicro, { ...posting, note: change.reason });
      return { entry, wallet: this.#toWallet(walletLedger.require(walletId)) };
    });
  }

  /** Gives a debit back, wholly or in part. For super admins. Throws `entry-not-found`, `refund-too-large`. */
  refund(
    principal: Principal,
    entryId: string,
    refund: { readonly amountMicro: number; readonly reason: string },
  ): Promise<{ readonly entry: LedgerEntry; readonly wallet: Wallet }> {
    return this.#change(principal, (posting) => {
      requireRole(principal, 'super_admin');
      const { ledgerEntries, walletLedger } = this.#deps;
      const debit = ledgerEntries.findEntry(entryId);
      if (debit?.entryType !== 'debit') {
        throw new LandlineError('entry-not-found', 'There is no debit with this id.', { id: entryId });
      }
      checkAmount('The amount', refund.amountMicro, 1);
      const entry = walletLedger.refund(debit, refund.amountMicro, { ...posting, note: refund.reason });
      return { entry, wallet: this.#toWallet(walletLedger.require(debit.walletId)) };
    });
  }

  /**
   * Takes the price of something that has not been done yet. While enforcement is on it is refused with
   * `insufficient-credits` when balance or cap leave too little; else the wallet may be overdrawn.
   */
  debit(
    principal: Principal,
    walletId: string,
    charge: { readonly amountMicro: number; readonly note?: string },
  ): Promise<{ readonly entry: LedgerEntry; readonly wallet: Wallet }> {
    return this.#change(principal, (posting) => {
      const { walletLedger } = this.#deps;
      const before = this.#toWallet(this.#readable(principal, walletId));
      checkAmount('The amount', charge.amountMicro, 1);
      if (this.isEnforced()) refuseWithout(before, charge.amountMicro);
      const entry = walletLedger.debit(walletId, charge.amountMicro, { ...posting, note: charge.note ?? null });
      return { entry, wallet: this.#toWallet(walletLedger.require(walletId)) };
    });
  }

  /**
   * Throws `insufficient-credits` when enforcement is on and whoever pays has nothing left to spend. For use within a
   * unit of work, since it gives up expired credit first.
   */
  requireFunds(payer: Payer, nowMs: number): void {
    if (!this.isEnforced()) return;
    const { walletLedger } = this.#deps;
    walletLedger.expireDue(nowMs);
    refuseWithout(this.#toWallet(walletLedger.ofOwner(ownerFor(payer), nowMs)), 1);
  }

  /** Whether calls are refused without credit; off at first. */
  isEnforced(): boolean {
    return this.#deps.wallets.isEnforced();
  }

  /** For super admins. */
  async setEnforced(principal: Principal, enforced: boolean): Promise<void> {
    requireRole(principal, 'super_admin');
    await this.#deps.unitOfWork.run((_record, nowMs) => this.#deps.wallets.setEnforced(enforced, nowMs));
  }

  /** Takes back what expired grants hold; resolves with how many there were. */
  async expireDue(): Promise<number> {
    const { unitOfWork, walletLedger } = this.#deps;
    if (!walletLedger.isExpiryDue(unitOfWork.nowMs())) return 0;
    return unitOfWork.run((_record, nowMs) => walletLedger.expireDue(nowMs));
  }

  /** Wallets whose balance is not the sum of their ledger: there are none unless the file was tampered with. */
  imbalances(principal: Principal): readonly Imbalance[] {
    requireRole(principal, 'super_admin');
    return this.#deps.ledgerEntries.imbalances();
  }

  async #settle(): Promise<void> {
    await this.expireDue();
  }

  #change<T>(principal: Principal, change: (posting: Posting) => T): Promise<T> {
    return this.#deps.unitOfWork.run((_record, nowMs) => {
      this.#deps.walletLedger.expireDue(nowMs);
      return change({ reference: null, note: null, actorUserId: principal.userId, nowMs });
    });
  }

  #readable(principal: Principal, walletId: string): WalletRecord {
    const wallet = this.#deps.walletLedger.require(walletId);
    requireReadable(principal, wallet);
    return wallet;
  }

  /** Where an admin's grant comes from. */
  #sourceFor(target: WalletRecord, nowMs: number): WalletRecord {
    if (target.owner.type === 'org') {
      throw new LandlineError('forbidden', "Only a super admin can give credit to an organization's wallet.");
    }
    return this.#deps.walletLedger.ofOwner({ type: 'org', id: target.organizationId }, nowMs);
  }

  #make(owner: WalletOwner): Promise<WalletRecord> {
    return this.#deps.unitOfWork.run((_record, nowMs) => this.#deps.walletLedger.ofOwner(owner, nowMs));
  }

  async #list(filter: WalletFilter, page: PageRequest): Promise<Page<Wallet>> {
    await this.#settle();
    const { unitOfWork, wallets, walletLedger } = this.#deps;
    if (wallets.ownersWithout(filter.ownerType).length > 0) {
      await unitOfWork.run((_record, nowMs) => {
        for (const owner of wallets.ownersWithout(filter.ownerType)) walletLedger.ofOwner(owner, nowMs);
      });
    }
    const found = wallets.list(filter, page);
    return { items: found.items.map((wallet) => this.#toWallet(wallet)), total: found.total };
  }

  #toWallet(wallet: WalletRecord): Wallet {
    const nowMs = this.#deps.unitOfWork.nowMs();
    const spentMicro = this.#deps.walletLedger.spentMicro(wallet, nowMs);
    const { id, owner, organizationId, ownerName, ownerEmail, balanceMicro, capMicro } = wallet;
    return {
      id,
      owner,
      organizationId,
      ownerName,
      ownerEmail,
      balanceMicro,
      availableMicro: availableMicro(balanceMicro, capMicro, spentMicro),
      capMicro,
      capUsedMicro: spentMicro,
      capResetsAtMs: nextMonthStartMs(nowMs),
      currency,
      createdAtMs: wallet.createdAtMs,
      updatedAtMs: wallet.updatedAtMs,
    };
  }
}
