import { z } from 'zod';
import type { CallGroup, CallTotals } from '../../../domain/calls/call-filter.ts';
import type { CallService } from '../../../domain/calls/call-service.ts';
import type { Campaign, CampaignCounts } from '../../../domain/campaigns/campaign.ts';
import type { CampaignService } from '../../../domain/campaigns/campaign-service.ts';
import { wholeList } from './answers.ts';
import { campaignStatus, campaignStatuses, countsSchema, countsToWire, noCounts } from './campaigns.wire.ts';
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

interface Span {
  readonly fromMs?: number;
  readonly untilMs?: number;
}

/** Campaigns that were made, and calls of campaigns that began, within the span; the chart has a span of its own. */
export function dashboardToWire(
  { calls, campaigns }: { readonly calls: CallService; readonly campaigns: CampaignService },
  organizationId: string,
  { within, chart }: { readonly within: Span; readonly chart: Span },
): z.infer<typeof dashboardSchema> {
  const made = campaigns.list({ organizationId }, wholeList).items.filter((campaign) => isWithin(campaign, within));
  const byStatus = Object.fromEntries(campaignStatuses.map((status) => [status, 0])) as Record<
    (typeof campaignStatuses)[number],
    number
  >;
  const members = { ...noCounts };
  for (const campaign of made) {
    byStatus[campaignStatus(campaign)]++;
    const counts = countsToWire(campaigns.counts(organizationId, campaign.id));
    for (const status of Object.keys(members) as (keyof typeof members)[]) members[status] += counts[status];
  }
  const ofCampaigns = calls.totalsBy({ organizationId, ...within }, 'campaign').filter(({ key }) => key !== null);
  return {
    total_campaigns: made.length,
    campaigns_by_status: byStatus,
    total_members: members.total,
    status_counts: members,
    ...totalsToWire(sumOf(ofCampaigns)),
    chart: chartOf(calls, organizationId, chart),
  };
}

function isWithin({ createdAtMs }: Campaign, { fromMs = 0, untilMs = Number.POSITIVE_INFINITY }: Span): boolean {
  return createdAtMs >= fromMs && createdAtMs < untilMs;
}

type Sums = Pick<CallTotals, 'total' | 'completed' | 'failed' | 'open' | 'talkingMs'>;

function sumOf(groups: readonly Sums[]): Sums {
  const sums = { total: 0, completed: 0, failed: 0, open: 0, talkingMs: 0 };
  for (const group of groups) {
    for (const key of Object.keys(sums) as (keyof typeof sums)[]) sums[key] += group[key];
  }
  return sums;
}

/** One point for each day (UTC) that has calls of campaigns, oldest first. */
function chartOf(calls: CallService, organizationId: string, span: Span): z.infer<typeof dashboardSchema>['chart'] {
  const days = new Map<string, Sums>();
  for (const { key: campaignId } of calls.totalsBy({ organizationId, ...span }, 'campaign')) {
    if (campaignId === null) continue;
    for (const day of calls.totalsBy({ organizationId, campaignId, ...span }, 'day')) {
      const date = day.key ?? '';
      days.set(date, sumOf([days.get(date) ?? day, ...(days.has(date) ? [day] : [])]));
    }
  }
  return [...days.entries()]
    .sort(([one], [other]) => one.localeCompare(other))
    .map(([date, { total, completed, failed, talkingMs }]) => {
      return { date, calls: total, completed, failed, duration_seconds: seconds(talkingMs) };
    });
}
