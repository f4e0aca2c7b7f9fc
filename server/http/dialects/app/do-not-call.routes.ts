import { z } from 'zod';
import { requireRole } from '../../../domain/credentials/principal.ts';
import type { DoNotCallEntry } from '../../../domain/do-not-call/do-not-call.ts';
import type { DoNotCallService } from '../../../domain/do-not-call/do-not-call-service.ts';
import type { PageRequest } from '../../../domain/paging.ts';
import { type Route, route } from '../../route.ts';
import { isoTime } from '../../wire-fields.ts';
import type { AppCaller } from './auth.ts';
import { listAnswer, listWire, pagingQuery } from './paging.ts';

const group = 'Do not call';
const path = '/app/api/do-not-call';
const number = z.string().trim().min(1, 'must not be empty').max(300);
const entryWire = z.object({ number: z.string(), reason: z.string().nullable(), created_at: z.iso.datetime() });

/** The list of numbers that the caller's organization never dials. */
export function doNotCallRoutes(doNotCall: DoNotCallService): readonly Route<AppCaller>[] {
  const listed = ({ organizationId }: AppCaller, page: PageRequest) =>
    listAnswer(doNotCall.list(organizationId, page), page, entryToWire);
  return [
    route({
      method: 'GET',
      path,
      summary: 'Numbers that are never dialled, newest first',
      group,
      query: z.object(pagingQuery),
      responses: { 200: listWire(entryWire) },
      answer: ({ caller, query }) => listed(caller, query),
    }),
    route({
      method: 'POST',
      path,
      summary: 'Never dial these numbers again',
      group,
      body: z.object({ numbers: z.array(number).min(1).max(10_000), reason: z.string().max(1_000).nullish() }),
      responses: { 200: listWire(entryWire) },
      answer: async ({ caller, body }) => {
        await doNotCall.add(caller.organizationId, body.numbers, body.reason ?? null);
        return listed(caller, { limit: 50, offset: 0 });
      },
    }),
    route({
      method: 'DELETE',
      path,
      summary: 'Let a number be dialled again; administrators only',
      group,
      query: z.object({ number }),
      responses: { 200: z.object({ number: z.string(), removed: z.literal(true) }) },
      answer: async ({ caller, query }) => {
        requireRole(caller, 'org_admin');
        await doNotCall.remove(caller.organizationId, query.number);
        return { kind: 'json', status: 200, data: { number: query.number, removed: true } };
      },
    }),
  ];
}

function entryToWire({ number, reason, createdAtMs }: DoNotCallEntry): z.infer<typeof entryWire> {
  return { number, reason, created_at: isoTime(createdAtMs) };
}
