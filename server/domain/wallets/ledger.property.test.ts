import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { type AccountsHouse, dayMs, openAccountsHouse } from '../../../test/support/accounts-house.ts';
import type { Principal } from '../credentials/principal.ts';
import { monthStartMs } from './wallet-rules.ts';

type Operation =
  | { readonly kind: 'mint' | 'transfer'; readonly amountMicro: number; readonly livesMs: number | null }
  | { readonly kind: 'debit'; readonly amountMicro: number }
  | { readonly kind: 'adjust'; readonly amountMicro: number }
  | { readonly kind: 'refund'; readonly amountMicro: number }
  | { readonly kind: 'wait'; readonly ms: number };

const amountMicro = fc.oneof(fc.integer({ min: 1, max: 50 }), fc.integer({ min: 1, max: 10 ** 12 }));
const livesMs = fc.option(fc.integer({ min: 1, max: 40 * dayMs }));
const operation: fc.Arbitrary<Operation> = fc.oneof(
  fc.record({ kind: fc.constantFrom('mint', 'transfer'), amountMicro, livesMs }),
  fc.record({ kind: fc.constant('debit'), amountMicro }),
  fc.record({ kind: fc.constant('refund'), amountMicro }),
  fc.record({
    kind: fc.constant('adjust'),
    amountMicro: fc.oneof(
      amountMicro,
      amountMicro.map((amount) => -amount),
    ),
  }),
  fc.record({ kind: fc.constant('wait'), ms: fc.integer({ min: 1, max: 25 * dayMs }) }),
);

interface Lot {
  leftMicro: number;
  readonly expiresAtMs: number;
}

/** A wallet as one would keep it on paper: lots of credit, the soonest to expire on top, and a debt. */
class PaperWallet {
  #lots: Lot[] = [];
  /** Without a lot; below zero it is a debt. */
  #freeMicro = 0;
  #spent: { readonly atMs: number; readonly micro: number }[] = [];

  get balanceMicro(): number {
    return this.#freeMicro + this.#lots.reduce((sum, { leftMicro }) => sum + leftMicro, 0);
  }

  spentMicro(nowMs: number): number {
    const ofMonth = this.#spent.filter(({ atMs }) => monthStartMs(atMs) === monthStartMs(nowMs));
    return ofMonth.reduce((sum, { micro }) => sum + micro, 0);
  }

  passTime(nowMs: number): void {
    this.#lots = this.#lots.filter(({ expiresAtMs }) => expiresAtMs > nowMs);
  }

  put(micro: number, expiresAtMs: number): void {
    const debtMicro = Math.min(micro, Math.max(0, -this.#freeMicro));
    this.#freeMicro += debtMicro;
    const after = this.#lots.findIndex((lot) => lot.expiresAtMs > expiresAtMs);
    this.#lots.splice(after === -1 ? this.#lots.length : after, 0, { leftMicro: micro - debtMicro, expiresAtMs });
  }

  free(micro: number): void {
    this.#freeMicro += micro;
  }

  take(micro: number): void {
    let leftMicro = micro;
    for (const lot of this.#lots) {
      const part = Math.min(leftMicro, lot.leftMicro);
      lot.leftMicro -= part;
      leftMicro -= part;
    }
    this.#freeMicro -= leftMicro;
  }

  spend(micro: number, atMs: number): void {
    this.#spent.push({ micro, atMs });
  }
}

interface Side {
  readonly walletId: string;
  readonly paper: PaperWallet;
}

/** Does the same to the ledger and on paper. */
class Bookkeeper {
  readonly #house: AccountsHouse;
  readonly #admin: Principal;
  readonly #organization: Side;
  readonly #member: Side;
  #lastDebit: { readonly id: string; leftMicro: number; readonly atMs: number } | undefined;

  constructor(house: AccountsHouse, admin: Principal, organization: Side, member: Side) {
    this.#house = house;
    this.#admin = admin;
    this.#organization = organization;
    this.#member = member;
  }

  static async open(): Promise<Bookkeeper> {
    const house = await openAccountsHouse();
    const { wallets } = house.domain;
    const { id: ofOrganization } = await wallets.ofPayer({ organizationId: house.organizationId, userId: null });
    const admin = await house.person('org_admin');
    const { id: ofMember } = await wallets.me(await house.person('user'));
    const side = (walletId: string): Side => ({ walletId, paper: new PaperWallet() });
    return new Bookkeeper(house, admin, side(ofOrganization), side(ofMember));
  }

  /** `false` when the ledger refused it. */
  async do(operation: Operation): Promise<boolean> {
    const { clock } = this.#house;
    if (operation.kind === 'wait') await clock.advance(operation.ms);
    for (const { paper } of [this.#organization, this.#member]) paper.passTime(clock.now());
    switch (operation.kind) {
      case 'mint':
        return this.#mint(operation.amountMicro, operation.livesMs);
      case 'transfer':
        return this.#transfer(operation.amountMicro, operation.livesMs);
      case 'debit':
        return this.#debit(operation.amountMicro);
      case 'refund':
        return this.#refund(operation.amountMicro);
      case 'adjust':
        return this.#adjust(operation.amountMicro);
      case 'wait':
        return true;
    }
  }

  async check(): Promise<void> {
    const { clock, db, domain, superAdmin } = this.#house;
    for (const { walletId, paper } of [this.#organization, this.#member]) {
      const { wallet, grants, ledger } = await domain.wallets.detail(superAdmin, walletId);
      expect(wallet.balanceMicro).toBe(paper.balanceMicro);
      expect(wallet.capUsedMicro).toBe(paper.spentMicro(clock.now()));
      expect(ledger.items[0]?.balanceAfterMicro ?? 0).toBe(wallet.balanceMicro);
      const heldMicro = grants.reduce((sum, { remainingMicro }) => sum + remainingMicro, 0);
      expect(heldMicro).toBeLessThanOrEqual(Math.max(0, wallet.balanceMicro));
    }
    expect(this.#organization.paper.balanceMicro).toBeGreaterThanOrEqual(0);
    expect(domain.wallets.imbalances(superAdmin)).toEqual([]);
    const twice = db.prepare(
      "SELECT reference_id FROM wallet_ledger WHERE entry_type = 'expiry' GROUP BY 1 HAVING count(*) > 1",
    );
    expect(twice.all()).toEqual([]);
  }

  async #mint(amountMicro: number, livesMs: number | null): Promise<boolean> {
    for (const { walletId, paper } of [this.#organization, this.#member]) {
      const expiresAtMs = livesMs === null ? null : this.#house.clock.now() + livesMs;
      await this.#house.domain.wallets.grant(this.#house.superAdmin, walletId, { amountMicro, expiresAtMs });
      paper.put(amountMicro, expiresAtMs ?? Number.POSITIVE_INFINITY);
    }
    return true;
  }

  async #transfer(amountMicro: number, livesMs: number | null): Promise<boolean> {
    const expiresAtMs = livesMs === null ? null : this.#house.clock.now() + livesMs;
    const draft = { amountMicro, expiresAtMs };
    const granting = this.#house.domain.wallets.grant(this.#admin, this.#member.walletId, draft);
    if (amountMicro > this.#organization.paper.balanceMicro) return this.#refused(granting);
    await granting;
    this.#organization.paper.take(amountMicro);
    this.#member.paper.put(amountMicro, expiresAtMs ?? Number.POSITIVE_INFINITY);
    return true;
  }

  async #debit(amountMicro: number): Promise<boolean> {
    const { domain, superAdmin, clock } = this.#house;
    const { entry } = await domain.wallets.debit(superAdmin, this.#member.walletId, { amountMicro });
    this.#member.paper.take(amountMicro);
    this.#member.paper.spend(amountMicro, clock.now());
    this.#lastDebit = { id: entry.id, leftMicro: amountMicro, atMs: clock.now() };
    return true;
  }

  async #refund(amountMicro: number): Promise<boolean> {
    const debit = this.#lastDebit;
    if (!debit) return false;
    const { domain, superAdmin, clock } = this.#house;
    const refunding = domain.wallets.refund(superAdmin, debit.id, { amountMicro, reason: 'Bad line' });
    if (amountMicro > debit.leftMicro) return this.#refused(refunding);
    await refunding;
    debit.leftMicro -= amountMicro;
    this.#member.paper.free(amountMicro);
    if (monthStartMs(debit.atMs) === monthStartMs(clock.now())) this.#member.paper.spend(-amountMicro, clock.now());
    return true;
  }

  async #adjust(amountMicro: number): Promise<boolean> {
    const { domain, superAdmin } = this.#house;
    const { paper, walletId } = this.#member;
    const adjusting = domain.wallets.adjust(superAdmin, walletId, { amountMicro, reason: 'Correction' });
    if (amountMicro < 0 && -amountMicro > Math.max(0, paper.balanceMicro)) return this.#refused(adjusting);
    await adjusting;
    if (amountMicro < 0) paper.take(-amountMicro);
    else paper.free(amountMicro);
    return true;
  }

  async #refused(work: Promise<unknown>): Promise<false> {
    await expect(work).rejects.toMatchObject({
      code: expect.stringMatching(/^(wallet-balance-insufficient|refund-too-large)$/) as string,
    });
    return false;
  }
}

test('after any operations at any times the ledger says what a paper book says', { timeout: 60_000 }, async () => {
  let done = 0;
  let refused = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(operation, { minLength: 20, maxLength: 60, size: 'max' }), async (operations) => {
      const book = await Bookkeeper.open();
      for (const one of operations) {
        if (!(await book.do(one))) refused++;
        await book.check();
        done++;
      }
    }),
    // The limit is for finding a small counterexample, which opens many houses.
    { numRuns: 20, interruptAfterTimeLimit: 45_000 },
  );
  expect(done).toBeGreaterThan(300);
  expect(refused).toBeGreaterThan(0);
});
