import { z } from 'zod';
import type { UsageBucket, UsageLine, UsageSession, UsageTotals, UsageType } from '../../../domain/usage/usage.ts';
import { serviceTypes, usageTypes } from '../../../domain/usage/usage.ts';
import type { UsageOverview, UsageQuery, UsageSummary } from '../../../domain/usage/usage-service.ts';
import type { Wallet } from '../../../domain/wallets/wallet.ts';
import { isoTime, present, uuid } from './fields.ts';
import { toUsd } from './money.ts';
import { dayMs, timeText } from './times.ts';

const listOf = <T>(item: z.ZodType<T, string>) =>
  z
    .string()
    .transform((text) =>
      text
        .split(',')
        .map((part) => part.trim())
        .filter((part) => part !== ''),
    )
    .pipe(z.array(item));

const scopes = { mine: 'mine', self: 'mine', organization: 'organization', org: 'organization', all: 'all' } as const;
const timeFilters = { today: 'day', day: 'day', week: 'week', month: 'month', year: 'year', all: 'all' } as const;
const timePeriods = ['day', 'week', 'month', '4months', 'year', 'all'] as const;

const oneOf = <const Name extends string>(names: readonly Name[]) =>
  z.enum(names, `must be one of ${names.join(', ')}`);
const scope = oneOf(Object.keys(scopes) as (keyof typeof scopes)[]);
const usageType = oneOf(usageTypes);

const scopeQuery = {
  scope: scope.optional(),
  organization_ids: listOf(uuid).optional(),
  owner_user_ids: listOf(uuid).optional(),
};
const filterQuery = {
  ...scopeQuery,
  time_filter: oneOf(Object.keys(timeFilters) as (keyof typeof timeFilters)[]).default('all'),
  usage_type: usageType.optional(),
};

const atLeastNought = z
  .string()
  .regex(/^\d{1,7}$/, 'must be a whole number of at least 0')
  .transform(Number);

/** `page` counts from 1 (0 is the first page, too); a `page_size` or `limit` of 0 is the default. */
export const recordsQuery = z.object({
  ...filterQuery,
  search: z.string().max(200).optional(),
  limit: atLeastNought.optional(),
  offset: atLeastNought.optional(),
  page: atLeastNought.optional(),
  page_size: atLeastNought.optional(),
});
export const summaryQuery = z.object({ ...scopeQuery, time_period: oneOf(timePeriods).default('month') });
export const overviewQuery = z.object({ user_id: uuid.optional() });
export const exportQuery = z.object({
  ...filterQuery,
  session_types: listOf(usageType).optional(),
  agent_ids: listOf(uuid).optional(),
  from_date: timeText.optional(),
  to_date: timeText.optional(),
  export_id: uuid.optional(),
});

const defaultPageSize = 50;
const largestPageSize = 1_000;

export interface Part {
  readonly limit: number;
  readonly offset: number;
  readonly page: number;
}

export function partOf(query: z.infer<typeof recordsQuery>): Part {
  const { limit, offset, page, page_size } = query;
  const size = Math.min(
    (page === undefined && page_size === undefined ? limit : page_size) || defaultPageSize,
    largestPageSize,
  );
  if (page === undefined && page_size === undefined) {
    const start = offset ?? 0;
    return { limit: size, offset: start, page: Math.floor(start / size) + 1 };
  }
  const number = Math.max(1, page ?? 1);
  return { limit: size, offset: (number - 1) * size, page: number };
}

type ScopeQuery = Pick<z.infer<typeof summaryQuery>, 'scope' | 'organization_ids' | 'owner_user_ids'>;

export function toScope(query: ScopeQuery): Pick<UsageQuery, 'scope' | 'organizationIds' | 'ownerUserIds'> {
  return present({
    scope: query.scope && scopes[query.scope],
    organizationIds: query.organization_ids,
    ownerUserIds: query.owner_user_ids,
  });
}

export function toUsageQuery(query: z.infer<typeof recordsQuery>): UsageQuery {
  const types: readonly UsageType[] | undefined = query.usage_type && [query.usage_type];
  return { ...toScope(query), ...present({ period: timeFilters[query.time_filter], types, search: query.search }) };
}

/** `to_date` is part of what is exported: the whole day, when it is a mere date. */
export function toExportQuery(query: z.infer<typeof exportQuery>): UsageQuery {
  const { agent_ids, from_date, session_types, to_date, usage_type } = query;
  const isDay = to_date !== undefined && to_date % dayMs === 0;
  return {
    ...toScope(query),
    ...present({
      period: timeFilters[query.time_filter],
      types: session_types ?? (usage_type && [usage_type]),
      agentIds: agent_ids,
      fromMs: from_date,
      untilMs: to_date === undefined ? undefined : to_date + (isDay ? dayMs : 1),
    }),
  };
}

const serviceSchema = z.object({
  service_type: z.enum(serviceTypes),
  provider: z.string(),
  model: z.string(),
  quantity: z.number(),
  unit: z.string(),
  cost_usd: z.number(),
});

export const sessionSchema = z.object({
  session_id: z.string(),
  request_id: z.string().nullable(),
  usage_type: z.enum(usageTypes),
  agent_id: z.string().nullable(),
  agent_name: z.string().nullable(),
  user_id: z.string().nullable(),
  started_at: z.string(),
  duration_seconds: z.number(),
  total_cost_usd: z.number(),
  services: z.array(serviceSchema),
});

export function sessionToWire(session: UsageSession): z.infer<typeof sessionSchema> {
  return {
    session_id: session.id,
    request_id: session.requestId,
    usage_type: session.type,
    agent_id: session.agentId,
    agent_name: session.agentName,
    user_id: session.userId,
    started_at: isoTime(session.startedAtMs),
    duration_seconds: session.durationSeconds,
    total_cost_usd: toUsd(session.costMicro),
    services: session.services.map(serviceToWire),
  };
}

function serviceToWire(line: UsageLine): z.infer<typeof serviceSchema> {
  return {
    service_type: line.serviceType,
    provider: line.provider,
    model: line.model,
    quantity: line.quantity,
    unit: line.unit,
    cost_usd: toUsd(line.costMicro),
  };
}

const totals = { duration_seconds: z.number(), cost_usd: z.number() };
export const summarySchema = z.object({
  time_period: z.string(),
  currency: z.literal('USD'),
  buckets: z.array(z.object({ bucket_start: z.string(), calls: z.int(), ...totals })),
  totals: z.object({ calls: z.int(), ...totals }),
});

export function summaryToWire(summary: UsageSummary): z.infer<typeof summarySchema> {
  const toWire = (bucket: UsageBucket) => ({ bucket_start: isoTime(bucket.startMs), ...callsToWire(bucket) });
  const { buckets, period } = summary;
  return { time_period: period, currency: 'USD', buckets: buckets.map(toWire), totals: callsToWire(summary.totals) };
}

function callsToWire({ calls, durationSeconds, costMicro }: UsageTotals) {
  return { calls, duration_seconds: durationSeconds, cost_usd: toUsd(costMicro) };
}

export const overviewSchema = z.object({ total: z.object(totals), this_month: z.object(totals) });

export function overviewToWire({ total, thisMonth }: UsageOverview): z.infer<typeof overviewSchema> {
  const toWire = ({ durationSeconds, costMicro }: UsageTotals) => ({
    duration_seconds: durationSeconds,
    cost_usd: toUsd(costMicro),
  });
  return { total: toWire(total), this_month: toWire(thisMonth) };
}

export const balanceSchema = z.object({
  credit_balance_usd: z.number(),
  available_balance_usd: z.number(),
  monthly_cap_usd: z.number().nullable(),
  monthly_cap_used_usd: z.number(),
  cap_resets_at: z.string(),
  currency: z.string(),
});

export function balanceToWire(wallet: Wallet): z.infer<typeof balanceSchema> {
  return {
    credit_balance_usd: toUsd(wallet.balanceMicro),
    available_balance_usd: toUsd(wallet.availableMicro),
    monthly_cap_usd: wallet.capMicro === null ? null : toUsd(wallet.capMicro),
    monthly_cap_used_usd: toUsd(wallet.capUsedMicro),
    cap_resets_at: isoTime(wallet.capResetsAtMs),
    currency: wallet.currency,
  };
}

/** Header of the exported file. */
export const exportColumns = [
  'session_id',
  'request_id',
  'usage_type',
  'agent_name',
  'started_at',
  'duration_seconds',
  ...serviceTypes.map((type) => `${type}_cost_usd`),
  'total_cost_usd',
] as const;

/** One line of the exported file. */
export function sessionToLine(session: UsageSession): readonly (string | number)[] {
  const costOf = (type: string) =>
    session.services.reduce((sum, line) => sum + (line.serviceType === type ? line.costMicro : 0), 0);
  return [
    session.id,
    session.requestId ?? '',
    session.type,
    session.agentName ?? '',
    isoTime(session.startedAtMs),
    session.durationSeconds,
    ...serviceTypes.map((type) => toUsd(costOf(type))),
    toUsd(session.costMicro),
  ];
}
