import { z } from 'zod';
import type { IdentityService } from '../../../domain/sessions/identity-service.ts';
import type { OpenReset } from '../../../domain/sessions/password-resets.ts';
import type { UserService } from '../../../domain/users/user-service.ts';
import { emailText, newPassword } from '../../identity-fields.ts';
import { type Answer, type Route, route, uuidText } from '../../route.ts';
import { isoTime, present, shortText } from '../../wire-fields.ts';
import type { AppCaller } from './auth.ts';
import { listAnswer, listWire, pagingQuery } from './paging.ts';
import { done, role, userToWire, userWire } from './people.wire.ts';

export interface UserRouteParts {
  readonly users: UserService;
  readonly identity: IdentityService;
}

const group = 'Users';
const fields = {
  first_name: shortText.nullish(),
  last_name: shortText.nullish(),
  phone: shortText.nullish(),
};

export function userRoutes(parts: UserRouteParts): readonly Route<AppCaller>[] {
  return [...listRoutes(parts), ...oneUserRoutes(parts), ...resetRoutes(parts)];
}

function listRoutes({ users }: UserRouteParts): readonly Route<AppCaller>[] {
  return [
    route({
      method: 'GET',
      path: '/app/api/users',
      summary: 'List people; everybody for a super administrator',
      group,
      query: z.object({ ...pagingQuery, search: z.string().max(200).optional(), organization_id: uuidText.optional() }),
      responses: { 200: listWire(userWire) },
      answer: ({ caller, query }) => {
        const filter = { search: query.search, organizationId: query.organization_id };
        return listAnswer(users.list(caller, filter, query), query, userToWire);
      },
    }),
    route({
      method: 'POST',
      path: '/app/api/users',
      summary: 'Make an account, for example for somebody who moves in with a new password',
      group,
      body: z.object({
        ...fields,
        email: emailText,
        password: newPassword,
        role: role.default('user'),
        organization_id: uuidText.optional(),
      }),
      responses: { 201: userWire },
      answer: async ({ caller, body }) => {
        const { email, password, role: given } = body;
        const organizationId = body.organization_id ?? caller.organizationId;
        const draft = { organizationId, email, password, role: given, ...toNames(body) };
        return { kind: 'json', status: 201, data: userToWire(await users.add(caller, draft)) };
      },
    }),
  ];
}

function oneUserRoutes({ users }: UserRouteParts): readonly Route<AppCaller>[] {
  return [
    route({
      method: 'GET',
      path: '/app/api/users/{id}',
      summary: 'Read a person',
      group,
      responses: { 200: userWire },
      answer: ({ caller, params: { id } }) => ({ kind: 'json', status: 200, data: userToWire(users.get(caller, id)) }),
    }),
    route({
      method: 'PATCH',
      path: '/app/api/users/{id}',
      summary: 'Change a person; role and activity by administrators only',
      group,
      body: z.object({ ...fields, email: emailText, role, is_active: z.boolean() }).partial(),
      responses: { 200: userWire },
      answer: async ({ caller, params: { id }, body }) => {
        const change = present({ email: body.email, role: body.role, isActive: body.is_active });
        const user = await users.update(caller, id, { ...change, ...toNames(body) });
        return { kind: 'json', status: 200, data: userToWire(user) };
      },
    }),
    route({
      method: 'DELETE',
      path: '/app/api/users/{id}',
      summary: 'Delete a person; keys and sessions end at once',
      group,
      responses: { 200: done },
      answer: async ({ caller, params: { id } }) => {
        await users.delete(caller, id);
        return { kind: 'json', status: 200, data: { ok: true } };
      },
    }),
  ];
}

const resetWire = z.object({ token: z.string(), reset_url: z.url(), expires_at: z.iso.datetime() });

function resetRoutes({ identity }: UserRouteParts): readonly Route<AppCaller>[] {
  return [
    route({
      method: 'GET',
      path: '/app/api/users/{id}/password-reset',
      summary: 'The reset that somebody asked for, to be read out to them',
      group,
      responses: { 200: z.object({ reset: resetWire.nullable() }) },
      answer: ({ caller, params: { id }, origin }) => {
        const reset = identity.findReset(caller, id);
        return { kind: 'json', status: 200, data: { reset: reset ? resetToWire(reset, origin) : null } };
      },
    }),
    route({
      method: 'POST',
      path: '/app/api/users/{id}/password-reset',
      summary: 'A fresh reset for somebody; good for an hour',
      group,
      responses: { 201: z.object({ reset: resetWire }) },
      answer: async ({ caller, params: { id }, origin }): Promise<Answer> => {
        const reset = await identity.createReset(caller, id);
        return { kind: 'json', status: 201, data: { reset: resetToWire(reset, origin) } };
      },
    }),
  ];
}

function resetToWire({ token, expiresAtMs }: OpenReset, origin: string): z.infer<typeof resetWire> {
  return {
    token,
    reset_url: `${origin}/app/#/reset-password/${token}`,
    expires_at: isoTime(expiresAtMs),
  };
}

function toNames(body: {
  readonly first_name?: string | null | undefined;
  readonly last_name?: string | null | undefined;
  readonly phone?: string | null | undefined;
}) {
  return present({ firstName: body.first_name, lastName: body.last_name, phone: body.phone });
}
