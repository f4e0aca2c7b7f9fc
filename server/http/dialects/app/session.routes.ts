import { z } from 'zod';
import type { IdentityService } from '../../../domain/sessions/identity-service.ts';
import type { Cookie } from '../../../domain/sessions/session-service.ts';
import type { HouseSettings } from '../../../domain/settings/house-settings.ts';
import type { Setup } from '../../../domain/users/setup.ts';
import type { User } from '../../../domain/users/user.ts';
import type { UserService } from '../../../domain/users/user-service.ts';
import { setCookie } from '../../cookies.ts';
import { emailText, newPassword, signInBody } from '../../identity-fields.ts';
import { type Answer, publicRoute, type Route, route } from '../../route.ts';
import { shortText } from '../../wire-fields.ts';
import { type AppCaller, appSessionCookie } from './auth.ts';
import { done, userToWire, userWire } from './people.wire.ts';

export interface SessionRouteParts {
  readonly identity: IdentityService;
  readonly users: UserService;
  readonly setup: Setup;
  readonly settings: HouseSettings;
  readonly nowMs: () => number;
}

const group = 'Signing in';
const cookie = { name: appSessionCookie, path: '/app' } as const;
const token = z.string().min(1, 'must not be empty').max(200, 'must be at most 200 characters');
const names = { first_name: shortText.optional(), last_name: shortText.optional() };

export function sessionRoutes(parts: SessionRouteParts): readonly Route<AppCaller>[] {
  return [...setupRoutes(parts), ...ownSessionRoutes(parts), ...passwordRoutes(parts)];
}

function setupRoutes(parts: SessionRouteParts): readonly Route<AppCaller>[] {
  const { identity, settings, setup } = parts;
  return [
    publicRoute({
      method: 'GET',
      path: '/app/api/setup',
      summary: 'Whether the house still needs its first administrator, and whether strangers may register',
      group,
      responses: { 200: z.object({ needed: z.boolean(), registration_open: z.boolean() }) },
      answer: () => {
        const data = { needed: setup.isNeeded, registration_open: settings.get('isRegistrationOpen') };
        return { kind: 'json', status: 200, data };
      },
    }),
    publicRoute({
      method: 'POST',
      path: '/app/api/setup',
      summary: 'Make the first super administrator with the token from the console, and sign in',
      group,
      body: z.object({ token, email: emailText, password: newPassword, ...names }),
      responses: { 201: userWire },
      answer: async ({ body: { first_name: firstName, last_name: lastName, ...body }, origin, remoteAddress }) => {
        identity.requireAttempt(remoteAddress);
        const given = { ...(firstName ? { firstName } : {}), ...(lastName ? { lastName } : {}), ...body };
        const user = await setup.complete(given);
        const { email, password } = body;
        const opened = await identity.signInWithCookie({ email, password, remoteAddress }, 'app');
        return signedIn(parts, { user, opened, origin, status: 201 });
      },
    }),
  ];
}

function ownSessionRoutes(parts: SessionRouteParts): readonly Route<AppCaller>[] {
  const { identity, users } = parts;
  return [
    publicRoute({
      method: 'POST',
      path: '/app/api/session',
      summary: 'Sign in; the answer sets the session cookie',
      group,
      body: signInBody,
      responses: { 200: userWire },
      answer: async ({ body, origin, remoteAddress }) => {
        const opened = await identity.signInWithCookie({ ...body, remoteAddress }, 'app');
        return signedIn(parts, { user: opened.user, opened, origin, status: 200 });
      },
    }),
    route({
      method: 'GET',
      path: '/app/api/session',
      summary: 'Who is signed in',
      group,
      responses: { 200: userWire },
      answer: ({ caller }) => {
        return { kind: 'json', status: 200, data: userToWire(users.get(caller, caller.userId ?? '')) };
      },
    }),
    route({
      method: 'DELETE',
      path: '/app/api/session',
      summary: 'Sign out',
      group,
      responses: { 200: done },
      answer: async ({ caller, origin }) => {
        await identity.signOut(caller);
        const headers = setCookie({ ...cookie, value: '', maxAgeS: 0, origin });
        return { kind: 'json', status: 200, data: { ok: true }, headers };
      },
    }),
  ];
}

function passwordRoutes({ identity }: SessionRouteParts): readonly Route<AppCaller>[] {
  return [
    route({
      method: 'POST',
      path: '/app/api/password',
      summary: "Change one's own password; ends all other sessions",
      group,
      body: z.object({ current: z.string().max(256), next: newPassword }),
      responses: { 200: done },
      answer: async ({ caller, body: { current, next }, remoteAddress }) => {
        await identity.changePassword(caller, current, next, remoteAddress);
        return { kind: 'json', status: 200, data: { ok: true } };
      },
    }),
    publicRoute({
      method: 'POST',
      path: '/app/api/password/forgot',
      summary: 'Ask for a reset; an administrator can read the link out',
      group,
      body: z.object({ email: emailText }),
      responses: { 200: done },
      answer: async ({ body, remoteAddress }) => {
        await identity.forgotPassword(body.email, remoteAddress);
        return { kind: 'json', status: 200, data: { ok: true } };
      },
    }),
    publicRoute({
      method: 'POST',
      path: '/app/api/password/reset',
      summary: 'Choose a new password with a reset token',
      group,
      body: z.object({ token, password: newPassword }),
      responses: { 200: done },
      answer: async ({ body }) => {
        await identity.resetPassword(body.token, body.password);
        return { kind: 'json', status: 200, data: { ok: true } };
      },
    }),
  ];
}

interface SignedIn {
  readonly user: User;
  readonly opened: Cookie;
  readonly origin: string;
  readonly status: 200 | 201;
}

function signedIn({ nowMs }: SessionRouteParts, { user, opened, origin, status }: SignedIn): Answer {
  const maxAgeS = Math.floor((opened.expiresAtMs - nowMs()) / 1_000);
  const headers = setCookie({ ...cookie, value: opened.token, maxAgeS, origin });
  return { kind: 'json', status, data: userToWire(user), headers };
}
