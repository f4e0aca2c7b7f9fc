import { z } from 'zod';
import type { OrganizationService } from '../../../domain/organizations/organization-service.ts';
import { type Route, route } from '../../route.ts';
import { requireSession, type VaCaller } from './auth.ts';
import { jsonObject, present, shortText } from './fields.ts';
import { organizationToWire, organizationWire } from './management.wire.ts';
import { listAnswer, pagingQuery } from './paging.ts';

const group = 'Organizations';
const fields = { name: shortText, settings: jsonObject.optional() };

export function organizationRoutes(organizations: OrganizationService): readonly Route<VaCaller>[] {
  return [
    route({
      method: 'GET',
      path: '/api/v1/organizations',
      summary: 'List the organizations that one may see',
      group,
      query: z.object(pagingQuery),
      responses: { 200: z.array(organizationWire) },
      answer: ({ caller, query }) =>
        listAnswer(organizations.list(requireSession(caller), query), query, organizationToWire),
    }),
    route({
      method: 'POST',
      path: '/api/v1/organizations',
      summary: 'Create an organization',
      group,
      body: z.object(fields),
      responses: { 201: organizationWire },
      answer: async ({ caller, body }) => {
        const made = await organizations.add(requireSession(caller), present(body) as { name: string });
        return { kind: 'json', status: 201, data: organizationToWire(made) };
      },
    }),
    route({
      method: 'GET',
      path: '/api/v1/organizations/{id}',
      summary: 'Read an organization',
      group,
      responses: { 200: organizationWire },
      answer: ({ caller, params: { id } }) => {
        const organization = organizations.get(requireSession(caller), id);
        return { kind: 'json', status: 200, data: organizationToWire(organization) };
      },
    }),
    route({
      method: 'PATCH',
      path: '/api/v1/organizations/{id}',
      summary: 'Change name or settings; settings are merged',
      group,
      body: z.object(fields).partial(),
      responses: { 200: organizationWire },
      answer: async ({ caller, params: { id }, body }) => {
        const changed = await organizations.update(requireSession(caller), id, present(body));
        return { kind: 'json', status: 200, data: organizationToWire(changed) };
      },
    }),
  ];
}
