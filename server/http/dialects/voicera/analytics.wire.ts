import { z } from 'zod';
import { dayOf, percent, type SentimentCounts, type TermCount } from '../../../domain/analytics/analytics.ts';
import type { CallGroup, CallTotals } from '../../../domain/calls/call-filter.ts';
import type { Campaign } from '../../../domain/campaigns/campaign.ts';
import { statusToWire, wireStatuses } from './campaigns.wire.ts';

const dayMs = 24 * 3_600_000;

/** Completed among the ended, in percent. */
function successRate({ completed, failed }: Pick<CallTotals, 'completed' | 'failed'>): number {
  return percent(completed, completed + failed);
}

function wholeSeconds(ms: number): number {
  return Math.round(ms / 1_000);
}

export function callTotalsToWire(totals: CallTotals, costMicro: number) {
  const costPerCall = totals.total === 0 ? 0 : costMicro / totals.total / 1_000_000;
  return {
    total_calls: totals.total,
    completed_calls: totals.completed,
    failed_calls: totals.failed,
    average_duration: wholeSeconds(totals.averageDurationMs),
    success_rate: successRate(totals),
    cost_per_call: Math.round(costPerCall * 10_000) / 10_000,
  };
}

export const callTotalsWire = z.object({
  total_calls: z.int(),
  completed_calls: z.int(),
  failed_calls: z.int(),
  average_duration: z.number(),
  success_rate: z.number(),
  cost_per_call: z.number(),
});

/** Every hour of the day. */
export function hourlyToWire(groups: readonly CallGroup[]) {
  const counts = new Map(groups.map(({ key, total }) => [Number(key), total]));
  return Array.from({ length: 24 }, (_, hour) => ({ hour, count: counts.get(hour) ?? 0 }));
}

export const hourlyWire = z.object({ hour: z.int().min(0).max(23), count: z.int() });

/** Every day of the time asked for, the oldest first. */
export function dailyToWire(
  groups: readonly CallGroup[],
  { fromMs, days }: { readonly fromMs: number; readonly days: number },
) {
  const byDay = new Map(groups.map((group) => [group.key, group]));
  return Array.from({ length: days }, (_, index) => {
    const date = dayOf(fromMs + index * dayMs);
    const { total = 0, completed = 0, failed = 0 } = byDay.get(date) ?? {};
    return { date, count: total, completed, failed };
  });
}

export const dailyWire = z.object({ date: z.string(), count: z.int(), completed: z.int(), failed: z.int() });

export function sentimentToWire({ positive, neutral, negative }: SentimentCounts) {
  const total = positive + neutral + negative;
  return {
    positive,
    neutral,
    negative,
    positive_percentage: percent(positive, total),
    neutral_percentage: percent(neutral, total),
    negative_percentage: percent(negative, total),
  };
}

export const sentimentWire = z.object({
  positive: z.int(),
  neutral: z.int(),
  negative: z.int(),
  positive_percentage: z.number(),
  neutral_percentage: z.number(),
  negative_percentage: z.number(),
});

/** Percentages are of the analysed calls. */
export function emotionsToWire(emotions: readonly TermCount[], analysed: SentimentCounts) {
  const total = analysed.positive + analysed.neutral + analysed.negative;
  return emotions.map(({ term, calls }) => ({ emotion: term, count: calls, percentage: percent(calls, total) }));
}

export const emotionWire = z.object({ emotion: z.string(), count: z.int(), percentage: z.number() });

export function phrasesToWire(phrases: readonly TermCount[], totalCalls: number) {
  return phrases.map(({ term, calls }) => ({ phrase: term, count: calls, frequency: percent(calls, totalCalls) }));
}

export const phraseWire = z.object({ phrase: z.string(), count: z.int(), frequency: z.number() });

export function agentPerformanceToWire(
  group: CallGroup,
  { names, scores }: { readonly names: ReadonlyMap<string, string>; readonly scores: ReadonlyMap<string, number> },
) {
  const agentId = group.key ?? '';
  const score = scores.get(agentId);
  return {
    agent_id: agentId,
    agent_name: names.get(agentId) ?? null,
    total_calls: group.total,
    completed_calls: group.completed,
    success_rate: successRate(group),
    average_duration: wholeSeconds(group.averageDurationMs),
    sentiment_score: score === undefined ? null : Math.round(score * 1_000) / 1_000,
  };
}

export const agentPerformanceWire = z.object({
  agent_id: z.string(),
  agent_name: z.string().nullable(),
  total_calls: z.int(),
  completed_calls: z.int(),
  success_rate: z.number(),
  average_duration: z.number(),
  sentiment_score: z.number().nullable(),
});

export function campaignTotalsToWire(campaign: Campaign, group: CallGroup | undefined) {
  const { total = 0, completed = 0, failed = 0 } = group ?? {};
  return {
    campaign_id: campaign.id,
    name: campaign.name,
    status: statusToWire(campaign.status),
    total_calls: total,
    completed_calls: completed,
    success_rate: successRate({ completed, failed }),
  };
}

export const campaignTotalsWire = z.object({
  campaign_id: z.uuid(),
  name: z.string(),
  status: z.enum(wireStatuses),
  total_calls: z.int(),
  completed_calls: z.int(),
  success_rate: z.number(),
});
