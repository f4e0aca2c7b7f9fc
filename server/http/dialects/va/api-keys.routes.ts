import { z } from 'zod';
import type { CredentialService } from '../../../domain/credentials/credential-service.ts';
import { type Route, route } from '../../route.ts';
import { requireSession, type VaCaller } from './auth.ts';
import { shortText } from './fields.ts';
import { issuedKeyWire, keyToWire, keyWire } from './management.wire.ts';
import { deletedWire, listAnswer, pagingQuery } from './paging.ts';

const group = 'API keys';
const kind = 'va';

/** The keys of the caller's organization that speak this dialect. */
export function apiKeyRoutes(credentials: CredentialService, nowMs: () => number): readonly Route<VaCaller>[] {
  const expiry = z.iso
    .datetime({ offset: true, error: 'must be an ISO 8601 time with a zone, e.g. 2027-01-31T00:00:00Z' })
    .transform((text) => Date.parse(text))
    .refine((atMs) => atMs > nowMs(), 'must lie in the future');
  return [
    route({
      method: 'GET',
      path: '/api/v1/api-keys',
      summary: 'List API keys',
      group,
      query: z.object(pagingQuery),
      responses: { 200: z.array(keyWire) },
      answer: ({ caller, query }) => {
        const { organizationId } = requireSession(caller);
        return listAnswer(credentials.list({ organizationId, kind }, query), query, keyToWire);
      },
    }),
    route({
      method: 'POST',
      path: '/api/v1/api-keys',
      summary: 'Create an API key; the answer alone holds it',
      group,
      body: z.object({ name: shortText, expires_at: expiry.nullish() }),
      responses: { 201: issuedKeyWire },
      answer: async ({ caller, body }) => {
        const { organizationId } = requireSession(caller);
        const draft = { organizationId, kind, name: body.name, expiresAtMs: body.expires_at ?? null } as const;
        const { credential, key } = await credentials.issue(draft);
        return { kind: 'json', status: 201, data: { ...keyToWire(credential), key } };
      },
    }),
    route({
      method: 'DELETE',
      path: '/api/v1/api-keys/{id}',
      summary: 'Revoke an API key',
      group,
      responses: { 200: deletedWire },
      answer: async ({ caller, params: { id } }) => {
        const { organizationId } = requireSession(caller);
        await credentials.revoke(organizationId, requireOwnKind(credentials, organizationId, id));
        return { kind: 'json', status: 200, data: { id, deleted: true } };
      },
    }),
    route({
      method: 'POST',
      path: '/api/v1/api-keys/{id}/regenerate',
      summary: 'Replace the key by a new one; the answer alone holds it',
      group,
      responses: { 200: issuedKeyWire },
      answer: async ({ caller, params: { id } }) => {
        const { organizationId } = requireSession(caller);
        const issued = await credentials.regenerate(organizationId, requireOwnKind(credentials, organizationId, id));
        return { kind: 'json', status: 200, data: { ...keyToWire(issued.credential), key: issued.key } };
      },
    }),
  ];
}

/** Keys of other dialects are none of this one's. Throws `credential-not-found`. */
function requireOwnKind(credentials: CredentialService, organizationId: string, id: string): string {
  return credentials.get(organizationId, id, kind).id;
}
