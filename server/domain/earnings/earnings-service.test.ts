import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { dayMs, openAccountsHouse } from '../../../test/support/accounts-house.ts';
import type { UsageSession } from '../usage/usage.ts';

const page = { limit: 100, offset: 0 };
const forbidden = { code: 'forbidden' };

async function setUp() {
  const house = await openAccountsHouse();
  const { earnings, usage } = house.domain;
  const price = { serviceType: 'telephony', provider: '*', model: '*', unit: 'second' } as const;
  await usage.setPrice(house.superAdmin, { ...price, priceMicro: 7, perQuantity: 3 });
  const admin = await house.person('org_admin');
  let seq = 0;
  const metered = async (seconds: number): Promise<UsageSession> => {
    const id = await house.endedCall({ seconds });
    await usage.meterCall(id, ++seq);
    return usage.session(house.superAdmin, id);
  };
  return { ...house, earnings, usage, admin, metered };
}

test('an organization that sells on earns its markup and its commission, at the terms of the time', async () => {
  const { earnings, superAdmin, admin, organizationId, metered } = await setUp();
  await metered(60);
  await earnings.setBusinessModel(superAdmin, organizationId, 'channel_partner');
  await earnings.setCommission(superAdmin, organizationId, 12.5);
  await earnings.setMarkup(admin, organizationId, { percent: 20, currency: 'EUR' });
  const { baseMicro, markupMicro, costMicro } = await metered(60);
  expect([baseMicro, markupMicro, costMicro]).toEqual([140, 28, 168]);
  expect(earnings.mine(admin, 'month')).toEqual({
    organizationId,
    orgType: 'channel_partner',
    period: 'month',
    currency: 'USD',
    calls: 1,
    durationSeconds: 60,
    markupMicro: 28,
    commissionMicro: 18,
    totalMicro: 46,
  });
  await earnings.setMarkup(superAdmin, organizationId, { percent: 0 });
  await metered(60);
  expect(earnings.ofOrganization(superAdmin, organizationId, 'all')).toMatchObject({
    calls: 2,
    markupMicro: 28,
    commissionMicro: 36,
  });
});

test('whatever the terms, what callers pay is what the house keeps, the commission and the markup', async () => {
  const { earnings, usage, clock, superAdmin, admin, organizationId, metered } = await setUp();
  await earnings.setBusinessModel(superAdmin, organizationId, 'distributor');
  const step = fc.record({
    seconds: fc.integer({ min: 0, max: 900 }),
    commission: fc.integer({ min: 0, max: 1_000_000 }),
    markup: fc.integer({ min: 0, max: 3_000_000 }),
    pauseMs: fc.integer({ min: 0, max: 20 * dayMs }),
  });
  for (const { seconds, commission, markup, pauseMs } of fc.sample(step, { numRuns: 60, seed: 20 })) {
    await earnings.setCommission(superAdmin, organizationId, commission / 10_000);
    await earnings.setMarkup(admin, organizationId, { percent: markup / 10_000 });
    await metered(seconds);
    await clock.advance(pauseMs);
  }
  const sessions = usage.records(superAdmin, {}, page).items;
  const total = (of: (session: UsageSession) => number) => sessions.reduce((sum, session) => sum + of(session), 0);
  const earned = earnings.mine(admin, 'all');
  expect(earned.markupMicro).toBe(total(({ markupMicro }) => markupMicro));
  expect(earned.markupMicro + total(({ baseMicro }) => baseMicro)).toBe(total(({ costMicro }) => costMicro));
  expect(earned.commissionMicro).toBeLessThanOrEqual(total(({ baseMicro }) => baseMicro));
  const { buckets } = earnings.breakdown(admin, 'all');
  expect(buckets.reduce((sum, { totalMicro }) => sum + totalMicro, 0)).toBe(earned.totalMicro);
  expect(buckets.reduce((sum, { markupMicro }) => sum + markupMicro, 0)).toBe(earned.markupMicro);
});

test('an internal organization has no earnings and sets no markup', async () => {
  const { earnings, superAdmin, admin, organizationId } = await setUp();
  expect(() => earnings.mine(admin, 'month')).toThrow(expect.objectContaining(forbidden) as Error);
  expect(() => earnings.breakdown(admin, 'month')).toThrow(expect.objectContaining(forbidden) as Error);
  await expect(earnings.setMarkup(admin, organizationId, { percent: 5 })).rejects.toMatchObject(forbidden);
  expect(earnings.ofOrganization(superAdmin, organizationId, 'day')).toMatchObject({ orgType: 'internal', calls: 0 });
});

test('terms are refused to those who may not set them, and beyond their limits', async () => {
  const house = await setUp();
  const { earnings, superAdmin, admin, organizationId } = house;
  const developer = await house.person('developer');
  const { id: elsewhere } = await house.domain.organizations.create('Strangers');
  await earnings.setBusinessModel(superAdmin, organizationId, 'distributor');
  await expect(earnings.setBusinessModel(admin, organizationId, 'internal')).rejects.toMatchObject(forbidden);
  await expect(earnings.setCommission(admin, organizationId, 1)).rejects.toMatchObject(forbidden);
  await expect(earnings.setMarkup(developer, organizationId, { percent: 1 })).rejects.toMatchObject(forbidden);
  const unknown = { code: 'organization-not-found' };
  await expect(earnings.setMarkup(admin, elsewhere, { percent: 1 })).rejects.toMatchObject(unknown);
  expect(() => earnings.ofOrganization(admin, organizationId, 'day')).toThrow(
    expect.objectContaining(forbidden) as Error,
  );
  const invalid = { code: 'invalid-argument' };
  for (const percent of [-1, 100.1, Number.NaN, 1 / 3]) {
    await expect(earnings.setCommission(superAdmin, organizationId, percent)).rejects.toMatchObject(invalid);
  }
  const markup = { percent: 1, currency: 'euros' };
  await expect(earnings.setMarkup(admin, organizationId, markup)).rejects.toMatchObject(invalid);
});
