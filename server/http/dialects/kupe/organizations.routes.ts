import { z } from 'zod';
import type { EarningsService } from '../../../domain/earnings/earnings-service.ts';
import { type Organization, organizationTypes } from '../../../domain/organizations/organization.ts';
import { type Route, route } from '../../route.ts';
import { json } from './answers.ts';
import type { KupeCaller } from './auth.ts';
import { requireSession } from './gates.ts';
import { toPercentage } from './money.ts';

const group = 'Wallets';
const base = '/api/v1/orgs/{org_id}';

const percentage = z.number('must be a number').min(0, 'must be at least 0');
const businessBody = z.object({
  org_type: z.enum(organizationTypes, `must be one of ${organizationTypes.join(', ')}`),
});
const commissionBody = z.object({ commission_percentage: percentage.max(100, 'must be at most 100') });
const markupBody = z.object({
  markup_percentage: percentage,
  markup_currency: z.string().toUpperCase().optional(),
});

const changedSchema = z.object({
  message: z.string(),
  organization: z.object({
    id: z.string(),
    name: z.string(),
    org_type: z.enum(organizationTypes),
    markup_percentage: z.number(),
    markup_currency: z.string(),
    commission_percentage: z.number(),
  }),
});

/** How money is shared with an organization that sells on. For people who signed in. */
export function organizationRoutes({ earnings }: { readonly earnings: EarningsService }): readonly Route<KupeCaller>[] {
  const changed = (organization: Organization) =>
    json({ message: 'Organization updated', organization: toWire(organization) });
  return [
    route({
      method: 'POST',
      path: `${base}/business-model`,
      summary: 'Set what kind of organization it is (super_admin)',
      group,
      body: businessBody,
      responses: { 200: changedSchema },
      answer: async ({ caller, params, body }) => {
        requireSession(caller);
        return changed(await earnings.setBusinessModel(caller, params.org_id, body.org_type));
      },
    }),
    route({
      method: 'POST',
      path: `${base}/commission`,
      summary: 'Set the commission (super_admin)',
      group,
      body: commissionBody,
      responses: { 200: changedSchema },
      answer: async ({ caller, params, body }) => {
        requireSession(caller);
        return changed(await earnings.setCommission(caller, params.org_id, body.commission_percentage));
      },
    }),
    route({
      method: 'POST',
      path: `${base}/markup`,
      summary: 'Set the markup (org_admin of a reseller, super_admin)',
      group,
      body: markupBody,
      responses: { 200: changedSchema },
      answer: async ({ caller, params, body }) => {
        requireSession(caller);
        const markup = { percent: body.markup_percentage, currency: body.markup_currency };
        return changed(await earnings.setMarkup(caller, params.org_id, markup));
      },
    }),
  ];
}

function toWire(organization: Organization): z.infer<typeof changedSchema>['organization'] {
  return {
    id: organization.id,
    name: organization.name,
    org_type: organization.orgType,
    markup_percentage: toPercentage(organization.markupPpm),
    markup_currency: organization.markupCurrency,
    commission_percentage: toPercentage(organization.commissionPpm),
  };
}
