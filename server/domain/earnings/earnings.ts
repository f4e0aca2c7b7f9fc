import type { OrganizationType } from '../organizations/organization.ts';
import type { Period } from '../usage/period.ts';

/** What an organization that sells on earned, in micro-units of `currency`. */
export interface EarnedAmounts {
  /** What it put on top of the price. */
  readonly markupMicro: number;
  /** Its share of the price. */
  readonly commissionMicro: number;
  /** Both together. */
  readonly totalMicro: number;
}

export interface Earnings extends EarnedAmounts {
  readonly organizationId: string;
  readonly orgType: OrganizationType;
  readonly period: Period;
  readonly currency: string;
  readonly calls: number;
  readonly durationSeconds: number;
}

export interface EarningsBucket extends EarnedAmounts {
  readonly startMs: number;
}

export interface EarningsBreakdown {
  readonly period: Period;
  /** Without gaps, oldest first. */
  readonly buckets: readonly EarningsBucket[];
}
