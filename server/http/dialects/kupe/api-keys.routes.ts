import { z } from 'zod';
import { LandlineError } from '../../../contract/errors.ts';
import type { Credential } from '../../../domain/credentials/credential.ts';
import type { CredentialService } from '../../../domain/credentials/credential-service.ts';
import { hasRole } from '../../../domain/credentials/principal.ts';
import type { User } from '../../../domain/users/user.ts';
import type { UserService } from '../../../domain/users/user-service.ts';
import { type Route, route } from '../../route.ts';
import { json, messageSchema, wholeList } from './answers.ts';
import { existsBody, issuedSchema, keyBody, keyPatch, keySchema, keyToWire, providerOf } from './api-keys.wire.ts';
import type { KupeCaller } from './auth.ts';
import { uuid } from './fields.ts';
import { requireRole, userIdOf } from './gates.ts';

const group = 'API keys';
const base = '/api/v1/api-keys';

export interface ApiKeyRouteParts {
  readonly credentials: CredentialService;
  readonly users: UserService;
}

export function apiKeyRoutes(parts: ApiKeyRouteParts): readonly Route<KupeCaller>[] {
  return [...listRoutes(parts), createRoute(parts), ...keyRoutes(parts)];
}

function listRoutes(parts: ApiKeyRouteParts): readonly Route<KupeCaller>[] {
  const responses = { 200: z.array(keySchema) };
  return [
    route({
      method: 'GET',
      path: `${base}/fetch`,
      summary: 'List the active keys of a user',
      group,
      query: z.object({ user_id: uuid.optional() }),
      responses,
      answer: ({ caller, query }) => json(keysOf(parts, caller, query.user_id).map(keyToWire)),
    }),
    route({
      method: 'GET',
      path: `${base}/fetch/{user_id}`,
      summary: 'List the active keys of a user',
      group,
      responses,
      answer: ({ caller, params }) => json(keysOf(parts, caller, params.user_id).map(keyToWire)),
    }),
    route({
      method: 'POST',
      path: `${base}/exists`,
      summary: 'Whether a user has an active key for a provider',
      group,
      body: existsBody,
      responses: { 200: z.boolean() },
      answer: ({ caller, body }) =>
        json(keysOf(parts, caller, body.user_id).some((key) => providerOf(key) === body.provider_name)),
    }),
  ];
}

function createRoute(parts: ApiKeyRouteParts): Route<KupeCaller> {
  return route({
    method: 'POST',
    path: base,
    summary: 'Make a key, which is shown this once; or enter one that exists',
    group,
    body: keyBody,
    responses: { 200: issuedSchema },
    answer: async ({ caller, body }) => {
      const user = ownerOf(parts, caller, body.user_id ?? undefined);
      const issued = await parts.credentials.issue({
        kind: 'kupe',
        organizationId: user.organizationId,
        userId: user.id,
        name: body.name ?? '',
        providerName: body.provider_name,
        // A narrowed key can't make itself a wider one.
        scopes: caller.scopes,
        ...(typeof body.api_key === 'string' ? { key: body.api_key } : {}),
      });
      const api_key = { ...keyToWire(issued.credential), api_key: issued.key };
      return json({ message: 'API key created; it is shown only this once', api_key });
    },
  });
}

function keyRoutes(parts: ApiKeyRouteParts): readonly Route<KupeCaller>[] {
  const { credentials } = parts;
  return [
    route({
      method: 'PATCH',
      path: `${base}/{key_id}`,
      summary: 'Rename a key',
      group,
      body: keyPatch,
      responses: { 200: z.object({ message: z.string(), api_key: keySchema }) },
      answer: async ({ caller, params, body }) => {
        const { id, organizationId } = keyOf(parts, caller, params.key_id);
        const renamed = await credentials.rename(organizationId, id, body.name);
        return json({ message: 'API key updated', api_key: keyToWire(renamed) });
      },
    }),
    route({
      method: 'DELETE',
      path: `${base}/{key_id}`,
      summary: 'Revoke a key',
      group,
      responses: { 200: messageSchema },
      answer: async ({ caller, params }) => {
        const { id, organizationId } = keyOf(parts, caller, params.key_id);
        await credentials.revoke(organizationId, id);
        return json({ message: 'API key revoked' });
      },
    }),
  ];
}

/** The person whose keys are meant: oneself, or for an admin somebody who may do no more than they. */
function ownerOf({ users }: ApiKeyRouteParts, caller: KupeCaller, userId: string | undefined): User {
  const user = users.get(caller, userId ?? userIdOf(caller));
  if (user.id === caller.userId) return user;
  requireRole(caller, 'org_admin');
  requireRole(caller, user.role);
  return user;
}

function keysOf(parts: ApiKeyRouteParts, caller: KupeCaller, userId: string | undefined): readonly Credential[] {
  const { id, organizationId } = ownerOf(parts, caller, userId);
  return parts.credentials.list({ organizationId, kind: 'kupe', userId: id }, wholeList).items;
}

/** Throws `credential-not-found` for a key of anybody whose keys the caller may not handle. */
function keyOf({ credentials, users }: ApiKeyRouteParts, caller: KupeCaller, id: string): Credential {
  const key = credentials.get(caller.organizationId, id);
  const holder = key.userId === null ? undefined : users.find(key.userId);
  const isOwn = key.userId !== null && key.userId === caller.userId;
  const isManaged = hasRole(caller.role, 'org_admin') && holder !== undefined && hasRole(caller.role, holder.role);
  if (key.kind === 'kupe' && (isOwn || isManaged)) return key;
  throw new LandlineError('credential-not-found', 'There is no such key, or it has been revoked already.', { id });
}
