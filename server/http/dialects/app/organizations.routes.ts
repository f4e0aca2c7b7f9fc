import { z } from 'zod';
import { requireRole } from '../../../domain/credentials/principal.ts';
import type { Organization } from '../../../domain/organizations/organization.ts';
import type { OrganizationService } from '../../../domain/organizations/organization-service.ts';
import type { OutboundRuleService } from '../../../domain/outbound-rules/outbound-rule-service.ts';
import type { OutboundRules } from '../../../domain/outbound-rules/outbound-rules.ts';
import { type Route, route } from '../../route.ts';
import { jsonObject, present, shortText } from '../../wire-fields.ts';
import type { AppCaller } from './auth.ts';
import { listAnswer, listWire, pagingQuery } from './paging.ts';
import { organizationToWire, organizationWire } from './people.wire.ts';

export interface OrganizationRouteParts {
  readonly organizations: OrganizationService;
  readonly outboundRules: OutboundRuleService;
}

const group = 'Organizations';
const fields = { name: shortText, settings: jsonObject.optional() };

export function organizationRoutes(parts: OrganizationRouteParts): readonly Route<AppCaller>[] {
  return [...plainRoutes(parts), ...ruleRoutes(parts)];
}

function plainRoutes({ organizations, outboundRules }: OrganizationRouteParts): readonly Route<AppCaller>[] {
  const toWire = (organization: Organization) =>
    organizationToWire(organization, outboundRules.get(organization.id).mayDial);
  return [
    route({
      method: 'GET',
      path: '/app/api/organizations',
      summary: 'List organizations; all for a super administrator',
      group,
      query: z.object(pagingQuery),
      responses: { 200: listWire(organizationWire) },
      answer: ({ caller, query }) => listAnswer(organizations.list(caller, query), query, toWire),
    }),
    route({
      method: 'POST',
      path: '/app/api/organizations',
      summary: 'Make an organization; it may dial when its outbound rules say so',
      group,
      body: z.object(fields),
      responses: { 201: organizationWire },
      answer: async ({ caller, body }) => {
        const made = await organizations.add(caller, { ...present(body), name: body.name });
        return { kind: 'json', status: 201, data: toWire(made) };
      },
    }),
    route({
      method: 'GET',
      path: '/app/api/organizations/{id}',
      summary: 'Read an organization',
      group,
      responses: { 200: organizationWire },
      answer: ({ caller, params: { id } }) => {
        return { kind: 'json', status: 200, data: toWire(organizations.get(caller, id)) };
      },
    }),
    route({
      method: 'PATCH',
      path: '/app/api/organizations/{id}',
      summary: 'Rename an organization or change its settings, which are merged',
      group,
      body: z.object(fields).partial(),
      responses: { 200: organizationWire },
      answer: async ({ caller, params: { id }, body }) => {
        return { kind: 'json', status: 200, data: toWire(await organizations.update(caller, id, present(body))) };
      },
    }),
  ];
}

const count = z.int('must be a whole number').min(0, 'must be at least 0').max(1_000_000).nullable();
const prefix = z.string().regex(/^\+\d{0,15}$/, 'must be a + and digits, e.g. +4930');
const rulesWire = z.object({
  may_dial: z.boolean(),
  /** Empty: internal and `sip:` peers only. Null: every number. */
  allowed_prefixes: z.array(prefix).max(1_000).nullable(),
  max_calls_at_once: count,
  max_calls_per_hour: count,
});

function ruleRoutes({ organizations, outboundRules }: OrganizationRouteParts): readonly Route<AppCaller>[] {
  return [
    route({
      method: 'GET',
      path: '/app/api/organizations/{id}/outbound-rules',
      summary: 'What an organization may dial',
      group,
      responses: { 200: rulesWire },
      answer: ({ caller, params: { id } }) => {
        const { id: known } = organizations.get(caller, id);
        return { kind: 'json', status: 200, data: rulesToWire(outboundRules.get(known)) };
      },
    }),
    route({
      method: 'PATCH',
      path: '/app/api/organizations/{id}/outbound-rules',
      summary: 'Grant or take the right to dial, and limit it; super administrators only',
      group,
      body: rulesWire.partial(),
      responses: { 200: rulesWire },
      answer: async ({ caller, params: { id }, body }) => {
        const { id: known } = organizations.get(caller, id);
        requireRole(caller, 'super_admin');
        const change = present({
          mayDial: body.may_dial,
          allowedPrefixes: body.allowed_prefixes,
          maxCallsAtOnce: body.max_calls_at_once,
          maxCallsPerHour: body.max_calls_per_hour,
        });
        const rules = await outboundRules.set(known, { ...outboundRules.get(known), ...change });
        return { kind: 'json', status: 200, data: rulesToWire(rules) };
      },
    }),
  ];
}

function rulesToWire(rules: OutboundRules): z.infer<typeof rulesWire> {
  const { mayDial, allowedPrefixes, maxCallsAtOnce, maxCallsPerHour } = rules;
  return {
    may_dial: mayDial,
    allowed_prefixes: allowedPrefixes === null ? null : [...allowedPrefixes],
    max_calls_at_once: maxCallsAtOnce,
    max_calls_per_hour: maxCallsPerHour,
  };
}
