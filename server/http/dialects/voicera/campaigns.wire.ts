import { z } from 'zod';
import type {
  Campaign,
  CampaignChange,
  CampaignCounts,
  CampaignDraft,
  CampaignStatus,
  MemberDraft,
} from '../../../domain/campaigns/campaign.ts';
import type { Extras, JsonObject } from '../../../domain/json-column.ts';
import { voicemailField, voicemailToWire } from '../../voicemail-field.ts';
import { longText, present, shortText } from '../../wire-fields.ts';
import {
  changedUnknownFields,
  extraFields,
  isoSeconds,
  isoSecondsOrNull,
  nullableTimeWire,
  timeText,
  timeWire,
} from './fields.ts';

export const wireStatuses = ['draft', 'scheduled', 'active', 'paused', 'completed'] as const;
export type WireStatus = (typeof wireStatuses)[number];
const statusWire = z.enum(wireStatuses);

/** Campaigns by the statuses that read as this one: a campaign that was stopped is completed. */
export function statusesOf(status: WireStatus | undefined): readonly CampaignStatus[] | undefined {
  if (status === undefined) return undefined;
  return status === 'completed' ? ['completed', 'stopped'] : [status];
}

export function statusToWire(status: CampaignStatus): WireStatus {
  return status === 'stopped' ? 'completed' : status;
}

export const statusQuery = z.enum(wireStatuses, `must be one of ${wireStatuses.join(', ')}`).optional();

/** By shape alone: what can be reached is the business of the line. */
const phoneNumber = z.string().trim().min(1, 'must not be empty').max(300);
const contact = z.union([
  phoneNumber,
  z.looseObject({
    phone_number: phoneNumber.optional(),
    phone: phoneNumber.optional(),
    number: phoneNumber.optional(),
  }),
]);

const mostNumbers = 100_000;
const retryConfig = z.looseObject({
  max_retries: z.int('must be a whole number').min(0).max(20).optional(),
  retry_delay: z
    .int('must be a whole number of seconds')
    .min(0)
    .max(7 * 24 * 3_600)
    .optional(),
});

const fields = {
  name: shortText,
  description: longText.nullish(),
  agent_id: z
    .guid('must be the UUID of an agent')
    .transform((id) => id.toLowerCase())
    .nullish(),
  phone_numbers: z.array(phoneNumber).max(mostNumbers).optional(),
  contact_list: z.array(contact).max(mostNumbers).optional(),
  start_time: timeText.nullish(),
  end_time: timeText.nullish(),
  max_concurrent_calls: z.int('must be a whole number').min(1, 'must be at least 1').max(1_000).optional(),
  retry_config: retryConfig.nullish(),
  voicemail: voicemailField,
};

export const campaignBody = z.looseObject(fields);
export const campaignPatch = campaignBody.partial();
export type CampaignPatch = z.infer<typeof campaignPatch>;

const known: ReadonlySet<string> = new Set([
  ...Object.keys(fields),
  ...'id user_id organization_id status launched_at paused_at resumed_at stopped_at created_at updated_at'.split(' '),
]);

/** Calls at once where the client doesn't say; other limits of the house hold besides. */
const defaultConcurrency = 10;

export function toCampaignDraft(body: z.infer<typeof campaignBody>, userId: string | null): CampaignDraft {
  const concurrency = body.max_concurrent_calls ?? defaultConcurrency;
  return { ...toCampaignChange(body), kind: 'voicera', name: body.name, userId, concurrency };
}

export function toCampaignChange(body: CampaignPatch, before: Extras = {}): CampaignChange {
  const retries = body.retry_config ?? undefined;
  const change = present({
    name: body.name,
    description: body.description,
    agentId: body.agent_id,
    startAtMs: body.start_time,
    endAtMs: body.end_time,
    concurrency: body.max_concurrent_calls,
    maxRetries: retries?.max_retries,
    retryDelayMs: retries?.retry_delay === undefined ? undefined : retries.retry_delay * 1_000,
    voicemail: body.voicemail,
  });
  return { ...change, extras: changedUnknownFields(before, body, known) };
}

/** The numbers of both lists, first `phone_numbers`; undefined when neither was sent. */
export function toMembers(body: CampaignPatch): readonly MemberDraft[] | undefined {
  const { phone_numbers: numbers, contact_list: contacts } = body;
  if (numbers === undefined && contacts === undefined) return undefined;
  return [...(numbers ?? []).map((toNumber) => ({ toNumber })), ...(contacts ?? []).map(toMember)];
}

/** What a contact has besides its number are values for the agent's `{{name}}`. */
function toMember(sent: z.infer<typeof contact>): MemberDraft {
  if (typeof sent === 'string') return { toNumber: sent };
  const { phone_number, phone, number, ...variables } = sent;
  return { toNumber: phone_number ?? phone ?? number ?? '', variables };
}

export function campaignToListWire(campaign: Campaign, numbers: readonly string[]): JsonObject {
  return {
    id: campaign.id,
    name: campaign.name,
    agent_id: campaign.agentId,
    status: statusToWire(campaign.status),
    phone_numbers: numbers,
    start_time: isoSecondsOrNull(campaign.startAtMs),
    end_time: isoSecondsOrNull(campaign.endAtMs),
    created_at: isoSeconds(campaign.createdAtMs),
  };
}

export function campaignToWire(campaign: Campaign, numbers: readonly string[]): JsonObject {
  return {
    ...extraFields(campaign.extras),
    ...campaignToListWire(campaign, numbers),
    user_id: campaign.userId,
    description: campaign.description,
    max_concurrent_calls: campaign.concurrency,
    retry_config: { max_retries: campaign.maxRetries, retry_delay: Math.round(campaign.retryDelayMs / 1_000) },
    ...voicemailToWire(campaign.voicemail),
    launched_at: isoSecondsOrNull(campaign.launchedAtMs),
    paused_at: isoSecondsOrNull(campaign.pausedAtMs),
    updated_at: isoSeconds(campaign.updatedAtMs),
  };
}

export interface CampaignCallFacts {
  readonly averageDurationMs: number;
  readonly costMicro: number;
}

export function statsToWire(id: string, counts: CampaignCounts, { averageDurationMs, costMicro }: CampaignCallFacts) {
  const ended = counts.completed + counts.failed;
  return {
    campaign_id: id,
    total_numbers: counts.total,
    pending: counts.pending,
    in_progress: counts.inProgress,
    completed: counts.completed,
    failed: counts.failed,
    success_rate: ended === 0 ? 0 : Math.round((counts.completed / ended) * 1_000) / 10,
    average_duration: Math.round(averageDurationMs / 1_000),
    total_cost: costMicro / 1_000_000,
  };
}

export const campaignListWire = z.object({
  id: z.uuid(),
  name: z.string(),
  agent_id: z.string().nullable(),
  status: statusWire,
  phone_numbers: z.array(z.string()),
  start_time: nullableTimeWire,
  end_time: nullableTimeWire,
  created_at: timeWire,
});
export const campaignWire = campaignListWire.extend({
  voicemail: voicemailField,
  user_id: z.string().nullable(),
  description: z.string().nullable(),
  max_concurrent_calls: z.int(),
  retry_config: z.object({ max_retries: z.int(), retry_delay: z.int() }),
  launched_at: nullableTimeWire,
  paused_at: nullableTimeWire,
  updated_at: timeWire,
});
export const campaignCreatedWire = z.object({ id: z.uuid(), status: statusWire, created_at: timeWire });
export const campaignChangedWire = z.object({ id: z.uuid(), name: z.string(), updated_at: timeWire });
export const campaignStatsWire = z.object({
  campaign_id: z.uuid(),
  total_numbers: z.int(),
  pending: z.int(),
  in_progress: z.int(),
  completed: z.int(),
  failed: z.int(),
  success_rate: z.number(),
  average_duration: z.number(),
  total_cost: z.number(),
});

/** Answer of an action: `{id, status, <verb>_at}`. */
export function movedWire(timeField: 'launched_at' | 'paused_at' | 'resumed_at' | 'stopped_at') {
  return z.object({ id: z.uuid(), status: statusWire, [timeField]: timeWire });
}
