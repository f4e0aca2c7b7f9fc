import { z } from 'zod';
import type { AgentService } from '../../../domain/agents/agent-service.ts';
import type { AnalyticsService } from '../../../domain/analytics/analytics-service.ts';
import type { CallService } from '../../../domain/calls/call-service.ts';
import type { Campaign } from '../../../domain/campaigns/campaign.ts';
import type { CampaignFilter } from '../../../domain/campaigns/campaign-repository.ts';
import type { CampaignService } from '../../../domain/campaigns/campaign-service.ts';
import { type Answer, type Route, route } from '../../route.ts';
import type { VoiceraCaller } from './auth.ts';
import {
  type CampaignPatch,
  campaignBody,
  campaignChangedWire,
  campaignCreatedWire,
  campaignListWire,
  campaignPatch,
  campaignStatsWire,
  campaignToListWire,
  campaignToWire,
  campaignWire,
  movedWire,
  statsToWire,
  statusesOf,
  statusQuery,
  statusToWire,
  toCampaignChange,
  toCampaignDraft,
  toMembers,
} from './campaigns.wire.ts';
import { isoSeconds } from './fields.ts';
import { type PageQuery, pageOf, pageQuery, pagingQuery, shortListBody, shortListWire, sortQuery } from './paging.ts';

const group = 'Campaigns';
const sortFields = ['name', 'status', 'start_time', 'end_time', 'created_at', 'updated_at'];
/** A hundred thousand numbers fit. */
const maxBodyBytes = 10 * 1024 * 1024;

export interface CampaignRouteParts {
  readonly campaigns: CampaignService;
  readonly agents: AgentService;
  readonly calls: CallService;
  readonly analytics: AnalyticsService;
}

export function campaignRoutes(parts: CampaignRouteParts): readonly Route<VoiceraCaller>[] {
  return [...readingRoutes(parts), ...changingRoutes(parts), ...actionRoutes(parts)];
}

/** A page of campaigns of every kind, with their numbers. */
export async function campaignListAnswer(
  campaigns: CampaignService,
  filter: CampaignFilter,
  query: PageQuery,
): Promise<Answer> {
  const found = campaigns.list(filter, pageOf(query));
  const numbers = await campaigns.numbersOf(found.items);
  const toWire = (campaign: Campaign) => campaignToListWire(campaign, numbers.get(campaign.id) ?? []);
  return { kind: 'json', status: 200, data: shortListBody(found, toWire) };
}

function readingRoutes({ agents, analytics, calls, campaigns }: CampaignRouteParts): readonly Route<VoiceraCaller>[] {
  return [
    route({
      method: 'GET',
      path: '/campaigns',
      summary: 'List campaigns, those of other APIs too',
      group,
      query: z.object({
        ...pagingQuery,
        ...sortQuery(sortFields),
        agent_id: z.string().toLowerCase().optional(),
        status: statusQuery,
      }),
      responses: { 200: shortListWire(campaignListWire) },
      answer: ({ caller: { organizationId }, query }) => {
        const filter = { organizationId, agentId: query.agent_id, status: statusesOf(query.status) };
        return campaignListAnswer(campaigns, filter, query);
      },
    }),
    route({
      method: 'GET',
      path: '/campaigns/{campaign_id}',
      summary: 'Get a campaign',
      group,
      responses: { 200: campaignWire },
      answer: async ({ caller: { organizationId }, params: { campaign_id } }) => {
        const campaign = campaigns.get(organizationId, campaign_id);
        const data = campaignToWire(campaign, await campaigns.numbers(organizationId, campaign_id));
        return { kind: 'json', status: 200, data };
      },
    }),
    route({
      method: 'GET',
      path: '/campaigns/{campaign_id}/stats',
      summary: 'How far a campaign has come',
      group,
      responses: { 200: campaignStatsWire },
      answer: async ({ caller: { organizationId }, params: { campaign_id } }) => {
        const counts = campaigns.counts(organizationId, campaign_id);
        const filter = { organizationId, campaignId: campaign_id };
        const [{ averageDurationMs }, costMicro] = await Promise.all([calls.totals(filter), analytics.costOf(filter)]);
        const data = statsToWire(campaign_id, counts, { averageDurationMs, costMicro });
        return { kind: 'json', status: 200, data };
      },
    }),
    route({
      method: 'GET',
      path: '/agents/{agent_id}/campaigns',
      summary: 'List the campaigns of an agent',
      group,
      query: pageQuery,
      responses: { 200: shortListWire(campaignListWire) },
      answer: ({ caller: { organizationId }, params: { agent_id }, query }) => {
        agents.get(organizationId, agent_id);
        return campaignListAnswer(campaigns, { organizationId, agentId: agent_id }, query);
      },
    }),
  ];
}

function changingRoutes({ agents, campaigns }: CampaignRouteParts): readonly Route<VoiceraCaller>[] {
  return [
    route({
      method: 'POST',
      path: '/campaigns',
      summary: 'Create a campaign as a draft',
      group,
      body: campaignBody,
      maxBodyBytes,
      responses: { 201: campaignCreatedWire },
      answer: async ({ caller, body }) => {
        const draft = toCampaignDraft(body, caller.userId);
        const campaign = await campaigns.create(caller.organizationId, draft, toMembers(body));
        const { id, status, createdAtMs } = campaign;
        const data = { id, status: statusToWire(status), created_at: isoSeconds(createdAtMs) };
        return { kind: 'json', status: 201, data };
      },
    }),
    route({
      method: 'PUT',
      path: '/campaigns/{campaign_id}',
      summary: 'Change a campaign; fields that are not sent stay as they are',
      group,
      body: campaignPatch,
      maxBodyBytes,
      responses: { 200: campaignChangedWire },
      answer: async ({ caller: { organizationId }, params: { campaign_id }, body }) => {
        const { extras } = campaigns.get(organizationId, campaign_id);
        if (body.agent_id != null) agents.get(organizationId, body.agent_id);
        await changeNumbers(campaigns, organizationId, campaign_id, body);
        const changed = await campaigns.update(organizationId, campaign_id, toCampaignChange(body, extras));
        const { id, name, updatedAtMs } = changed;
        return { kind: 'json', status: 200, data: { id, name, updated_at: isoSeconds(updatedAtMs) } };
      },
    }),
    route({
      method: 'DELETE',
      path: '/campaigns/{campaign_id}',
      summary: 'Delete a campaign that is not active; its calls stay',
      group,
      responses: { 204: null },
      answer: async ({ caller: { organizationId }, params: { campaign_id } }) => {
        await campaigns.delete(organizationId, campaign_id);
        return { kind: 'empty', status: 204 };
      },
    }),
  ];
}

/** A client that sends back the numbers it got changes nothing. */
async function changeNumbers(
  campaigns: CampaignService,
  organizationId: string,
  id: string,
  body: CampaignPatch,
): Promise<void> {
  const members = toMembers(body);
  if (members === undefined) return;
  const before = await campaigns.numbers(organizationId, id);
  const isSame = members.length === before.length && members.every(({ toNumber }, at) => toNumber === before[at]);
  if (!isSame || body.contact_list !== undefined) await campaigns.replaceMembers(organizationId, id, members);
}

type Move = Pick<CampaignService, 'launch' | 'pause' | 'resume' | 'stop'>;

function actionRoutes({ campaigns }: CampaignRouteParts): readonly Route<VoiceraCaller>[] {
  const action = (
    verb: keyof Move,
    summary: string,
    [field, timeOf]: readonly [Parameters<typeof movedWire>[0], (campaign: Campaign) => number | null],
  ): Route<VoiceraCaller> =>
    route({
      method: 'POST',
      path: `/campaigns/{campaign_id}/${verb}`,
      summary,
      group,
      responses: { 200: movedWire(field) },
      answer: async ({ caller: { organizationId }, params: { campaign_id } }) => {
        const campaign = await campaigns[verb](organizationId, campaign_id);
        const status = statusToWire(campaign.status);
        const atMs = timeOf(campaign) ?? campaign.updatedAtMs;
        return { kind: 'json', status: 200, data: { id: campaign.id, status, [field]: isoSeconds(atMs) } };
      },
    });
  return [
    action('launch', 'Launch a campaign: it dials from its start time on', [
      'launched_at',
      ({ launchedAtMs }) => launchedAtMs,
    ]),
    action('pause', 'Pause a campaign: no further call begins', ['paused_at', ({ pausedAtMs }) => pausedAtMs]),
    action('resume', 'Resume a paused campaign', ['resumed_at', ({ resumedAtMs }) => resumedAtMs]),
    action('stop', 'Stop a campaign for good', ['stopped_at', ({ stoppedAtMs }) => stoppedAtMs]),
  ];
}
