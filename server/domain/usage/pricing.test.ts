import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { basePriceMicro, priceUses, shareMicro, shareOut } from './pricing.ts';
import { type Price, serviceTypes, type Use, usageUnits } from './usage.ts';

const at = { updatedAtMs: 0 };
const sum = (amounts: readonly number[]) => amounts.reduce((total, amount) => total + amount, 0);

const use: fc.Arbitrary<Use> = fc.record({
  serviceType: fc.constantFrom(...serviceTypes),
  provider: fc.constantFrom('starter', 'flite', 'other'),
  model: fc.constantFrom('', 'small'),
  quantity: fc.integer({ min: 0, max: 1_000_000 }),
  unit: fc.constantFrom(...usageUnits),
});
const price: fc.Arbitrary<Price> = fc.record({
  serviceType: fc.constantFrom(...serviceTypes),
  provider: fc.constantFrom('starter', 'flite', '*'),
  model: fc.constantFrom('small', '*'),
  unit: fc.constantFrom(...usageUnits),
  priceMicro: fc.integer({ min: 0, max: 10_000_000 }),
  perQuantity: fc.constantFrom(1, 60, 1_000, 1_000_000),
  updatedAtMs: fc.constant(0),
});

test('the parts of a whole add up to it exactly, and each is its fair share rounded up or down', () => {
  const weights = fc.array(fc.integer({ min: 0, max: 10 ** 9 }), { minLength: 1, maxLength: 12 });
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 10 ** 14 }), weights, (whole, weights) => {
      const parts = shareOut(whole, weights);
      const total = sum(weights);
      expect(sum(parts)).toBe(total === 0 ? 0 : whole);
      if (total === 0) return;
      for (const [index, part] of parts.entries()) {
        const floor = Number((BigInt(whole) * BigInt(weights[index] as number)) / BigInt(total));
        expect([floor, floor + 1]).toContain(part);
      }
    }),
  );
});

test('lines, price, markup and commission of what was used add up to the micro-unit', () => {
  const rates = fc.record({
    markupPpm: fc.integer({ min: 0, max: 5_000_000 }),
    commissionPpm: fc.integer({ min: 0, max: 1_000_000 }),
  });
  fc.assert(
    fc.property(fc.array(use, { maxLength: 8 }), fc.array(price, { maxLength: 20 }), rates, (uses, prices, rates) => {
      const priced = priceUses(uses, prices, rates);
      expect(sum(priced.lines.map(({ baseMicro }) => baseMicro))).toBe(priced.baseMicro);
      expect(sum(priced.lines.map(({ markupMicro }) => markupMicro))).toBe(priced.markupMicro);
      expect(sum(priced.lines.map(({ costMicro }) => costMicro))).toBe(priced.costMicro);
      const houseMicro = priced.baseMicro - priced.commissionMicro;
      expect(houseMicro + priced.commissionMicro + priced.markupMicro).toBe(priced.costMicro);
      expect(houseMicro).toBeGreaterThanOrEqual(0);
      const amounts = priced.lines.flatMap(({ baseMicro, markupMicro }) => [baseMicro, markupMicro]);
      expect(amounts.every((amount) => Number.isSafeInteger(amount) && amount >= 0)).toBe(true);
    }),
  );
});

test('the price that names provider and model counts before that of the provider, and that before anyone’s', () => {
  const kind = { serviceType: 'stt', unit: 'second' } as const;
  const prices: readonly Price[] = [
    { ...kind, ...at, provider: '*', model: '*', priceMicro: 1, perQuantity: 1 },
    { ...kind, ...at, provider: 'starter', model: '*', priceMicro: 2, perQuantity: 1 },
    { ...kind, ...at, provider: 'starter', model: 'small', priceMicro: 3, perQuantity: 1 },
  ];
  const cost = (provider: string, model: string) => basePriceMicro({ ...kind, provider, model, quantity: 10 }, prices);
  expect([cost('starter', 'small'), cost('starter', ''), cost('other', 'small')]).toEqual([30, 20, 10]);
  expect(basePriceMicro({ ...kind, unit: 'turn', provider: 'starter', model: '', quantity: 10 }, prices)).toBe(0);
});

test('half a micro-unit is rounded up, and large amounts lose nothing', () => {
  expect(shareMicro(1, 500_000)).toBe(1);
  expect(shareMicro(1, 499_999)).toBe(0);
  expect(shareMicro(99_999_999_999_999, 333_333)).toBe(33_333_300_000_000);
  const tokens = { serviceType: 'llm', provider: 'a', model: '', unit: 'token' } as const;
  const price = { ...tokens, ...at, priceMicro: 600_000, perQuantity: 1_000_000 };
  expect(basePriceMicro({ ...tokens, quantity: 1_234_567 }, [price])).toBe(740_740);
});
