import type { Price, UsageLine, Use } from './usage.ts';

/** Parts per million of the base price; 1,000,000 is 100 %. */
export interface Rates {
  readonly markupPpm: number;
  readonly commissionPpm: number;
}

export interface PricedUse {
  readonly lines: readonly UsageLine[];
  readonly baseMicro: number;
  readonly markupMicro: number;
  /** The reseller's share of the base price. */
  readonly commissionMicro: number;
  readonly costMicro: number;
}

/**
 * Prices what was used. Each line is rounded once, markup and commission once for the whole, and the markup is then
 * shared out to the lines so that they add up to it exactly.
 */
export function priceUses(uses: readonly Use[], prices: readonly Price[], rates: Rates): PricedUse {
  const used = uses.filter(({ quantity }) => quantity > 0);
  const bases = used.map((use) => basePriceMicro(use, prices));
  const baseMicro = sum(bases);
  const markupMicro = shareMicro(baseMicro, rates.markupPpm);
  const markups = shareOut(markupMicro, bases);
  const lines = used.map((use, at) => {
    const [base = 0, markup = 0] = [bases[at], markups[at]];
    return { ...use, baseMicro: base, markupMicro: markup, costMicro: base + markup };
  });
  const commissionMicro = shareMicro(baseMicro, rates.commissionPpm);
  return { lines, baseMicro, markupMicro, commissionMicro, costMicro: baseMicro + markupMicro };
}

/** The price of one use before markup; half a micro-unit is rounded up. */
export function basePriceMicro(use: Use, prices: readonly Price[]): number {
  const price = closestPrice(use, prices);
  return price ? divideRounded(BigInt(use.quantity) * BigInt(price.priceMicro), BigInt(price.perQuantity)) : 0;
}

/** `ppm` parts per million of an amount; half a micro-unit is rounded up. */
export function shareMicro(amountMicro: number, ppm: number): number {
  return divideRounded(BigInt(amountMicro) * BigInt(ppm), 1_000_000n);
}

/**
 * Shares a whole out in proportion to the weights: the parts add up to it exactly, and each is its fair share rounded
 * up or down (largest remainders first, the earlier part among equals).
 */
export function shareOut(wholeMicro: number, weights: readonly number[]): readonly number[] {
  const total = BigInt(sum(weights));
  if (total === 0n) return weights.map(() => 0);
  const fair = weights.map((weight) => BigInt(wholeMicro) * BigInt(weight));
  const parts = fair.map((share) => Number(share / total));
  const left = wholeMicro - sum(parts);
  const byRemainder = fair
    .map((share, at) => ({ at, remainder: share % total }))
    .sort((a, b) => (a.remainder === b.remainder ? a.at - b.at : a.remainder > b.remainder ? -1 : 1));
  for (const { at } of byRemainder.slice(0, left)) parts[at] = (parts[at] ?? 0) + 1;
  return parts;
}

/** The price that names this use most closely: its provider and model, then its provider, then anyone's. */
function closestPrice(use: Use, prices: readonly Price[]): Price | undefined {
  const fits = prices.filter(
    (price) =>
      price.serviceType === use.serviceType &&
      price.unit === use.unit &&
      (price.provider === use.provider || price.provider === '*') &&
      (price.model === use.model || price.model === '*'),
  );
  const closeness = ({ provider, model }: Price) => Number(provider !== '*') * 2 + Number(model !== '*');
  return fits.sort((a, b) => closeness(b) - closeness(a))[0];
}

function divideRounded(dividend: bigint, divisor: bigint): number {
  return Number((dividend * 2n + divisor) / (divisor * 2n));
}

function sum(amounts: readonly number[]): number {
  return amounts.reduce((total, amount) => total + amount, 0);
}
