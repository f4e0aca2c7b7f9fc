import { Readable } from 'node:stream';
import { z } from 'zod';
import { dayOf, startOfDays } from '../../../domain/analytics/analytics.ts';
import type { AnalyticsService } from '../../../domain/analytics/analytics-service.ts';
import type { CallFilter } from '../../../domain/calls/call-filter.ts';
import type { CallService } from '../../../domain/calls/call-service.ts';
import type { Disclosure } from '../../../domain/calls/disclosure.ts';
import type { CampaignService } from '../../../domain/campaigns/campaign-service.ts';
import type { Clock } from '../../../lifetime/clock.ts';
import { type Answer, type Route, route } from '../../route.ts';
import { queryNumber } from '../../wire-fields.ts';
import {
  agentPerformanceToWire,
  agentPerformanceWire,
  callTotalsToWire,
  callTotalsWire,
  campaignTotalsToWire,
  campaignTotalsWire,
  dailyToWire,
  dailyWire,
  emotionsToWire,
  emotionWire,
  hourlyToWire,
  hourlyWire,
  phrasesToWire,
  phraseWire,
  sentimentToWire,
  sentimentWire,
} from './analytics.wire.ts';
import type { VoiceraCaller } from './auth.ts';
import { callsCsv } from './calls-csv.ts';

const group = 'Analytics';
const mostDays = 3_660;
const mostPhrases = 100;
/** Campaigns that a report lists at most, newest first. */
const mostCampaigns = 1_000;

export interface AnalyticsRouteParts {
  readonly calls: CallService;
  readonly campaigns: CampaignService;
  readonly disclosure: Disclosure;
  readonly analytics: AnalyticsService;
  readonly clock: Clock;
}

const id = z.string().toLowerCase().optional();
const days = queryNumber('days', 1)
  .refine((value) => value <= mostDays, `must be at most ${mostDays}`)
  .default(30);
const agentQuery = z.object({ agent_id: id, days });
const callQuery = z.object({ agent_id: id, campaign_id: id, days });

export function analyticsRoutes(parts: AnalyticsRouteParts): readonly Route<VoiceraCaller>[] {
  return [...callRoutes(parts), ...moodRoutes(parts), ...groupRoutes(parts), exportRoute(parts)];
}

function json(data: unknown): Answer {
  return { kind: 'json', status: 200, data };
}

function callRoutes({ analytics, calls, clock }: AnalyticsRouteParts): readonly Route<VoiceraCaller>[] {
  const since = (count: number) => startOfDays(count, clock.now());
  return [
    route({
      method: 'GET',
      path: '/analytics/calls',
      summary: 'Sums over the calls of the last days (UTC), today included',
      group,
      query: callQuery,
      responses: { 200: callTotalsWire },
      answer: async ({ caller: { organizationId }, query }) => {
        const fromMs = since(query.days);
        const filter = { organizationId, agentId: query.agent_id, campaignId: query.campaign_id, fromMs };
        const [totals, costMicro] = await Promise.all([calls.totals(filter), analytics.costOf(filter)]);
        return json(callTotalsToWire(totals, costMicro));
      },
    }),
    route({
      method: 'GET',
      path: '/analytics/hourly-calls',
      summary: 'Calls by hour of the day (UTC)',
      group,
      query: agentQuery,
      responses: { 200: z.array(hourlyWire) },
      answer: async ({ caller: { organizationId }, query }) => {
        const filter: CallFilter = { organizationId, agentId: query.agent_id, fromMs: since(query.days) };
        return json(hourlyToWire(await calls.totalsBy(filter, 'hour')));
      },
    }),
    route({
      method: 'GET',
      path: '/analytics/daily-calls',
      summary: 'Calls by day (UTC)',
      group,
      query: agentQuery,
      responses: { 200: z.array(dailyWire) },
      answer: async ({ caller: { organizationId }, query }) => {
        const fromMs = since(query.days);
        const groups = await calls.totalsBy({ organizationId, agentId: query.agent_id, fromMs }, 'day');
        return json(dailyToWire(groups, { fromMs, days: query.days }));
      },
    }),
  ];
}

function moodRoutes({ analytics, calls, clock }: AnalyticsRouteParts): readonly Route<VoiceraCaller>[] {
  const fromDay = (count: number) => dayOf(startOfDays(count, clock.now()));
  return [
    route({
      method: 'GET',
      path: '/analytics/sentiment',
      summary: 'Sentiment of the analysed calls',
      group,
      query: agentQuery,
      responses: { 200: sentimentWire },
      answer: async ({ caller: { organizationId }, query }) => {
        const filter = { organizationId, agentId: query.agent_id, fromDay: fromDay(query.days) };
        return json(sentimentToWire(await analytics.sentiment(filter)));
      },
    }),
    route({
      method: 'GET',
      path: '/analytics/emotions',
      summary: 'Emotions of the analysed calls, most frequent first',
      group,
      query: agentQuery,
      responses: { 200: z.array(emotionWire) },
      answer: async ({ caller: { organizationId }, query }) => {
        const filter = { organizationId, agentId: query.agent_id, fromDay: fromDay(query.days) };
        const [emotions, analysed] = await Promise.all([analytics.emotions(filter), analytics.sentiment(filter)]);
        return json(emotionsToWire(emotions, analysed));
      },
    }),
    route({
      method: 'GET',
      path: '/analytics/top-phrases',
      summary: 'What calls are about; frequency is the percentage of all calls',
      group,
      query: z.object({
        agent_id: id,
        limit: queryNumber('limit', 1)
          .transform((limit) => Math.min(limit, mostPhrases))
          .default(20),
      }),
      responses: { 200: z.array(phraseWire) },
      answer: ({ caller: { organizationId }, query: { agent_id: agentId, limit } }) => {
        const { total } = calls.list({ organizationId, agentId }, { limit: 1, offset: 0 });
        return json(phrasesToWire(analytics.topPhrases(organizationId, { agentId, limit }), total));
      },
    }),
  ];
}

function groupRoutes({ analytics, calls, campaigns, clock }: AnalyticsRouteParts): readonly Route<VoiceraCaller>[] {
  const since = (count: number) => startOfDays(count, clock.now());
  return [
    route({
      method: 'GET',
      path: '/analytics/agent-performance',
      summary: 'Sums over calls by agent',
      group,
      query: z.object({ days }),
      responses: { 200: z.array(agentPerformanceWire) },
      answer: async ({ caller: { organizationId }, query }) => {
        const fromMs = since(query.days);
        const [groups, scores] = await Promise.all([
          calls.totalsBy({ organizationId, fromMs }, 'agent'),
          analytics.sentimentScores(organizationId, dayOf(fromMs)),
        ]);
        const names = analytics.agentNames(organizationId);
        return json(groups.map((each) => agentPerformanceToWire(each, { names, scores })));
      },
    }),
    route({
      method: 'GET',
      path: '/analytics/campaign-stats',
      summary: 'Sums over calls by campaign',
      group,
      query: z.object({ campaign_id: id, days }),
      responses: { 200: z.array(campaignTotalsWire) },
      answer: async ({ caller: { organizationId }, query: { campaign_id: campaignId, days: count } }) => {
        const listed =
          campaignId === undefined
            ? campaigns.list({ organizationId }, { limit: mostCampaigns, offset: 0 }).items
            : [campaigns.get(organizationId, campaignId)];
        const groups = await calls.totalsBy({ organizationId, campaignId, fromMs: since(count) }, 'campaign');
        const byId = new Map(groups.map((each) => [each.key, each]));
        return json(listed.map((campaign) => campaignTotalsToWire(campaign, byId.get(campaign.id))));
      },
    }),
  ];
}

function exportRoute({ analytics, calls, clock, disclosure }: AnalyticsRouteParts): Route<VoiceraCaller> {
  return route({
    method: 'GET',
    path: '/analytics/export',
    summary: 'Download the calls of the last days as CSV',
    group,
    query: callQuery,
    responses: { 200: null },
    answer: ({ caller: { organizationId }, query }) => {
      const fromMs = startOfDays(query.days, clock.now());
      const filter = { organizationId, agentId: query.agent_id, campaignId: query.campaign_id, fromMs };
      const open = () => Readable.from(callsCsv({ analytics, calls, clock, disclosure }, { filter, days: query.days }));
      return { kind: 'stream', contentType: 'text/csv; charset=utf-8', downloadName: 'calls.csv', open };
    },
  });
}
