import { z } from 'zod';
import { LandlineError } from '../../../contract/errors.ts';
import type { IdentityService } from '../../../domain/sessions/identity-service.ts';
import type { UserService } from '../../../domain/users/user-service.ts';
import { emailText, newPassword, signInBody } from '../../identity-fields.ts';
import { publicRoute, type Route, route } from '../../route.ts';
import { bearerOf } from '../../select-dialect.ts';
import { roleToWire, type VoiceraCaller } from './auth.ts';
import { isoSeconds, timeWire } from './fields.ts';
import { nameText, roleWire } from './users.wire.ts';

const group = 'Authentication';
const audience = 'voicera-api';

export interface AuthRouteParts {
  readonly identity: IdentityService;
  readonly users: UserService;
}

const messageWire = z.object({ message: z.string() });
const registeredWire = z.object({
  id: z.uuid(),
  email: z.string(),
  first_name: z.string().nullable(),
  last_name: z.string().nullable(),
  created_at: timeWire,
});

export function authRoutes(parts: AuthRouteParts): readonly Route<VoiceraCaller>[] {
  return [...registrationRoutes(parts), ...sessionRoutes(parts), ...passwordRoutes(parts)];
}

function registrationRoutes({ identity, users }: AuthRouteParts): readonly Route<VoiceraCaller>[] {
  return [
    publicRoute({
      method: 'POST',
      path: '/auth/register',
      summary: 'Register; the new organization may not dial until an administrator grants it',
      group,
      body: z.object({ email: emailText, password: newPassword, first_name: nameText, last_name: nameText }),
      responses: { 201: registeredWire },
      answer: async ({ body: { email, password, first_name, last_name }, remoteAddress }) => {
        const names = { firstName: first_name ?? null, lastName: last_name ?? null };
        const user = await identity.register({ email, password, ...names, remoteAddress });
        const data = {
          id: user.id,
          email: user.email,
          first_name: user.firstName,
          last_name: user.lastName,
          created_at: isoSeconds(user.createdAtMs),
        };
        return { kind: 'json', status: 201, data };
      },
    }),
    route({
      method: 'GET',
      path: '/auth/me',
      summary: 'Who is signed in',
      group,
      responses: { 200: registeredWire.extend({ role: roleWire }) },
      answer: ({ caller }) => {
        const user = users.get(caller, caller.userId ?? '');
        const data = {
          id: user.id,
          email: user.email,
          first_name: user.firstName,
          last_name: user.lastName,
          role: roleToWire(user.role),
          created_at: isoSeconds(user.createdAtMs),
        };
        return { kind: 'json', status: 200, data };
      },
    }),
  ];
}

function sessionRoutes({ identity }: AuthRouteParts): readonly Route<VoiceraCaller>[] {
  return [
    publicRoute({
      method: 'POST',
      path: '/auth/login',
      summary: 'Sign in with e-mail and password',
      group,
      body: signInBody,
      responses: {
        200: z.object({
          token: z.string(),
          refresh_token: z.string(),
          expires_in: z.int(),
          user: z.object({ id: z.uuid(), email: z.string(), role: roleWire }),
        }),
      },
      answer: async ({ body, remoteAddress }) => {
        const { user, ...pair } = await identity.signIn({ ...body, remoteAddress }, audience);
        const data = {
          token: pair.accessToken,
          refresh_token: pair.refreshToken,
          expires_in: pair.expiresInS,
          user: { id: user.id, email: user.email, role: roleToWire(user.role) },
        };
        return { kind: 'json', status: 200, data };
      },
    }),
    publicRoute({
      method: 'POST',
      path: '/auth/refresh-token',
      summary: 'A new access token; the refresh token is sent as the bearer token',
      group,
      responses: { 200: z.object({ token: z.string(), expires_in: z.int() }) },
      answer: async ({ header }) => {
        const refreshToken = bearerOf(header('authorization'));
        if (refreshToken === undefined) {
          const reason = 'Send the refresh token as a bearer token.';
          throw new LandlineError('unauthorized', 'Token invalid', { reason });
        }
        const { accessToken, expiresInS } = await identity.refresh(refreshToken, audience);
        return { kind: 'json', status: 200, data: { token: accessToken, expires_in: expiresInS } };
      },
    }),
    route({
      method: 'POST',
      path: '/auth/logout',
      summary: 'Sign out: access and refresh token end at once',
      group,
      responses: { 200: messageWire },
      answer: async ({ caller }) => {
        await identity.signOut(caller);
        return { kind: 'json', status: 200, data: { message: 'Signed out' } };
      },
    }),
  ];
}

function passwordRoutes({ identity }: AuthRouteParts): readonly Route<VoiceraCaller>[] {
  return [
    publicRoute({
      method: 'POST',
      path: '/auth/forgot-password',
      summary: 'Ask for a password reset, which an administrator hands on',
      group,
      body: z.object({ email: emailText }),
      responses: { 200: messageWire },
      answer: async ({ body, remoteAddress }) => {
        await identity.forgotPassword(body.email, remoteAddress);
        const message = 'If there is an account with this e-mail address, a password reset has been prepared for it.';
        return { kind: 'json', status: 200, data: { message } };
      },
    }),
    publicRoute({
      method: 'POST',
      path: '/auth/reset-password',
      summary: 'Set a new password with a reset token',
      group,
      body: z.object({ token: z.string().min(1, 'must not be empty').max(500), new_password: newPassword }),
      responses: { 200: messageWire },
      answer: async ({ body }) => {
        await identity.resetPassword(body.token, body.new_password);
        return { kind: 'json', status: 200, data: { message: 'The password has been changed.' } };
      },
    }),
  ];
}
