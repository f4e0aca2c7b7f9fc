import { z } from 'zod';

const micro = 1_000_000;
const mostUnits = 100_000_000;

/** Micro-units as a number of USD; six decimals at most, so nothing is lost. */
export function toUsd(amountMicro: number): number {
  return amountMicro / micro;
}

/** An amount in USD, read into whole micro-units. */
export const usdAmount = z
  .number('must be a number')
  .min(-mostUnits, `must be at least ${-mostUnits}`)
  .max(mostUnits, `must be at most ${mostUnits}`)
  .refine((amount) => Math.abs(amount * micro - Math.round(amount * micro)) < 0.01, 'must have at most six decimals')
  .transform((amount) => Math.round(amount * micro));

const partsPerPercent = 10_000;

/** Parts per million as percent. */
export function toPercentage(ppm: number): number {
  return ppm / partsPerPercent;
}
