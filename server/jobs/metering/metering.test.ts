import { expect, onTestFinished, test } from 'vitest';
import { dayMs, one, openAccountsHouse } from '../../../test/support/accounts-house.ts';
import { UnitOfWork } from '../../events/unit-of-work.ts';
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

test('a file that was read is metered when it is ready, also one that was ready before', async () => {
  const { db, begin, balance, clock, domain, organizationId, superAdmin } = await setUp();
  const price = { serviceType: 'embedding', provider: 'e5', model: '*', unit: 'passage' } as const;
  await domain.usage.setPrice(superAdmin, { ...price, priceMicro: 3, perQuantity: 1 });
  const insert = db.prepare(
    `INSERT INTO knowledge_files (id, organization_id, file_name, stored_name, format, content_type, size_bytes, sha256,
       status, chunk_count, attempts, embedding_model, extras, created_at_ms, updated_at_ms)
     VALUES (?, ?, 'a.txt', ?, 'txt', 'text/plain', 1, '', 'ready', 5, 0, 'e5', '{}', 0, 0)`,
  );
  const unitOfWork = new UnitOfWork(db, domain.eventLog, domain.bus, clock);
  const ready = (fileId: string) =>
    unitOfWork.run((record) => {
      insert.run(fileId, organizationId, fileId);
      record(organizationId, { kind: 'file-ready', fileId });
    });
  await ready('before');
  begin();
  await clock.advance(1);
  expect(await balance()).toBe(-15);
  await ready('after');
  await clock.advance(1);
  expect(await balance()).toBe(-30);
});
