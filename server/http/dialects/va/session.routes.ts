import { z } from 'zod';
import type { OrganizationService } from '../../../domain/organizations/organization-service.ts';
import type { IdentityService } from '../../../domain/sessions/identity-service.ts';
import { setCookie } from '../../cookies.ts';
import { signInBody } from '../../identity-fields.ts';
import { publicRoute, type Route, route } from '../../route.ts';
import { vaSessionCookie } from '../../select-dialect.ts';
import { requireSession, type VaCaller } from './auth.ts';
import { organizationToWire, organizationWire, userToWire, userWire } from './management.wire.ts';

export interface SessionRouteParts {
  readonly identity: IdentityService;
  readonly organizations: OrganizationService;
  readonly nowMs: () => number;
}

const cookie = { name: vaSessionCookie, path: '/' } as const;

/** Signing in and out of the management of an organization. */
export function sessionRoutes({ identity, organizations, nowMs }: SessionRouteParts): readonly Route<VaCaller>[] {
  return [
    publicRoute({
      method: 'POST',
      path: '/api/v1/auth/login',
      summary: 'Sign in; the answer sets the session cookie',
      group: 'Sessions',
      body: signInBody,
      responses: { 200: z.object({ user: userWire, organization: organizationWire }) },
      answer: async ({ body, origin, remoteAddress }) => {
        const { user, principal, token, expiresAtMs } = await identity.signInWithCookie(
          { ...body, remoteAddress },
          'va',
        );
        const maxAgeS = Math.floor((expiresAtMs - nowMs()) / 1_000);
        const organization = organizations.get(principal, user.organizationId);
        return {
          kind: 'json',
          status: 200,
          data: { user: userToWire(user), organization: organizationToWire(organization) },
          headers: setCookie({ ...cookie, value: token, maxAgeS, origin }),
        };
      },
    }),
    route({
      method: 'POST',
      path: '/api/v1/auth/logout',
      summary: 'End the session',
      group: 'Sessions',
      responses: { 200: z.object({ signed_out: z.literal(true) }) },
      answer: async ({ caller, origin }) => {
        await identity.signOut(requireSession(caller));
        const headers = setCookie({ ...cookie, value: '', maxAgeS: 0, origin });
        return { kind: 'json', status: 200, data: { signed_out: true }, headers };
      },
    }),
  ];
}
