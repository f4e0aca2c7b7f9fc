import { z } from 'zod';
import { type CallOutcome, callOutcomes } from '../../../contract/call.ts';
import { type CallAnalysis, sentiments } from '../../../domain/analysis/analysis.ts';
import { type Call, durationMs, hasEnded, outcomeOf, type Turn } from '../../../domain/calls/call.ts';
import type { CallFilter } from '../../../domain/calls/call-filter.ts';
import type { JsonObject } from '../../../domain/json-column.ts';
import { invalidRequest } from '../../route.ts';
import { isoSeconds, parseTime, timeWire } from './fields.ts';
import { pagingQuery, sortQuery } from './paging.ts';

const callLogStatuses = ['initiated', 'ringing', 'connected', 'completed', 'failed'] as const;
export type CallLogStatus = (typeof callLogStatuses)[number];

export function statusToWire(outcome: CallOutcome): CallLogStatus {
  switch (outcome) {
    case 'in_progress':
      return 'connected';
    case 'busy':
    case 'no_answer':
    case 'cancelled':
      return 'failed';
    default:
      return outcome;
  }
}

const dayMs = 24 * 3_600_000;
const dayShape = /^\d{4}-\d\d-\d\d$/;

const wrongDate = 'must be a day such as 2024-01-31 or an ISO 8601 time';
const pointText = z.string().refine((text) => parseTime(text) !== undefined, wrongDate);
/** A day is meant whole: it begins with its first moment. */
const sinceText = pointText.transform((text) => parseTime(text) ?? 0);
/** … and ends with its last. */
const untilText = pointText.transform((text) => (parseTime(text) ?? 0) + (dayShape.test(text) ? dayMs : 1));

/** First moment of a day (UTC). Throws `invalid-request`. */
export function startOfDay(date: string): number {
  const atMs = dayShape.test(date) ? parseTime(date) : undefined;
  if (atMs !== undefined) return atMs;
  throw invalidRequest([{ in: 'path', field: 'date', message: 'must be a day such as 2024-01-31' }]);
}

/** Both pairs of names are in use. */
const dates = {
  start_date: sinceText.optional(),
  end_date: untilText.optional(),
  date_from: sinceText.optional(),
  date_to: untilText.optional(),
};

const id = z.string().toLowerCase().optional();

export const callLogQuery = z.object({
  ...pagingQuery,
  ...sortQuery(['created_at', 'status', 'duration_seconds', 'phone_number']),
  ...dates,
  campaign_id: id,
  agent_id: id,
  status: z.enum(callLogStatuses, `must be one of ${callLogStatuses.join(', ')}`).optional(),
  phone_number: z.string().max(300).optional(),
});
export type CallLogQuery = z.infer<typeof callLogQuery>;

export const recordingQuery = z.object({ ...pagingQuery, ...dates, campaign_id: id, agent_id: id });

export function rangeOf(query: Pick<CallLogQuery, 'start_date' | 'end_date' | 'date_from' | 'date_to'>) {
  return { fromMs: query.start_date ?? query.date_from, untilMs: query.end_date ?? query.date_to };
}

export function toCallFilter(organizationId: string, query: CallLogQuery): CallFilter {
  const outcomes = callOutcomes.filter((outcome) => statusToWire(outcome) === query.status);
  return {
    organizationId,
    campaignId: query.campaign_id,
    agentId: query.agent_id,
    outcomes: query.status === undefined ? undefined : outcomes,
    // A "+" that was not percent-encoded arrives as a space.
    remoteNumber: query.phone_number === undefined ? undefined : query.phone_number.replace(/^ /, '+').trim(),
    ...rangeOf(query),
  };
}

/** The other side of the call. */
export function remoteNumber({ direction, identity }: Call): string {
  return direction === 'inbound' ? identity.from : identity.to;
}

/** Seconds of talking; so far, while the call is on. */
export function durationSeconds(call: Call, nowMs: number): number {
  const soFar = call.answeredAtMs === null || hasEnded(call) ? 0 : nowMs - call.answeredAtMs;
  return Math.round((durationMs(call) ?? Math.max(0, soFar)) / 1_000);
}

/** Everything that was said, in one text. */
export function transcriptText(turns: readonly Turn[]): string {
  return turns.map(({ role, text }) => `${role === 'caller' ? 'User' : 'Agent'}: ${text}`).join(' ');
}

export interface CallLogFacts {
  readonly turns: readonly Turn[];
  readonly analysis: CallAnalysis | undefined;
  /** Then there are neither turns nor an analysis. */
  readonly isConfidential: boolean;
  readonly nowMs: number;
}

export function callToListWire(call: Call, { turns, analysis, isConfidential, nowMs }: CallLogFacts): JsonObject {
  return {
    id: call.id,
    campaign_id: call.campaignId,
    phone_number: remoteNumber(call),
    status: statusToWire(outcomeOf(call)),
    duration_seconds: durationSeconds(call, nowMs),
    sentiment: analysis?.sentiment ?? null,
    emotions: analysis?.emotions ?? [],
    transcript: transcriptText(turns),
    ...(isConfidential ? { redacted: true } : {}),
    created_at: isoSeconds(call.startedAtMs),
  };
}

export function callToWire(
  call: Call,
  facts: CallLogFacts & { readonly recordingUrl: string | null; readonly costMicro: number | undefined },
): JsonObject {
  return {
    ...callToListWire(call, facts),
    summary: facts.analysis?.summary ?? null,
    key_phrases: facts.analysis?.keyPhrases ?? [],
    recording_url: facts.recordingUrl,
    cost: (facts.costMicro ?? 0) / 1_000_000,
    ...(call.notes === null ? {} : { notes: call.notes }),
  };
}

export function transcriptToWire(callId: string, turns: readonly Turn[]): JsonObject {
  return { call_id: callId, transcript: transcriptText(turns), segments: turns.map(segmentToWire) };
}

function segmentToWire({ role, text, startMs, endMs }: Turn): JsonObject {
  return {
    role: role === 'caller' ? 'user' : 'agent',
    text,
    start_time: seconds(startMs),
    end_time: seconds(endMs),
  };
}

function seconds(ms: number): number {
  return Math.round(ms / 10) / 100;
}

export const callLogListWire = z.object({
  id: z.uuid(),
  campaign_id: z.string().nullable(),
  phone_number: z.string(),
  status: z.enum(callLogStatuses),
  duration_seconds: z.int(),
  sentiment: z.enum(sentiments).nullable(),
  emotions: z.array(z.string()),
  transcript: z.string(),
  redacted: z.literal(true).optional(),
  created_at: timeWire,
});
export const callLogWire = callLogListWire.extend({
  summary: z.string().nullable(),
  key_phrases: z.array(z.string()),
  recording_url: z.string().nullable(),
  cost: z.number(),
  notes: z.string().optional(),
});
export const transcriptWire = z.object({
  call_id: z.uuid(),
  transcript: z.string(),
  segments: z.array(
    z.object({ role: z.enum(['user', 'agent']), text: z.string(), start_time: z.number(), end_time: z.number() }),
  ),
});
