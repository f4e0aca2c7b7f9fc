import { z } from 'zod';
import type { Credential } from '../../../domain/credentials/credential.ts';
import { isoTime, isoTimeOrNull, uuid } from './fields.ts';

const defaultProvider = 'milli_chat_ai';
const name = z.string().trim().max(200, 'must be at most 200 characters');

export const keyBody = z.object({
  user_id: uuid.nullish(),
  provider_name: z
    .string()
    .trim()
    .min(1)
    .max(200)
    .nullish()
    .transform((text) => text ?? defaultProvider),
  name: name.nullish(),
  /** The older contract: the client brings its own secret. */
  api_key: z.string().nullish(),
});

/** An empty name takes it away. */
export const keyPatch = z.object({ name });

export const existsBody = z.object({ user_id: uuid, provider_name: z.string().trim().min(1).max(200) });

export const keySchema = z.object({
  id: z.string(),
  user_id: z.string().nullable(),
  name: z.string().nullable(),
  provider_name: z.string(),
  key_prefix: z.string(),
  is_active: z.boolean(),
  last_used_at: z.string().nullable(),
  expires_at: z.string().nullable(),
  created_at: z.string(),
});

export const issuedSchema = z.object({
  message: z.string(),
  api_key: keySchema.extend({ api_key: z.string() }),
});

/** A key that names nobody is for the platform itself. */
export function providerOf({ providerName }: Credential): string {
  return providerName ?? defaultProvider;
}

export function keyToWire(credential: Credential): z.infer<typeof keySchema> {
  return {
    id: credential.id,
    user_id: credential.userId,
    name: credential.name === '' ? null : credential.name,
    provider_name: providerOf(credential),
    key_prefix: credential.prefix,
    is_active: credential.revokedAtMs === null,
    last_used_at: isoTimeOrNull(credential.lastUsedAtMs),
    expires_at: isoTimeOrNull(credential.expiresAtMs),
    created_at: isoTime(credential.createdAtMs),
  };
}
