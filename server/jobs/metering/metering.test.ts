import { expect, onTestFinished, test } from 'vitest';
import { dayMs, one, openAccountsHouse } from '../../../test/support/accounts-house.ts';
import { silentLogger } from '../../log/logger.ts';
import { Metering } from './metering.ts';

async function setUp() {
  const house = await openAccountsHouse();
  const price = { serviceType: 'telephony', provider: '*', model: '*', unit: 'second' } as const;
  await house.domain.usage.setPrice(house.superAdmin, { ...price, priceMicro: one, perQuantity: 60 });
  const begin = () => {
    const metering = new Metering({ ...house.domain, clock: house.clock, log: silentLogger });
    metering.start();
    onTestFinished(() => metering.stop());
    return metering;
  };
  const balance = async () => {
    const payer = { organizationId: house.organizationId, userId: null };
    return (await house.domain.wallets.ofPayer(payer)).balanceMicro;
  };
  return { ...house, begin, balance };
}

test('calls that ended before, while and after it runs are each metered once', async () => {
  const { begin, balance, endedCall, clock, domain, superAdmin } = await setUp();
  await endedCall({ seconds: 60 });
  const first = begin();
  await clock.advance(1);
  expect(await balance()).toBe(-one);
  await endedCall({ seconds: 120 });
  await clock.advance(1);
  expect(await balance()).toBe(-3 * one);
  await first.stop();
  await endedCall({ seconds: 60 });
  await clock.advance(1);
  expect(await balance()).toBe(-3 * one);
  begin();
  await clock.advance(1);
  expect(await balance()).toBe(-4 * one);
  expect(domain.wallets.imbalances(superAdmin)).toEqual([]);
});

test('a call whose place in the log was not noted is not paid twice', async () => {
  const { db, begin, balance, endedCall, clock } = await setUp();
  await endedCall({ seconds: 60 });
  const first = begin();
  await clock.advance(1);
  await first.stop();
  await db.write(() => db.prepare('UPDATE metering_cursor SET seq = 0').run());
  begin();
  await clock.advance(1);
  expect(await balance()).toBe(-one);
});

test('credit that expires is taken back within a minute without being asked for', async () => {
  const { db, begin, clock, domain, superAdmin } = await setUp();
  const wallet = await domain.wallets.me(superAdmin);
  begin();
  await domain.wallets.grant(superAdmin, wallet.id, { amountMicro: one, expiresAtMs: clock.now() + dayMs });
  await clock.advance(dayMs + 60_000);
  const entries = db.prepare("SELECT amount_micro FROM wallet_ledger WHERE entry_type = 'expiry'").all();
  expect(entries).toEqual([{ amount_micro: -one }]);
});
