import { z } from 'zod';
import type { JsonObject } from '../../../domain/json-column.ts';
import type { User, UserChange } from '../../../domain/users/user.ts';
import { emailText } from '../../identity-fields.ts';
import { present } from '../../wire-fields.ts';
import { roleToWire } from './auth.ts';
import { isoSeconds, timeWire } from './fields.ts';

export const nameText = z.string().trim().max(100, 'must be at most 100 characters').nullish();

const wireRoles = ['admin', 'user'] as const;
export const roleWire = z.enum(wireRoles);

export const userPatch = z.object({
  first_name: nameText,
  last_name: nameText,
  email: emailText.optional(),
  role: z.enum(wireRoles, 'must be admin or user').optional(),
  is_active: z.boolean().optional(),
});

/** A role that already reads as the one that is asked for stays what it is. */
export function toUserChange(body: z.infer<typeof userPatch>, before: User): UserChange {
  const role = body.role === undefined || body.role === roleToWire(before.role) ? undefined : body.role;
  return present({
    firstName: body.first_name,
    lastName: body.last_name,
    email: body.email,
    role: role === undefined ? undefined : role === 'admin' ? ('org_admin' as const) : ('user' as const),
    isActive: body.is_active === before.isActive ? undefined : body.is_active,
  });
}

export function userToWire(user: User): JsonObject {
  return {
    id: user.id,
    email: user.email,
    first_name: user.firstName,
    last_name: user.lastName,
    role: roleToWire(user.role),
    is_active: user.isActive,
    created_at: isoSeconds(user.createdAtMs),
    updated_at: isoSeconds(user.updatedAtMs),
  };
}

export const userWire = z.object({
  id: z.uuid(),
  email: z.string(),
  first_name: z.string().nullable(),
  last_name: z.string().nullable(),
  role: roleWire,
  is_active: z.boolean(),
  created_at: timeWire,
  updated_at: timeWire,
});
