import type { Sentiment } from '../analysis/analysis.ts';

/** Which analyses to sum: those of calls that began on or after `fromDay`. */
export interface AnalyticsFilter {
  readonly organizationId: string;
  readonly agentId?: string | undefined;
  /** YYYY-MM-DD, UTC. */
  readonly fromDay: string;
}

export type SentimentCounts = Readonly<Record<Sentiment, number>>;

/** How many calls a word or mood was found in. */
export interface TermCount {
  readonly term: string;
  readonly calls: number;
}

/** Whose calls' costs to sum. */
export interface CostFilter {
  readonly organizationId: string;
  readonly agentId?: string | undefined;
  readonly campaignId?: string | undefined;
  /** Of calls that began at or after it. */
  readonly fromMs?: number | undefined;
}

export interface HouseCounts {
  readonly users: number;
  readonly agents: number;
  readonly campaigns: number;
  /** Since midnight (UTC). */
  readonly callsToday: number;
  readonly activeCalls: number;
}

const dayMs = 24 * 3_600_000;

/** Midnight (UTC) of the first of the last `days` days, today being the last. */
export function startOfDays(days: number, nowMs: number): number {
  return (Math.floor(nowMs / dayMs) - (days - 1)) * dayMs;
}

export function dayOf(atMs: number): string {
  return new Date(atMs).toISOString().slice(0, 10);
}

/** Share of `part` in `whole` in percent with one decimal; 0 of nothing. */
export function percent(part: number, whole: number): number {
  return whole === 0 ? 0 : Math.round((part / whole) * 1_000) / 10;
}
