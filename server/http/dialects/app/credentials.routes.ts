import { z } from 'zod';
import { LandlineError } from '../../../contract/errors.ts';
import { credentialKinds, keyLimits } from '../../../domain/credentials/credential.ts';
import type { CredentialService } from '../../../domain/credentials/credential-service.ts';
import { requireRole } from '../../../domain/credentials/principal.ts';
import type { UserService } from '../../../domain/users/user-service.ts';
import { type Route, route, uuidText } from '../../route.ts';
import { shortText } from '../../wire-fields.ts';
import type { AppCaller } from './auth.ts';
import { listAnswer, listWire, pagingQuery } from './paging.ts';
import { credentialToWire, credentialWire, done } from './people.wire.ts';

export interface CredentialRouteParts {
  readonly credentials: CredentialService;
  readonly users: UserService;
  readonly nowMs: () => number;
}

const group = 'API keys';
const kind = z.enum(credentialKinds, `must be one of ${credentialKinds.join(', ')}`);
const scope = z.object({
  path_prefix: z.string().startsWith('/', 'must begin with /').max(200),
  method: z.enum(['*', 'GET', 'POST', 'PUT', 'PATCH', 'DELETE']).default('*'),
});
const issuedWire = credentialWire.extend({ key: z.string() });

export function credentialRoutes(parts: CredentialRouteParts): readonly Route<AppCaller>[] {
  return [...issueRoutes(parts), ...changeRoutes(parts)];
}

function issueRoutes({ credentials, users, nowMs }: CredentialRouteParts): readonly Route<AppCaller>[] {
  const expiry = z.iso
    .datetime({ offset: true, error: 'must be an ISO 8601 time with a zone' })
    .transform((text) => Date.parse(text))
    .refine((atMs) => atMs > nowMs(), 'must lie in the future');
  const body = z.object({
    kind,
    name: shortText,
    user_id: uuidText.optional(),
    organization_id: uuidText.optional(),
    scopes: z.array(scope).max(50).default([]),
    expires_at: expiry.nullish(),
    key: z
      .string()
      .min(keyLimits.least, `must have at least ${keyLimits.least} characters`)
      .max(keyLimits.most, `must have at most ${keyLimits.most} characters`)
      .optional(),
  });
  return [
    route({
      method: 'GET',
      path: '/app/api/credentials',
      summary: 'List API keys of every kind',
      group,
      query: z.object({ ...pagingQuery, kind: kind.optional(), organization_id: uuidText.optional() }),
      responses: { 200: listWire(credentialWire) },
      answer: ({ caller, query }) => {
        const organizationId = organizationOf(caller, query.organization_id);
        return listAnswer(credentials.list({ organizationId, kind: query.kind }, query), query, credentialToWire);
      },
    }),
    route({
      method: 'POST',
      path: '/app/api/credentials',
      summary: 'Make an API key, or enter one that exists already: only its hash is kept',
      group,
      body,
      responses: { 201: issuedWire.partial({ key: true }) },
      answer: async ({ caller, body: given }) => {
        const organizationId = organizationOf(caller, given.organization_id);
        const userId = holderOf(users, caller, { organizationId, kind: given.kind, userId: given.user_id });
        const { credential, key } = await credentials.issue({
          organizationId,
          userId,
          kind: given.kind,
          name: given.name,
          scopes: given.scopes.map(({ path_prefix: pathPrefix, method }) => ({ pathPrefix, method })),
          expiresAtMs: given.expires_at ?? null,
          ...(given.key === undefined ? {} : { key: given.key }),
        });
        const shown = given.key === undefined ? { key } : {};
        return { kind: 'json', status: 201, data: { ...credentialToWire(credential), ...shown } };
      },
    }),
  ];
}

function changeRoutes({ credentials }: CredentialRouteParts): readonly Route<AppCaller>[] {
  const query = z.object({ organization_id: uuidText.optional() });
  return [
    route({
      method: 'PATCH',
      path: '/app/api/credentials/{id}',
      summary: 'Rename an API key',
      group,
      query,
      body: z.object({ name: shortText }),
      responses: { 200: credentialWire },
      answer: async ({ caller, params: { id }, query: { organization_id: asked }, body }) => {
        const renamed = await credentials.rename(organizationOf(caller, asked), id, body.name);
        return { kind: 'json', status: 200, data: credentialToWire(renamed) };
      },
    }),
    route({
      method: 'POST',
      path: '/app/api/credentials/{id}/regenerate',
      summary: 'Replace an API key by a new one; the answer alone holds it',
      group,
      query,
      responses: { 200: issuedWire },
      answer: async ({ caller, params: { id }, query: { organization_id: asked } }) => {
        const { credential, key } = await credentials.regenerate(organizationOf(caller, asked), id);
        return { kind: 'json', status: 200, data: { ...credentialToWire(credential), key } };
      },
    }),
    route({
      method: 'DELETE',
      path: '/app/api/credentials/{id}',
      summary: 'Revoke an API key',
      group,
      query,
      responses: { 200: done },
      answer: async ({ caller, params: { id }, query: { organization_id: asked } }) => {
        await credentials.revoke(organizationOf(caller, asked), id);
        return { kind: 'json', status: 200, data: { ok: true } };
      },
    }),
  ];
}

/** Administrators manage their own organization's keys, super administrators anybody's. Throws `forbidden`. */
function organizationOf(caller: AppCaller, asked: string | undefined): string {
  const organizationId = asked ?? caller.organizationId;
  requireRole(caller, organizationId === caller.organizationId ? 'org_admin' : 'super_admin');
  return organizationId;
}

/** Whom a key belongs to. Throws `invalid-request` for a `kupe` key without its person, `user-not-found`. */
function holderOf(
  users: UserService,
  caller: AppCaller,
  draft: { readonly organizationId: string; readonly kind: string; readonly userId: string | undefined },
): string | null {
  if (draft.kind === 'va') return null;
  const id = draft.userId ?? (draft.organizationId === caller.organizationId ? caller.userId : null);
  const user = id === null ? undefined : users.get(caller, id);
  if (user?.organizationId === draft.organizationId) return user.id;
  const message = 'must be a person of the organization that the key is for';
  throw new LandlineError('invalid-request', `user_id: ${message}`, {
    problems: [{ in: 'body', field: 'user_id', message }],
  });
}
