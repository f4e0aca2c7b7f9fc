import { z } from 'zod';
import type { CallGroup, CallTotals } from '../../../domain/calls/call-filter.ts';
import type { Campaign, CampaignCounts } from '../../../domain/campaigns/campaign.ts';
import { campaignStatus, campaignStatuses, countsSchema, countsToWire } from './campaigns.wire.ts';
import { toUsd } from './money.ts';

const callFigures = {
  total_calls: z.int(),
  completed_calls: z.int(),
  failed_calls: z.int(),
  open_calls: z.int(),
  success_rate: z.number(),
  average_duration_seconds: z.number(),
  total_duration_seconds: z.number(),
};

export const analyticsSchema = z.object({
  campaign_id: z.string(),
  status: z.enum(campaignStatuses),
  member_count: z.int(),
  status_counts: countsSchema,
  ...callFigures,
  outcomes: z.record(z.string(), z.int()),
  total_cost_usd: z.number(),
});

export interface CampaignFigures {
  readonly counts: CampaignCounts;
  readonly totals: CallTotals;
  readonly outcomes: readonly CallGroup[];
  readonly costMicro: number;
}

export function analyticsToWire(campaign: Campaign, figures: CampaignFigures): z.infer<typeof analyticsSchema> {
  const { counts, totals, outcomes, costMicro } = figures;
  return {
    campaign_id: campaign.id,
    status: campaignStatus(campaign),
    member_count: counts.total,
    status_counts: countsToWire(counts),
    ...totalsToWire(totals),
    outcomes: Object.fromEntries(outcomes.map(({ key, total }) => [key ?? 'unknown', total])),
    total_cost_usd: toUsd(costMicro),
  };
}

/** `success_rate` in percent of the calls that have ended. */
function totalsToWire(totals: Pick<CallTotals, 'total' | 'completed' | 'failed' | 'open' | 'talkingMs'>) {
  const { completed, failed, open, talkingMs, total } = totals;
  const ended = completed + failed;
  return {
    total_calls: total,
    completed_calls: completed,
    failed_calls: failed,
    open_calls: open,
    success_rate: ended === 0 ? 0 : Math.round((completed / ended) * 10_000) / 100,
    average_duration_seconds: completed === 0 ? 0 : seconds(talkingMs / completed),
    total_duration_seconds: seconds(talkingMs),
  };
}

function seconds(ms: number): number {
  return Math.round(ms / 10) / 100;
}

export const dashboardSchema = z.object({
  total_campaigns: z.int(),
  campaigns_by_status: z.record(z.enum(campaignStatuses), z.int()),
  total_members: z.int(),
  status_counts: countsSchema,
  ...callFigures,
  chart: z.array(
    z.object({ date: z.string(), calls: z.int(), completed: z.int(), failed: z.int(), duration_seconds: z.number() }),
  ),
});

export interface DashboardFigures {
  readonly made: readonly Campaign[];
  /** Of their numbers. */
  readonly counts: CampaignCounts;
  /** Over the calls of campaigns. */
  readonly totals: CallTotals;
  /** One for each day (UTC) that has calls of campaigns, oldest first. */
  readonly days: readonly CallGroup[];
}

/** Campaigns that were made, and calls of campaigns that began, within the span; the chart has a span of its own. */
export function dashboardToWire({ made, counts, totals, days }: DashboardFigures): z.infer<typeof dashboardSchema> {
  const byStatus = Object.fromEntries(campaignStatuses.map((status) => [status, 0])) as Record<
    (typeof campaignStatuses)[number],
    number
  >;
  for (const campaign of made) byStatus[campaignStatus(campaign)]++;
  return {
    total_campaigns: made.length,
    campaigns_by_status: byStatus,
    total_members: counts.total,
    status_counts: countsToWire(counts),
    ...totalsToWire(totals),
    chart: days.map(({ key, total, completed, failed, talkingMs }) => {
      return { date: key ?? '', calls: total, completed, failed, duration_seconds: seconds(talkingMs) };
    }),
  };
}
