import { z } from 'zod';
import type { Credential } from '../../../domain/credentials/credential.ts';
import type { Organization } from '../../../domain/organizations/organization.ts';
import type { Invitation } from '../../../domain/users/invitation-repository.ts';
import type { User } from '../../../domain/users/user.ts';
import { isoTime, isoTimeOrNull } from './fields.ts';

const time = z.iso.datetime();

export const userWire = z.object({
  id: z.uuid(),
  organization_id: z.uuid(),
  email: z.string(),
  full_name: z.string().nullable(),
  role: z.string(),
  is_active: z.boolean(),
  created_at: time,
  updated_at: time,
});

export const organizationWire = z.object({
  id: z.uuid(),
  name: z.string(),
  settings: z.record(z.string(), z.unknown()),
  created_at: time,
  updated_at: time,
});

export const keyWire = z.object({
  id: z.uuid(),
  name: z.string(),
  key_prefix: z.string(),
  last_used_at: time.nullable(),
  expires_at: time.nullable(),
  created_at: time,
});

export const issuedKeyWire = keyWire.extend({ key: z.string() });

export const invitationWire = z.object({
  id: z.uuid(),
  email: z.string(),
  role: z.string(),
  invitation_url: z.url(),
  expires_at: time,
  created_at: time,
});

export function userToWire(user: User): z.infer<typeof userWire> {
  return {
    id: user.id,
    organization_id: user.organizationId,
    email: user.email,
    full_name: user.fullName,
    role: user.role,
    is_active: user.isActive,
    created_at: isoTime(user.createdAtMs),
    updated_at: isoTime(user.updatedAtMs),
  };
}

export function organizationToWire(organization: Organization): z.infer<typeof organizationWire> {
  return {
    id: organization.id,
    name: organization.name,
    settings: organization.settings,
    created_at: isoTime(organization.createdAtMs),
    updated_at: isoTime(organization.updatedAtMs),
  };
}

export function keyToWire(credential: Credential): z.infer<typeof keyWire> {
  return {
    id: credential.id,
    name: credential.name,
    key_prefix: credential.prefix,
    last_used_at: isoTimeOrNull(credential.lastUsedAtMs),
    expires_at: isoTimeOrNull(credential.expiresAtMs),
    created_at: isoTime(credential.createdAtMs),
  };
}

export function invitationToWire(invitation: Invitation, url: string): z.infer<typeof invitationWire> {
  return {
    id: invitation.id,
    email: invitation.email,
    role: invitation.role,
    invitation_url: url,
    expires_at: isoTime(invitation.expiresAtMs),
    created_at: isoTime(invitation.createdAtMs),
  };
}
