import { z } from 'zod';
import type { AnalyticsService } from '../../../domain/analytics/analytics-service.ts';
import type { CallService } from '../../../domain/calls/call-service.ts';
import type { Campaign, CampaignSpan } from '../../../domain/campaigns/campaign.ts';
import type { CampaignService } from '../../../domain/campaigns/campaign-service.ts';
import type { WorkbookWriter } from '../../../domain/tables/workbook-writer.ts';
import { type Route, route } from '../../route.ts';
import { json, jsonText, wholeList } from './answers.ts';
import type { KupeCaller } from './auth.ts';
import type { CallLogPrinter } from './call-log-printer.ts';
import { campaignExport } from './campaign-export.ts';
import { analyticsSchema, analyticsToWire, dashboardSchema, dashboardToWire } from './campaign-reports.wire.ts';
import { anyObject } from './fields.ts';
import { pagingQuery, toPageRequest } from './paging.ts';
import { dayMs, timeText } from './times.ts';

const group = 'Campaigns';
const base = '/api/v1/campaigns';
const defaultPageSize = 10;

export interface CampaignReportParts {
  readonly analytics: AnalyticsService;
  readonly calls: CallService;
  readonly campaigns: CampaignService;
  readonly printer: CallLogPrinter;
  readonly workbooks: WorkbookWriter;
}

export function campaignReportRoutes(parts: CampaignReportParts): readonly Route<KupeCaller>[] {
  return [dashboardRoute(parts), analyticsRoute(parts), logsRoute(parts), exportRoute(parts)];
}

const dashboardQuery = z.object({
  from_date: timeText.optional(),
  to_date: timeText.optional(),
  chart_from_date: timeText.optional(),
  chart_to_date: timeText.optional(),
});

function dashboardRoute({ calls, campaigns }: CampaignReportParts): Route<KupeCaller> {
  return route({
    method: 'GET',
    path: `${base}/dashboard-analytics`,
    summary: 'Sum up all campaigns, with a chart by day',
    group,
    query: dashboardQuery,
    responses: { 200: dashboardSchema },
    answer: async ({ caller: { organizationId }, query }) => {
      const { from_date, to_date, chart_from_date = from_date, chart_to_date = to_date } = query;
      const figures = { within: spanOf(from_date, to_date), chart: spanOf(chart_from_date, chart_to_date) };
      const ofCampaigns = { organizationId, ofCampaigns: true } as const;
      const [counts, totals, days] = await Promise.all([
        campaigns.countsTogether(organizationId, figures.within),
        calls.totals({ ...ofCampaigns, ...figures.within }),
        calls.totalsBy({ ...ofCampaigns, ...figures.chart }, 'day'),
      ]);
      const made = campaigns.list({ organizationId }, wholeList).items.filter((each) => isWithin(each, figures.within));
      return json(dashboardToWire({ made, counts, totals, days }));
    },
  });
}

function isWithin(
  { createdAtMs }: Campaign,
  { fromMs = 0, untilMs = Number.POSITIVE_INFINITY }: CampaignSpan,
): boolean {
  return createdAtMs >= fromMs && createdAtMs < untilMs;
}

/** From the beginning of the first to the end of the last; a mere date means the whole day. */
function spanOf(from: number | undefined, to: number | undefined): CampaignSpan {
  const untilMs = to === undefined ? undefined : to + (to % dayMs === 0 ? dayMs : 1);
  return { ...(from === undefined ? {} : { fromMs: from }), ...(untilMs === undefined ? {} : { untilMs }) };
}

function analyticsRoute({ analytics, calls, campaigns }: CampaignReportParts): Route<KupeCaller> {
  return route({
    method: 'GET',
    path: `${base}/{campaign_id}/analytics`,
    summary: 'Sum up a campaign',
    group,
    responses: { 200: z.object({ analytics: analyticsSchema }) },
    answer: async ({ caller: { organizationId }, params: { campaign_id: campaignId } }) => {
      const campaign = campaigns.get(organizationId, campaignId);
      const filter = { organizationId, campaignId };
      const [totals, outcomes, costMicro] = await Promise.all([
        calls.totals(filter),
        calls.totalsBy(filter, 'outcome'),
        analytics.costOf(filter),
      ]);
      const counts = campaigns.counts(organizationId, campaignId);
      return json({ analytics: analyticsToWire(campaign, { counts, totals, outcomes, costMicro }) });
    },
  });
}

function logsRoute({ campaigns, printer }: CampaignReportParts): Route<KupeCaller> {
  return route({
    method: 'GET',
    path: `${base}/{campaign_id}/logs`,
    summary: 'List the calls of a campaign, newest first',
    group,
    query: z.object(pagingQuery),
    responses: { 200: z.object({ logs: z.array(anyObject), total: z.int() }) },
    answer: ({ caller: { organizationId }, params: { campaign_id: campaignId }, query, origin }) => {
      campaigns.get(organizationId, campaignId);
      const page = toPageRequest(query, defaultPageSize);
      const { text, total } = printer.list({ organizationId, campaignId }, page, origin);
      return jsonText('{"logs":', text, `,"total":${total}}`);
    },
  });
}

function exportRoute(parts: CampaignReportParts): Route<KupeCaller> {
  return route({
    method: 'GET',
    path: `${base}/{campaign_id}/export`,
    summary: 'Export the numbers of a campaign with what became of them, as CSV or Excel',
    group,
    query: z.object({ format: z.enum(['csv', 'excel'], 'must be csv or excel').default('csv') }),
    responses: { 200: null },
    answer: ({ caller: { organizationId }, params: { campaign_id }, query }) => {
      const campaign = parts.campaigns.get(organizationId, campaign_id);
      return campaignExport(parts, campaign, query.format);
    },
  });
}
