import { z } from 'zod';
import { type Credential, credentialKinds } from '../../../domain/credentials/credential.ts';
import { roles } from '../../../domain/credentials/principal.ts';
import { type Organization, organizationTypes } from '../../../domain/organizations/organization.ts';
import type { Invitation } from '../../../domain/users/invitation-repository.ts';
import type { User } from '../../../domain/users/user.ts';
import { isoTime, isoTimeOrNull } from '../../wire-fields.ts';

const time = z.iso.datetime();
export const role = z.enum(roles, `must be one of ${roles.join(', ')}`);

export const userWire = z.object({
  id: z.uuid(),
  organization_id: z.uuid(),
  email: z.string(),
  first_name: z.string().nullable(),
  last_name: z.string().nullable(),
  phone: z.string().nullable(),
  role,
  is_active: z.boolean(),
  last_sign_in_at: time.nullable(),
  created_at: time,
  updated_at: time,
});

export const organizationWire = z.object({
  id: z.uuid(),
  short_id: z.string(),
  name: z.string(),
  org_type: z.enum(organizationTypes),
  settings: z.record(z.string(), z.unknown()),
  dialling_allowed: z.boolean(),
  registered: z.boolean(),
  created_at: time,
  updated_at: time,
});

const scopeWire = z.object({ path_prefix: z.string(), method: z.string() });

export const credentialWire = z.object({
  id: z.uuid(),
  organization_id: z.uuid(),
  user_id: z.uuid().nullable(),
  kind: z.enum(credentialKinds),
  name: z.string(),
  key_prefix: z.string(),
  scopes: z.array(scopeWire),
  last_used_at: time.nullable(),
  expires_at: time.nullable(),
  created_at: time,
});

export const invitationWire = z.object({
  id: z.uuid(),
  email: z.string(),
  role,
  expires_at: time,
  created_at: time,
});

export const done = z.object({ ok: z.literal(true) });

export function userToWire(user: User): z.infer<typeof userWire> {
  return {
    id: user.id,
    organization_id: user.organizationId,
    email: user.email,
    first_name: user.firstName,
    last_name: user.lastName,
    phone: user.phone,
    role: user.role,
    is_active: user.isActive,
    last_sign_in_at: isoTimeOrNull(user.lastSignInAtMs),
    created_at: isoTime(user.createdAtMs),
    updated_at: isoTime(user.updatedAtMs),
  };
}

export function organizationToWire(
  organization: Organization,
  isDiallingAllowed: boolean,
): z.infer<typeof organizationWire> {
  return {
    id: organization.id,
    short_id: organization.shortId,
    name: organization.name,
    org_type: organization.orgType,
    settings: organization.settings,
    dialling_allowed: isDiallingAllowed,
    registered: organization.isRegistered,
    created_at: isoTime(organization.createdAtMs),
    updated_at: isoTime(organization.updatedAtMs),
  };
}

export function credentialToWire(credential: Credential): z.infer<typeof credentialWire> {
  return {
    id: credential.id,
    organization_id: credential.organizationId,
    user_id: credential.userId,
    kind: credential.kind,
    name: credential.name,
    key_prefix: credential.prefix,
    scopes: credential.scopes.map(({ pathPrefix, method }) => ({ path_prefix: pathPrefix, method })),
    last_used_at: isoTimeOrNull(credential.lastUsedAtMs),
    expires_at: isoTimeOrNull(credential.expiresAtMs),
    created_at: isoTime(credential.createdAtMs),
  };
}

export function invitationToWire(invitation: Invitation): z.infer<typeof invitationWire> {
  return {
    id: invitation.id,
    email: invitation.email,
    role: invitation.role,
    expires_at: isoTime(invitation.expiresAtMs),
    created_at: isoTime(invitation.createdAtMs),
  };
}
