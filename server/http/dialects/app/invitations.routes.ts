import { z } from 'zod';
import type { Invitations } from '../../../domain/users/invitations.ts';
import { emailText, newPassword } from '../../identity-fields.ts';
import { invitationUrl } from '../../invitation-url.ts';
import { publicRoute, type Route, route } from '../../route.ts';
import { present, shortText } from '../../wire-fields.ts';
import type { AppCaller } from './auth.ts';
import { invitationToWire, invitationWire, role, userToWire, userWire } from './people.wire.ts';

const group = 'Invitations';

export function invitationRoutes(invitations: Invitations): readonly Route<AppCaller>[] {
  return [
    route({
      method: 'GET',
      path: '/app/api/invitations',
      summary: 'Invitations that are still open',
      group,
      responses: { 200: z.object({ items: z.array(invitationWire) }) },
      answer: ({ caller }) => {
        return { kind: 'json', status: 200, data: { items: invitations.list(caller).map(invitationToWire) } };
      },
    }),
    route({
      method: 'POST',
      path: '/app/api/invitations',
      summary: "Invite somebody into one's organization; the answer holds the link to pass on",
      group,
      body: z.object({ email: emailText, role: role.default('user') }),
      responses: { 201: invitationWire.extend({ invitation_url: z.url(), token: z.string() }) },
      answer: async ({ caller, body, origin }) => {
        const { invitation, token } = await invitations.invite(caller, body);
        const link = { invitation_url: invitationUrl(origin, token), token };
        return { kind: 'json', status: 201, data: { ...invitationToWire(invitation), ...link } };
      },
    }),
    publicRoute({
      method: 'POST',
      path: '/app/api/invitations/accept',
      summary: 'Make the account that one was invited to',
      group,
      body: z.object({
        token: z.string().min(1, 'must not be empty').max(200),
        password: newPassword,
        first_name: shortText.optional(),
        last_name: shortText.optional(),
      }),
      responses: { 201: userWire },
      answer: async ({ body: { token, password, first_name: firstName, last_name: lastName } }) => {
        const user = await invitations.accept(token, { password, ...present({ firstName, lastName }) });
        return { kind: 'json', status: 201, data: userToWire(user) };
      },
    }),
  ];
}
