import { z } from 'zod';
import type { CampaignService } from '../../../domain/campaigns/campaign-service.ts';
import type { ContactService } from '../../../domain/contacts/contact-service.ts';
import type { DoNotCallService } from '../../../domain/do-not-call/do-not-call-service.ts';
import type { NumberService } from '../../../domain/numbers/number-service.ts';
import { invalidRequest, type Route, route } from '../../route.ts';
import { json, wholeList } from './answers.ts';
import type { KupeCaller } from './auth.ts';
import { campaignGroupRoutes } from './campaign-groups.routes.ts';
import { type CampaignReportParts, campaignReportRoutes } from './campaign-reports.routes.ts';
import { checkTarget } from './campaign-rules.ts';
import {
  campaignBody,
  campaignPatch,
  campaignSchema,
  campaignStatus,
  campaignStatuses,
  campaignToWire,
  countsToWire,
  toCampaignChange,
  toCampaignDraft,
} from './campaigns.wire.ts';
import { pagingQuery, toPageRequest } from './paging.ts';
import { dayMs, timeText } from './times.ts';

const group = 'Campaigns';
const base = '/api/v1/campaigns';
const defaultPageSize = 10;

export interface CampaignParts extends CampaignReportParts {
  readonly contacts: ContactService;
  readonly doNotCall: DoNotCallService;
  readonly numbers: NumberService;
}

/** Campaigns of every kind: a batch, and what was made in another API, is one of them. */
export function campaignRoutes(parts: CampaignParts): readonly Route<KupeCaller>[] {
  return [
    ...listRoutes(parts),
    ...oneRoutes(parts),
    ...actionRoutes(parts.campaigns),
    ...campaignReportRoutes(parts),
    ...campaignGroupRoutes(parts),
  ];
}

const wrapped = z.object({ campaign: campaignSchema });

function listRoutes({ campaigns, numbers }: CampaignParts): readonly Route<KupeCaller>[] {
  return [
    route({
      method: 'GET',
      path: base,
      summary: 'List campaigns, newest first',
      group,
      query: z.object({ ...pagingQuery, start_date: timeText.optional(), end_date: timeText.optional() }),
      responses: { 200: z.object({ campaigns: z.array(campaignSchema), total: z.int() }) },
      answer: ({ caller: { organizationId }, query }) => {
        const { start_date = 0, end_date } = query;
        const untilMs = end_date === undefined ? Number.POSITIVE_INFINITY : endOf(end_date);
        const { items } = campaigns.list({ organizationId }, wholeList);
        const found = items.filter(({ createdAtMs }) => createdAtMs >= start_date && createdAtMs < untilMs);
        const { limit, offset } = toPageRequest(query, defaultPageSize);
        const page = found.slice(offset, offset + limit);
        return json({ campaigns: page.map(campaignToWire), total: found.length });
      },
    }),
    route({
      method: 'POST',
      path: base,
      summary: 'Create a campaign',
      group,
      body: campaignBody,
      responses: { 200: wrapped },
      answer: async ({ caller, body }) => {
        checkTarget(numbers, caller, body);
        const draft = toCampaignDraft(body, 'kupe-campaign', caller.userId);
        return json({ campaign: campaignToWire(await campaigns.create(caller.organizationId, draft)) });
      },
    }),
  ];
}

/** A mere date means the whole day. */
function endOf(atMs: number): number {
  return atMs % dayMs === 0 ? atMs + dayMs : atMs + 1;
}

function oneRoutes({ campaigns, numbers }: CampaignParts): readonly Route<KupeCaller>[] {
  return [
    route({
      method: 'GET',
      path: `${base}/{campaign_id}`,
      summary: 'Get a campaign',
      group,
      responses: { 200: wrapped },
      answer: ({ caller, params }) =>
        json({ campaign: campaignToWire(campaigns.get(caller.organizationId, params.campaign_id)) }),
    }),
    route({
      method: 'PATCH',
      path: `${base}/{campaign_id}`,
      summary: 'Change a campaign; fields that are absent stay',
      group,
      body: campaignPatch,
      responses: { 200: wrapped },
      answer: async ({ caller, params: { campaign_id }, body }) => {
        const before = campaigns.get(caller.organizationId, campaign_id);
        if (body.status !== undefined && body.status !== campaignStatus(before)) throw statusNotPatched();
        checkTarget(numbers, caller, body);
        const campaign = await campaigns.update(caller.organizationId, campaign_id, toCampaignChange(body));
        return json({ campaign: campaignToWire(campaign) });
      },
    }),
    route({
      method: 'DELETE',
      path: `${base}/{campaign_id}`,
      summary: 'Delete a campaign that is not dialling',
      group,
      responses: { 200: z.object({ ok: z.literal('true') }) },
      answer: async ({ caller, params }) => {
        await campaigns.delete(caller.organizationId, params.campaign_id);
        return json({ ok: 'true' });
      },
    }),
  ];
}

function statusNotPatched() {
  const message = 'is not changed this way: use start, pause, resume or stop';
  return invalidRequest([{ in: 'body', field: 'status', message }]);
}

function actionRoutes(campaigns: CampaignService): readonly Route<KupeCaller>[] {
  const path = `${base}/{campaign_id}` as const;
  const moved = z.object({ success: z.literal(true), message: z.string(), data: campaignSchema });
  const move = (action: 'pause' | 'resume' | 'stop', done: string) =>
    route<KupeCaller, `${typeof path}/${typeof action}`>({
      method: 'POST',
      path: `${path}/${action}`,
      summary: `${action.replace(/^./, (letter) => letter.toUpperCase())} a campaign`,
      group,
      responses: { 200: moved },
      answer: async ({ caller, params }) => {
        const campaign = await campaigns[action](caller.organizationId, params.campaign_id);
        return json({ success: true, message: `Campaign ${done}`, data: campaignToWire(campaign) });
      },
    });
  return [
    readinessRoute(campaigns),
    startRoute(campaigns),
    move('pause', 'paused'),
    move('resume', 'resumed'),
    move('stop', 'stopped'),
  ];
}

function readinessRoute(campaigns: CampaignService): Route<KupeCaller> {
  return route({
    method: 'GET',
    path: `${base}/{campaign_id}/readiness`,
    summary: 'Whether a campaign can be started, and what keeps it from it',
    group,
    responses: {
      200: z.object({
        can_start: z.boolean(),
        member_count: z.int(),
        has_agent_or_workflow: z.boolean(),
        has_caller_phone: z.boolean(),
        status: z.enum(campaignStatuses),
        blockers: z.array(z.string()),
      }),
    },
    answer: ({ caller: { organizationId }, params: { campaign_id } }) => {
      const campaign = campaigns.get(organizationId, campaign_id);
      const { blockers, canStart, hasAgent, hasCallerNumber, memberCount } = campaigns.readiness(
        organizationId,
        campaign_id,
      );
      return json({
        can_start: canStart,
        member_count: memberCount,
        has_agent_or_workflow: hasAgent,
        has_caller_phone: hasCallerNumber,
        status: campaignStatus(campaign),
        blockers,
      });
    },
  });
}

function startRoute(campaigns: CampaignService): Route<KupeCaller> {
  return route({
    method: 'POST',
    path: `${base}/{campaign_id}/start`,
    summary: 'Start dialling',
    group,
    responses: {
      200: z.object({
        success: z.literal(true),
        message: z.string(),
        status: z.enum(campaignStatuses),
        member_count: z.int(),
        data: campaignSchema,
      }),
    },
    answer: async ({ caller: { organizationId }, params: { campaign_id } }) => {
      const campaign = await campaigns.launch(organizationId, campaign_id);
      const { total } = countsToWire(campaigns.counts(organizationId, campaign_id));
      const data = campaignToWire(campaign);
      return json({ success: true, message: 'Campaign started', status: data.status, member_count: total, data });
    },
  });
}
