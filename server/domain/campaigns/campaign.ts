import { LandlineError } from '../../contract/errors.ts';
import type { VoicemailPlan } from '../calls/outbound-order.ts';
import type { Extras, JsonObject } from '../json-column.ts';

/** Which dialect it was made in; every dialect shows all of them. */
const campaignKinds = ['kupe-batch', 'kupe-campaign', 'voicera'] as const;
export type CampaignKind = (typeof campaignKinds)[number];

/** `scheduled` waits for its start time; `stopped` and `completed` are final. */
export const campaignStatuses = ['draft', 'scheduled', 'active', 'paused', 'stopped', 'completed'] as const;
export type CampaignStatus = (typeof campaignStatuses)[number];

export const memberStatuses = [
  'pending',
  'dialing',
  'completed',
  'failed',
  'busy',
  'no-answer',
  'voicemail',
  'interrupted',
  'do-not-call',
  'cancelled',
] as const;
export type MemberStatus = (typeof memberStatuses)[number];

/** A list of numbers to be called by one agent, so many at once. */
export interface Campaign {
  readonly id: string;
  readonly organizationId: string;
  readonly userId: string | null;
  readonly kind: CampaignKind;
  readonly name: string;
  readonly description: string | null;
  /** Null until one is chosen; needed at launch. */
  readonly agentId: string | null;
  readonly callerNumberId: string | null;
  readonly status: CampaignStatus;
  /** Calls at once. */
  readonly concurrency: number;
  /** Further attempts after one that nobody answered. */
  readonly maxRetries: number;
  readonly retryDelayMs: number;
  /** No call begins before it or from `endAtMs` on. */
  readonly startAtMs: number | null;
  readonly endAtMs: number | null;
  readonly variableNames: readonly string[];
  readonly startingMessage: string | null;
  readonly voicemail: VoicemailPlan;
  readonly extras: Extras;
  readonly launchedAtMs: number | null;
  readonly pausedAtMs: number | null;
  readonly resumedAtMs: number | null;
  readonly stoppedAtMs: number | null;
  readonly completedAtMs: number | null;
  readonly createdAtMs: number;
  readonly updatedAtMs: number;
}

export type CampaignFields = Pick<
  Campaign,
  | 'name'
  | 'description'
  | 'agentId'
  | 'callerNumberId'
  | 'concurrency'
  | 'maxRetries'
  | 'retryDelayMs'
  | 'startAtMs'
  | 'endAtMs'
  | 'variableNames'
  | 'startingMessage'
  | 'voicemail'
  | 'extras'
>;
export type CampaignDraft = Pick<Campaign, 'kind' | 'name'> & {
  readonly userId?: string | null;
  /** A UUID to keep (moving in); one is made when absent. */
  readonly id?: string;
} & Partial<CampaignFields>;
export type CampaignChange = Partial<CampaignFields>;

/** One number of a campaign. */
export interface CampaignMember {
  readonly id: string;
  readonly campaignId: string;
  /** Order of dialling, from 1. */
  readonly position: number;
  readonly toNumber: string;
  readonly variables: JsonObject;
  readonly status: MemberStatus;
  /** Calls begun for it. */
  readonly attempts: number;
  readonly lastCallId: string | null;
  readonly errorMessage: string | null;
  readonly nextAttemptAtMs: number;
  readonly createdAtMs: number;
  readonly updatedAtMs: number;
}

export interface MemberDraft {
  readonly toNumber: string;
  readonly variables?: JsonObject;
}

/** When campaigns were made: from `fromMs` on, before `untilMs`; an end that is absent is open. */
export interface CampaignSpan {
  readonly fromMs?: number | undefined;
  readonly untilMs?: number | undefined;
}

export interface CampaignCounts {
  readonly total: number;
  readonly byStatus: Readonly<Record<MemberStatus, number>>;
  /** Waiting for a call, the first or a further one. */
  readonly pending: number;
  readonly inProgress: number;
  /** Answered to the end, by a person or a machine. */
  readonly completed: number;
  /** Every other end, numbers that were never dialled (do-not-call, cancelled) included. */
  readonly failed: number;
}

const defaultRetryDelayMs = 5 * 60_000;

/** A whole draft campaign. */
export function makeCampaign(
  draft: CampaignDraft,
  fixed: { readonly id: string; readonly organizationId: string; readonly nowMs: number },
): Campaign {
  return {
    description: null,
    agentId: null,
    callerNumberId: null,
    concurrency: 1,
    maxRetries: 0,
    retryDelayMs: defaultRetryDelayMs,
    startAtMs: null,
    endAtMs: null,
    variableNames: [],
    startingMessage: null,
    voicemail: { action: 'hang-up' },
    extras: {},
    ...draft,
    id: fixed.id,
    organizationId: fixed.organizationId,
    userId: draft.userId ?? null,
    status: 'draft',
    launchedAtMs: null,
    pausedAtMs: null,
    resumedAtMs: null,
    stoppedAtMs: null,
    completedAtMs: null,
    createdAtMs: fixed.nowMs,
    updatedAtMs: fixed.nowMs,
  };
}

const completedStatuses: readonly MemberStatus[] = ['completed', 'voicemail'];

export function countsOf(byStatus: Readonly<Partial<Record<MemberStatus, number>>>): CampaignCounts {
  const all = Object.fromEntries(memberStatuses.map((status) => [status, byStatus[status] ?? 0])) as Record<
    MemberStatus,
    number
  >;
  const total = memberStatuses.reduce((sum, status) => sum + all[status], 0);
  const completed = completedStatuses.reduce((sum, status) => sum + all[status], 0);
  const { pending, dialing } = all;
  return {
    total,
    byStatus: all,
    pending,
    inProgress: dialing,
    completed,
    failed: total - pending - dialing - completed,
  };
}

/** Statuses from which no member is dialled any more. */
export function isOver(status: CampaignStatus): boolean {
  return status === 'stopped' || status === 'completed';
}

/** Whether its status lets it be launched: one that pauses goes on by it. */
export function isLaunchable(status: CampaignStatus): boolean {
  return status === 'draft' || status === 'paused';
}

export type CampaignAction = 'launch' | 'pause' | 'resume' | 'stop';

/** The campaign after the action. Throws `campaign-state` when it makes no sense in the status it has. */
export function afterAction(campaign: Campaign, action: CampaignAction, nowMs: number): Campaign {
  const { status } = campaign;
  const running = campaign.startAtMs !== null && campaign.startAtMs > nowMs ? 'scheduled' : 'active';
  const changed = { ...campaign, updatedAtMs: nowMs };
  switch (action) {
    case 'launch':
      if (status === 'draft') return { ...changed, status: running, launchedAtMs: nowMs };
      if (status === 'paused') return { ...changed, status: running, launchedAtMs: nowMs, resumedAtMs: nowMs };
      break;
    case 'pause':
      if (status === 'active' || status === 'scheduled') return { ...changed, status: 'paused', pausedAtMs: nowMs };
      break;
    case 'resume':
      if (status === 'paused') return { ...changed, status: running, resumedAtMs: nowMs };
      break;
    case 'stop':
      if (status !== 'draft' && !isOver(status)) return { ...changed, status: 'stopped', stoppedAtMs: nowMs };
      break;
  }
  throw new LandlineError('campaign-state', `A campaign that is ${status} cannot be ${pastForm[action]}.`, { status });
}

const pastForm: Readonly<Record<CampaignAction, string>> = {
  launch: 'launched',
  pause: 'paused',
  resume: 'resumed',
  stop: 'stopped',
};

/** Throws `bad-campaign` with every figure that can't be. */
export function requireSound({ concurrency, maxRetries, retryDelayMs }: Campaign): void {
  const isCount = (value: number, least: number) => Number.isInteger(value) && value >= least;
  const problems = [
    ...(isCount(concurrency, 1) ? [] : [`concurrency is ${concurrency}: use 1 or more.`]),
    ...(isCount(maxRetries, 0) ? [] : [`max_retries is ${maxRetries}: use 0 or more.`]),
    ...(isCount(retryDelayMs, 0) ? [] : [`retry_delay is ${retryDelayMs} ms: use 0 or more.`]),
  ];
  if (problems.length > 0) throw new LandlineError('bad-campaign', problems.join(' '), { problems });
}

/** While it dials or is over, what it dials and with whom stays as it is: throws `campaign-state`. */
export function requireStill({ status }: Campaign, what: string): void {
  if (status === 'draft' || status === 'scheduled' || status === 'paused') return;
  const mend = status === 'active' ? ': pause it first.' : '.';
  throw new LandlineError('campaign-state', `The ${what} of a campaign that is ${status} cannot be changed${mend}`, {
    status,
  });
}
