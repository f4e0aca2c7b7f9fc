import { z } from 'zod';
import type { OrganizationService } from '../../../domain/organizations/organization-service.ts';
import { type Route, route } from '../../route.ts';
import { jsonObject, present, shortText } from '../../wire-fields.ts';
import type { AppCaller } from './auth.ts';
import { listAnswer, listWire, pagingQuery } from './paging.ts';
import { organizationToWire, organizationWire } from './people.wire.ts';

const group = 'Organizations';
const fields = { name: shortText, settings: jsonObject.optional() };

export function organizationRoutes(organizations: OrganizationService): readonly Route<AppCaller>[] {
  return [
    route({
      method: 'GET',
      path: '/app/api/organizations',
      summary: 'List organizations; all for a super administrator',
      group,
      query: z.object(pagingQuery),
      responses: { 200: listWire(organizationWire) },
      answer: ({ caller, query }) => listAnswer(organizations.list(caller, query), query, organizationToWire),
    }),
    route({
      method: 'POST',
      path: '/app/api/organizations',
      summary: 'Make an organization',
      group,
      body: z.object(fields),
      responses: { 201: organizationWire },
      answer: async ({ caller, body }) => {
        const made = await organizations.add(caller, { ...present(body), name: body.name });
        return { kind: 'json', status: 201, data: organizationToWire(made) };
      },
    }),
    route({
      method: 'GET',
      path: '/app/api/organizations/{id}',
      summary: 'Read an organization',
      group,
      responses: { 200: organizationWire },
      answer: ({ caller, params: { id } }) => {
        return { kind: 'json', status: 200, data: organizationToWire(organizations.get(caller, id)) };
      },
    }),
    route({
      method: 'PATCH',
      path: '/app/api/organizations/{id}',
      summary: 'Rename, change settings, or grant (super administrators) the right to dial',
      group,
      body: z.object({ ...fields, dialling_allowed: z.boolean().optional() }).partial(),
      responses: { 200: organizationWire },
      answer: async ({ caller, params: { id }, body: { dialling_allowed: isDiallingAllowed, ...rest } }) => {
        const change = { ...present(rest), ...present({ isDiallingAllowed }) };
        const changed = await organizations.update(caller, id, change);
        return { kind: 'json', status: 200, data: organizationToWire(changed) };
      },
    }),
  ];
}
