import { z } from 'zod';
import {
  type Campaign,
  type CampaignChange,
  type CampaignCounts,
  type CampaignDraft,
  type CampaignMember,
  type CampaignStatus,
  type MemberDraft,
  type MemberStatus,
  memberStatuses,
} from '../../../domain/campaigns/campaign.ts';
import { plainNumber } from '../../../domain/contacts/contact.ts';
import { voicemailField, voicemailToWire } from '../../voicemail-field.ts';
import { isoTime, jsonObject, longText, present, shortText, uuid } from './fields.ts';

const batchStatuses = ['not_started', 'in_progress', 'completed'] as const;
export type BatchStatus = (typeof batchStatuses)[number];
export const campaignStatuses = [...batchStatuses, 'paused', 'stopped'] as const;
export const dialStatuses = ['not_started', 'calling', 'completed', 'failed', 'no_answer'] as const;
export type DialStatus = (typeof dialStatuses)[number];

export const variableNames = z
  .array(z.string().trim().min(1, 'must not be empty').max(100, 'must be at most 100 characters'))
  .max(100, 'must be at most 100 names');

const newStatus = z.literal('not_started', 'must be not_started: use the start operation to begin dialling').optional();

const common = {
  user_id: z.string().nullish(),
  agent_id: uuid.nullish(),
  workflow_id: z.string().nullish(),
  call_flow_id: z.string().nullish(),
  caller_phone_id: uuid,
  batch_name: shortText,
  description: longText.nullish(),
  status: newStatus,
  batch_size: z.int().min(1, 'must be at least 1').max(1_000, 'must be at most 1,000').default(1),
  max_retries: z.int().min(0).max(10, 'must be at most 10').default(0),
  voicemail: voicemailField,
};

export const batchBody = z.object({ ...common, variable_names: variableNames.default([]) });
export const campaignBody = z.object({ ...common, agent_id: uuid, variable_names: variableNames });
export const campaignPatch = z.object({
  ...common,
  caller_phone_id: uuid.optional(),
  batch_name: shortText.optional(),
  status: z.enum(campaignStatuses).optional(),
  batch_size: z.int().min(1, 'must be at least 1').max(1_000, 'must be at most 1,000').optional(),
  max_retries: z.int().min(0).max(10, 'must be at most 10').optional(),
  variable_names: variableNames.optional(),
});

export function toCampaignDraft(
  body: z.infer<typeof batchBody>,
  kind: Campaign['kind'],
  userId: string | null,
): CampaignDraft {
  return {
    kind,
    userId,
    name: body.batch_name,
    description: body.description ?? null,
    agentId: body.agent_id ?? null,
    callerNumberId: body.caller_phone_id,
    concurrency: body.batch_size,
    maxRetries: body.max_retries,
    variableNames: body.variable_names,
    ...present({ voicemail: body.voicemail }),
  };
}

export function toCampaignChange(body: z.infer<typeof campaignPatch>): CampaignChange {
  return present({
    name: body.batch_name,
    description: body.description,
    agentId: body.agent_id,
    callerNumberId: body.caller_phone_id,
    concurrency: body.batch_size,
    maxRetries: body.max_retries,
    variableNames: body.variable_names,
    voicemail: body.voicemail,
  });
}

const shared = {
  id: z.string(),
  user_id: z.string().nullable(),
  agent_id: z.string().nullable(),
  workflow_id: z.null(),
  call_flow_id: z.null(),
  caller_phone_id: z.string().nullable(),
  batch_name: z.string(),
  description: z.string().nullable(),
  variable_names: z.array(z.string()),
  batch_size: z.int(),
  max_retries: z.int(),
  voicemail: voicemailField,
  created_at: z.string(),
  updated_at: z.string(),
};
export const batchSchema = z.object({ ...shared, status: z.enum(batchStatuses) });
export const campaignSchema = z.object({ ...shared, status: z.enum(campaignStatuses) });

const campaignStatusOf = {
  draft: 'not_started',
  scheduled: 'not_started',
  active: 'in_progress',
  paused: 'paused',
  stopped: 'stopped',
  completed: 'completed',
} as const satisfies Readonly<Record<CampaignStatus, (typeof campaignStatuses)[number]>>;
/** A batch knows neither pausing nor stopping. */
const batchStatusOf: Readonly<Record<CampaignStatus, BatchStatus>> = {
  ...campaignStatusOf,
  paused: 'in_progress',
  stopped: 'completed',
};

export function campaignStatus(campaign: Campaign): (typeof campaignStatuses)[number] {
  return campaignStatusOf[campaign.status];
}

export function batchToWire(campaign: Campaign): z.infer<typeof batchSchema> {
  return { ...sharedToWire(campaign), status: batchStatusOf[campaign.status] };
}

export function campaignToWire(campaign: Campaign): z.infer<typeof campaignSchema> {
  return { ...sharedToWire(campaign), status: campaignStatus(campaign) };
}

function sharedToWire(campaign: Campaign) {
  return {
    id: campaign.id,
    user_id: campaign.userId,
    agent_id: campaign.agentId,
    workflow_id: null,
    call_flow_id: null,
    caller_phone_id: campaign.callerNumberId,
    batch_name: campaign.name,
    description: campaign.description,
    variable_names: [...campaign.variableNames],
    batch_size: campaign.concurrency,
    max_retries: campaign.maxRetries,
    ...voicemailToWire(campaign.voicemail),
    created_at: isoTime(campaign.createdAtMs),
    updated_at: isoTime(campaign.updatedAtMs),
  };
}

const dialStatusOf: Readonly<Record<MemberStatus, DialStatus>> = {
  pending: 'not_started',
  dialing: 'calling',
  completed: 'completed',
  voicemail: 'completed',
  'no-answer': 'no_answer',
  failed: 'failed',
  busy: 'failed',
  interrupted: 'failed',
  'do-not-call': 'failed',
  cancelled: 'failed',
};

export function dialStatus({ status }: Pick<CampaignMember, 'status'>): DialStatus {
  return dialStatusOf[status];
}

/** The statuses of the house that this API calls so. */
export function memberStatusesOf(status: DialStatus): readonly MemberStatus[] {
  return memberStatuses.filter((known) => dialStatusOf[known] === status);
}

export const countsSchema = z.object({
  not_started: z.int(),
  calling: z.int(),
  completed: z.int(),
  failed: z.int(),
  no_answer: z.int(),
  total: z.int(),
});

export const noCounts = { not_started: 0, calling: 0, completed: 0, failed: 0, no_answer: 0, total: 0 } as const;

export function countsToWire({ byStatus, total }: CampaignCounts): z.infer<typeof countsSchema> {
  const counts = { ...noCounts, total };
  for (const [status, count] of Object.entries(byStatus)) counts[dialStatusOf[status as MemberStatus]] += count;
  return counts;
}

const memberSchema = z.object({
  id: z.string(),
  to_phonenumber: z.string(),
  variable_values: jsonObject,
  error_message: z.string().nullable(),
  created_at: z.string(),
  updated_at: z.string(),
});
export const recipientSchema = memberSchema.extend({ batch_id: z.string(), status: z.enum(dialStatuses) });
export const campaignMemberSchema = memberSchema.extend({
  campaign_id: z.string(),
  dial_status: z.enum(dialStatuses),
  attempts: z.int(),
  last_call_id: z.string().nullable(),
});

export function recipientToWire(member: CampaignMember): z.infer<typeof recipientSchema> {
  return { ...memberToWire(member), batch_id: member.campaignId, status: dialStatus(member) };
}

export function campaignMemberToWire(member: CampaignMember): z.infer<typeof campaignMemberSchema> {
  return {
    ...memberToWire(member),
    campaign_id: member.campaignId,
    dial_status: dialStatus(member),
    attempts: member.attempts,
    last_call_id: member.lastCallId,
  };
}

function memberToWire(member: CampaignMember): z.infer<typeof memberSchema> {
  return {
    id: member.id,
    to_phonenumber: toDigits(member.toNumber),
    variable_values: member.variables,
    error_message: member.errorMessage,
    created_at: isoTime(member.createdAtMs),
    updated_at: isoTime(member.updatedAtMs),
  };
}

/** This API shows numbers as digits alone. */
export function toDigits(number: string): string {
  return number.replace(/^\+(?=\d+$)/, '');
}

/**
 * As the house dials it: `+` and digits, whether written with `+`, `00`, spaces or none of them. What is no
 * international number is passed on as it came, to be refused with a reason.
 */
export function toDialled(text: string): string {
  const plain = plainNumber(text);
  if (plain === undefined || plain.startsWith('0')) return text.trim();
  return plain.startsWith('+') ? plain : `+${plain}`;
}

/** A number as a text or, as spreadsheets write it into JSON, as a number. */
export const phoneText = z
  .union([z.string(), z.int().transform(String)], 'must be a phone number')
  .pipe(z.string().trim().min(1, 'must not be empty').max(200, 'must be at most 200 characters'));

/** One record of an upload: its number, and every other key as a variable. */
export const recordBody = z.looseObject({ to_phonenumber: phoneText });

export function toMemberDraft({ to_phonenumber, ...variables }: z.infer<typeof recordBody>): MemberDraft {
  return { toNumber: toDialled(to_phonenumber), variables };
}
