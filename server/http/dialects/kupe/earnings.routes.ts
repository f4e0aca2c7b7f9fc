import { z } from 'zod';
import type { EarnedAmounts, Earnings } from '../../../domain/earnings/earnings.ts';
import type { EarningsService } from '../../../domain/earnings/earnings-service.ts';
import { organizationTypes } from '../../../domain/organizations/organization.ts';
import { type Route, route } from '../../route.ts';
import { json } from './answers.ts';
import type { KupeCaller } from './auth.ts';
import { isoTime } from './fields.ts';
import { toUsd } from './money.ts';

const group = 'Earnings';
const base = '/api/v1/earnings';
const periods = ['day', 'week', 'month', 'year', 'all'] as const;
const query = z.object({ period: z.enum(periods, `must be one of ${periods.join(', ')}`).default('month') });

const amounts = { markup_earned: z.number(), commission_earned: z.number(), total_earned: z.number() };
const earningsSchema = z.object({
  org_id: z.string(),
  org_type: z.enum(organizationTypes),
  period: z.string(),
  currency: z.string(),
  calls: z.int(),
  minutes: z.number(),
  ...amounts,
});
const breakdownSchema = z.object({
  period: z.string(),
  buckets: z.array(z.object({ bucket_start: z.string(), ...amounts })),
});

export function earningsRoutes({ earnings }: { readonly earnings: EarningsService }): readonly Route<KupeCaller>[] {
  return [
    route({
      method: 'GET',
      path: `${base}/me`,
      summary: "Get what the caller's organization earned (its admins; resellers only)",
      group,
      query,
      responses: { 200: earningsSchema },
      answer: ({ caller, query: { period } }) => json(toWire(earnings.mine(caller, period))),
    }),
    route({
      method: 'GET',
      path: `${base}/me/breakdown`,
      summary: 'The same by time',
      group,
      query,
      responses: { 200: breakdownSchema },
      answer: ({ caller, query: { period } }) => {
        const { buckets } = earnings.breakdown(caller, period);
        const inTime = buckets.map((bucket) => ({ bucket_start: isoTime(bucket.startMs), ...amountsToWire(bucket) }));
        return json({ period, buckets: inTime });
      },
    }),
    route({
      method: 'GET',
      path: `${base}/orgs/{org_id}`,
      summary: 'Get what an organization earned (super_admin)',
      group,
      query,
      responses: { 200: earningsSchema },
      answer: ({ caller, params, query: { period } }) =>
        json(toWire(earnings.ofOrganization(caller, params.org_id, period))),
    }),
  ];
}

function toWire(earned: Earnings): z.infer<typeof earningsSchema> {
  return {
    org_id: earned.organizationId,
    org_type: earned.orgType,
    period: earned.period,
    currency: earned.currency,
    calls: earned.calls,
    minutes: Math.round((earned.durationSeconds / 60) * 100) / 100,
    ...amountsToWire(earned),
  };
}

function amountsToWire({ markupMicro, commissionMicro, totalMicro }: EarnedAmounts) {
  return {
    markup_earned: toUsd(markupMicro),
    commission_earned: toUsd(commissionMicro),
    total_earned: toUsd(totalMicro),
  };
}
