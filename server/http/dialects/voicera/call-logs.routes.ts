import { z } from 'zod';
import type { AgentService } from '../../../domain/agents/agent-service.ts';
import type { AnalyticsService } from '../../../domain/analytics/analytics-service.ts';
import type { Call } from '../../../domain/calls/call.ts';
import type { CallFilter } from '../../../domain/calls/call-filter.ts';
import type { CallService } from '../../../domain/calls/call-service.ts';
import type { Disclosure } from '../../../domain/calls/disclosure.ts';
import type { CampaignService } from '../../../domain/campaigns/campaign-service.ts';
import type { Clock } from '../../../lifetime/clock.ts';
import { type Answer, type Route, route } from '../../route.ts';
import type { TokenSigner } from '../../signed-token.ts';
import { longText } from '../../wire-fields.ts';
import type { VoiceraCaller } from './auth.ts';
import {
  type CallLogFacts,
  callLogListWire,
  callLogQuery,
  callLogWire,
  callToListWire,
  callToWire,
  startOfDay,
  toCallFilter,
  transcriptToWire,
  transcriptWire,
} from './call-logs.wire.ts';
import { downloadUrl } from './download-url.ts';
import { isoSeconds, timeWire } from './fields.ts';
import { type PageQuery, pageOf, pageQuery, shortListBody, shortListWire } from './paging.ts';

const group = 'Call logs';
const dayMs = 24 * 3_600_000;

export interface CallLogRouteParts {
  readonly calls: CallService;
  readonly campaigns: CampaignService;
  readonly agents: AgentService;
  readonly disclosure: Disclosure;
  readonly analytics: AnalyticsService;
  readonly signer: TokenSigner;
  readonly clock: Clock;
}

export function callLogRoutes(parts: CallLogRouteParts): readonly Route<VoiceraCaller>[] {
  return [...listRoutes(parts), ...oneCallRoutes(parts)];
}

function listAnswer(parts: CallLogRouteParts, filter: CallFilter, query: PageQuery): Answer {
  const { calls, clock, disclosure } = parts;
  const nowMs = clock.now();
  const toWire = (call: Call) => callToListWire(call, factsOf(disclosure, call, nowMs));
  return { kind: 'json', status: 200, data: shortListBody(calls.list(filter, pageOf(query)), toWire) };
}

function factsOf(disclosure: Disclosure, call: Call, nowMs: number): CallLogFacts {
  const isConfidential = disclosure.isConfidential(call);
  return { turns: disclosure.turns(call), analysis: disclosure.analysis(call), isConfidential, nowMs };
}

function listRoutes(parts: CallLogRouteParts): readonly Route<VoiceraCaller>[] {
  const { agents, campaigns } = parts;
  const responses = { 200: shortListWire(callLogListWire) };
  return [
    route({
      method: 'GET',
      path: '/call-logs',
      summary: 'List calls, newest first',
      group,
      query: callLogQuery,
      responses,
      answer: ({ caller, query }) => listAnswer(parts, toCallFilter(caller.organizationId, query), query),
    }),
    route({
      method: 'GET',
      path: '/call-logs/campaign/{campaign_id}',
      summary: 'List the calls of a campaign',
      group,
      query: pageQuery,
      responses,
      answer: ({ caller: { organizationId }, params: { campaign_id }, query }) => {
        campaigns.get(organizationId, campaign_id);
        return listAnswer(parts, { organizationId, campaignId: campaign_id }, query);
      },
    }),
    route({
      method: 'GET',
      path: '/call-logs/agent/{agent_id}',
      summary: 'List the calls of an agent',
      group,
      query: pageQuery,
      responses,
      answer: ({ caller: { organizationId }, params: { agent_id }, query }) => {
        agents.get(organizationId, agent_id);
        return listAnswer(parts, { organizationId, agentId: agent_id }, query);
      },
    }),
    route({
      method: 'GET',
      path: '/call-logs/date/{date}',
      summary: 'List the calls of a day (UTC)',
      group,
      params: { date: z.string().max(40).meta({ format: 'date' }) },
      query: pageQuery,
      responses,
      answer: ({ caller: { organizationId }, params: { date }, query }) => {
        const fromMs = startOfDay(date);
        return listAnswer(parts, { organizationId, fromMs, untilMs: fromMs + dayMs }, query);
      },
    }),
  ];
}

function oneCallRoutes(parts: CallLogRouteParts): readonly Route<VoiceraCaller>[] {
  const { analytics, calls, clock, disclosure, signer } = parts;
  return [
    route({
      method: 'GET',
      path: '/call-logs/{call_id}',
      summary: 'Get a call with what it came to',
      group,
      responses: { 200: callLogWire },
      answer: ({ caller, params: { call_id }, origin }) => {
        const call = calls.get(caller.organizationId, call_id);
        const data = callToWire(call, {
          ...factsOf(disclosure, call, clock.now()),
          recordingUrl: downloadUrl(disclosure.recording(call), { origin, signer }),
          costMicro: analytics.costOfCall(call_id),
        });
        return { kind: 'json', status: 200, data };
      },
    }),
    route({
      method: 'DELETE',
      path: '/call-logs/{call_id}',
      summary: 'Delete a call with its recording and transcript',
      group,
      responses: { 204: null },
      answer: async ({ caller, params: { call_id } }) => {
        await calls.remove(caller.organizationId, call_id);
        return { kind: 'empty', status: 204 };
      },
    }),
    route({
      method: 'PUT',
      path: '/call-logs/{call_id}/notes',
      summary: 'Write notes on a call',
      group,
      body: z.object({ notes: longText.nullable() }),
      responses: { 200: z.object({ id: z.uuid(), notes: z.string().nullable(), updated_at: timeWire }) },
      answer: async ({ caller, params: { call_id }, body }) => {
        const { id, notes, updatedAtMs } = await calls.setNotes(caller.organizationId, call_id, body.notes);
        return { kind: 'json', status: 200, data: { id, notes, updated_at: isoSeconds(updatedAtMs) } };
      },
    }),
    transcriptRoute('/call-logs/{call_id}/transcript', group, parts),
  ];
}

export function transcriptRoute(
  path: '/call-logs/{call_id}/transcript' | '/call-recordings/{call_id}/transcript',
  heading: string,
  { calls, disclosure }: { readonly calls: CallService; readonly disclosure: Disclosure },
): Route<VoiceraCaller> {
  return route({
    method: 'GET',
    path,
    summary: 'What was said in a call',
    group: heading,
    responses: { 200: transcriptWire },
    answer: ({ caller, params: { call_id } }) => {
      const call = calls.get(caller.organizationId, call_id);
      disclosure.requireOpen(call);
      return { kind: 'json', status: 200, data: transcriptToWire(call.id, disclosure.turns(call)) };
    },
  });
}
