import { z } from 'zod';
import { hasRole } from '../../../domain/credentials/principal.ts';
import type { User } from '../../../domain/users/user.ts';
import type { UserService } from '../../../domain/users/user-service.ts';
import { type Route, route } from '../../route.ts';
import { wholeList } from './answers.ts';
import type { KupeCaller } from './auth.ts';
import { extraFields } from './fields.ts';
import { userIdOf } from './gates.ts';

const group = 'Current user';

const meAnswer = z.object({
  user_id: z.guid(),
  auth: z.enum(['bearer', 'api_key']),
  email: z.string().nullable(),
  phone: z.string().nullable(),
  profile_image_url: z.string().nullable(),
  full_name: z.string().nullable(),
  user_metadata: z.looseObject({}).nullable(),
});
const userItem = z.object({
  user_id: z.guid(),
  email: z.string(),
  full_name: z.string().nullable(),
  phone: z.string().nullable(),
  profile_image_url: z.string().nullable(),
  role: z.string(),
});

export function meRoutes({ users }: { readonly users: UserService }): readonly Route<KupeCaller>[] {
  return [
    route({
      method: 'GET',
      path: '/api/v1/me',
      summary: 'Who is calling',
      group,
      responses: { 200: meAnswer },
      answer: ({ caller }) => {
        const user = users.get(caller, userIdOf(caller));
        const auth = caller.via === 'api-key' ? 'api_key' : 'bearer';
        return { kind: 'json', status: 200, data: { ...profileOf(user), auth, user_metadata: metadataOf(user) } };
      },
    }),
    route({
      method: 'GET',
      path: '/api/v1/me/users',
      summary: 'Users that the caller may see: those of the organization, for its administrators',
      group,
      responses: { 200: z.object({ users: z.array(userItem), total: z.int(), message: z.string() }) },
      answer: ({ caller }) => {
        if (!hasRole(caller.role, 'org_admin')) {
          const message = 'Only administrators see other users';
          return { kind: 'json', status: 200, data: { users: [], total: 0, message } };
        }
        const found = users.list(caller, {}, wholeList);
        const listed = found.items.map((user) => ({ ...profileOf(user), role: user.role }));
        return { kind: 'json', status: 200, data: { users: listed, total: found.total, message: 'OK' } };
      },
    }),
  ];
}

function profileOf({ email, extras, fullName, id, phone }: User) {
  const image = extraFields(extras)['profile_image_url'];
  return {
    user_id: id,
    email,
    phone,
    profile_image_url: typeof image === 'string' ? image : null,
    full_name: fullName,
  };
}

/** What a client told us of the person at sign-up, and the names. */
function metadataOf({ extras, firstName, fullName, lastName }: User): object {
  const told = extraFields(extras)['user_metadata'];
  return { ...(told as object | undefined), full_name: fullName, first_name: firstName, last_name: lastName };
}
