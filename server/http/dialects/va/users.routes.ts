import { z } from 'zod';
import { roles } from '../../../domain/credentials/principal.ts';
import type { Invitations } from '../../../domain/users/invitations.ts';
import type { UserService } from '../../../domain/users/user-service.ts';
import { emailText } from '../../identity-fields.ts';
import { invitationUrl } from '../../invitation-url.ts';
import { type Route, route } from '../../route.ts';
import { requireSession, type VaCaller } from './auth.ts';
import { invitationToWire, invitationWire, userToWire, userWire } from './management.wire.ts';
import { listAnswer, pagingQuery } from './paging.ts';

const group = 'Users';

/** The people of the caller's organization. */
export function userRoutes(users: UserService, invitations: Invitations): readonly Route<VaCaller>[] {
  return [
    route({
      method: 'GET',
      path: '/api/v1/users',
      summary: 'List the users of the organization',
      group,
      query: z.object(pagingQuery),
      responses: { 200: z.array(userWire) },
      answer: ({ caller, query }) => {
        const principal = requireSession(caller);
        const { organizationId } = principal;
        return listAnswer(users.list(principal, { organizationId }, query), query, userToWire);
      },
    }),
    route({
      method: 'POST',
      path: '/api/v1/users/invite',
      summary: 'Invite somebody; the answer holds the link to pass on',
      group,
      body: z.object({
        email: emailText,
        role: z.enum(roles, `must be one of ${roles.join(', ')}`).default('user'),
      }),
      responses: { 201: invitationWire },
      answer: async ({ caller, body, origin }) => {
        const { invitation, token } = await invitations.invite(requireSession(caller), body);
        return { kind: 'json', status: 201, data: invitationToWire(invitation, invitationUrl(origin, token)) };
      },
    }),
  ];
}
