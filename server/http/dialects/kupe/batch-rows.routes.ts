import { z } from 'zod';
import { LandlineError } from '../../../contract/errors.ts';
import type { CampaignMember, MemberDraft } from '../../../domain/campaigns/campaign.ts';
import type { CampaignService } from '../../../domain/campaigns/campaign-service.ts';
import { looksLikePhoneHeader } from '../../../domain/contacts/contact.ts';
import type { Table } from '../../../domain/tables/table.ts';
import type { TableReader } from '../../../domain/tables/table-reader.ts';
import { type Answer, type Route, route } from '../../route.ts';
import { json } from './answers.ts';
import type { KupeCaller } from './auth.ts';
import { requireNotStarted } from './campaign-rules.ts';
import {
  type DialStatus,
  dialStatuses,
  memberStatusesOf,
  phoneText,
  recipientSchema,
  recipientToWire,
  recordBody,
  toDialled,
  toMemberDraft,
} from './campaigns.wire.ts';
import { jsonObject, uuid } from './fields.ts';
import { largestListBytes, theFile } from './uploaded-file.ts';

const group = 'Batch calling';
const base = '/api/v1/batch-call';

/** A campaign holds no more numbers than this. */
const everyMember = { limit: 100_000, offset: 0 };
const largestJsonBytes = 20 * 1024 * 1024;

const addedSchema = z.object({
  success: z.literal(true),
  message: z.string(),
  data: z.object({
    inserted_count: z.int(),
    failed_count: z.int(),
    failed_rows: z.array(z.object({ row: z.int(), to_phonenumber: z.string(), error: z.string() })),
  }),
});

export interface BatchRowParts {
  readonly campaigns: CampaignService;
  readonly tables: TableReader;
}

export function batchRowRoutes(parts: BatchRowParts): readonly Route<KupeCaller>[] {
  return [...uploadRoutes(parts), ...rowRoutes(parts.campaigns), upsertRoute(parts.campaigns)];
}

function uploadRoutes({ campaigns, tables }: BatchRowParts): readonly Route<KupeCaller>[] {
  return [
    route({
      method: 'POST',
      path: `${base}/upload-json/{batch_id}`,
      summary: 'Add numbers with their variables',
      group,
      maxBodyBytes: largestJsonBytes,
      body: z.object({ records: z.array(recordBody).min(1, 'must not be empty').max(100_000) }),
      responses: { 200: addedSchema },
      answer: ({ caller, params, body }) => add(campaigns, caller, params.batch_id, body.records.map(toMemberDraft)),
    }),
    route({
      method: 'POST',
      path: `${base}/upload/{batch_id}`,
      summary: 'Add numbers from a CSV (or XLSX) file with the column to_phonenumber',
      group,
      bodyKind: 'multipart',
      maxBodyBytes: largestListBytes,
      responses: { 200: addedSchema },
      answer: async ({ caller, params, files }) => {
        campaigns.get(caller.organizationId, params.batch_id);
        const table = await tables.read(theFile(files).path);
        return add(campaigns, caller, params.batch_id, membersOf(table));
      },
    }),
  ];
}

async function add(
  campaigns: CampaignService,
  { organizationId }: KupeCaller,
  batchId: string,
  drafts: readonly MemberDraft[],
): Promise<Answer> {
  const { inserted, rejected } = await campaigns.addMembers(organizationId, batchId, drafts);
  const failed_rows = rejected.map(({ index, message, toNumber }) => {
    return { row: index + 1, to_phonenumber: toNumber, error: message };
  });
  const data = { inserted_count: inserted.length, failed_count: rejected.length, failed_rows };
  const message = `${inserted.length} number(s) added, ${rejected.length} left out`;
  return json({ success: true, message, data });
}

/** The column `to_phonenumber`, else one that looks like it; all others are variables. Throws `table-invalid`. */
function membersOf({ headers, rows }: Table): readonly MemberDraft[] {
  const named = headers.findIndex((header) => header.toLowerCase() === 'to_phonenumber');
  const phoneAt = named === -1 ? headers.findIndex(looksLikePhoneHeader) : named;
  if (phoneAt === -1) {
    const sentence = `The file has no column "to_phonenumber", only ${headers.join(', ')}.`;
    throw new LandlineError('table-invalid', sentence.slice(0, 500), { headers });
  }
  return rows.map((row) => {
    const others = headers.map((header, at) => [header, row[at] ?? ''] as const).filter((_, at) => at !== phoneAt);
    const variables = Object.fromEntries(others.filter(([header]) => header !== '__proto__'));
    return { toNumber: toDialled(row[phoneAt] ?? ''), variables };
  });
}

function rowRoutes(campaigns: CampaignService): readonly Route<KupeCaller>[] {
  return [
    route({
      method: 'GET',
      path: `${base}/{batch_id}/data`,
      summary: 'List the rows of a batch',
      group,
      query: z.object({ status: z.enum(dialStatuses, `must be one of ${dialStatuses.join(', ')}`).optional() }),
      responses: { 200: z.object({ success: z.literal(true), data: z.array(recipientSchema) }) },
      answer: ({ caller, params, query }) => {
        const wanted = rowsWith(campaigns, caller.organizationId, params.batch_id, query.status);
        return json({ success: true, data: wanted.map(recipientToWire) });
      },
    }),
    route({
      method: 'DELETE',
      path: `${base}/{batch_id}/data/{item_id}`,
      summary: 'Delete a row before the start',
      group,
      responses: { 200: z.object({ success: z.literal(true), message: z.string() }) },
      answer: async ({ caller, params: { batch_id, item_id } }) => {
        await campaigns.removeMember(caller.organizationId, batch_id, item_id);
        return json({ success: true, message: 'Row deleted' });
      },
    }),
  ];
}

/** In the order of dialling. */
function rowsWith(
  campaigns: CampaignService,
  organizationId: string,
  batchId: string,
  status: DialStatus | undefined,
): readonly CampaignMember[] {
  if (status === undefined) return campaigns.members(organizationId, batchId, everyMember).items;
  const found = memberStatusesOf(status).flatMap(
    (each) => campaigns.members(organizationId, batchId, everyMember, each).items,
  );
  return found.sort((one, other) => one.position - other.position);
}

const upsertItem = z.object({
  id: uuid.nullish(),
  to_phonenumber: phoneText,
  variable_values: jsonObject.nullish(),
});

function upsertRoute(campaigns: CampaignService): Route<KupeCaller> {
  return route({
    method: 'POST',
    path: `${base}/{batch_id}/data/upsert`,
    summary: 'Add rows, or change those whose id is given, before the start',
    group,
    maxBodyBytes: largestJsonBytes,
    body: z.object({ items: z.array(upsertItem).min(1, 'must not be empty').max(100_000) }),
    responses: {
      200: z.object({ success: z.literal(true), message: z.string(), data: z.array(recipientSchema) }),
    },
    answer: async ({ caller, params, body }) => {
      const items = body.items.map(({ id, to_phonenumber, variable_values }) => ({
        ...(id ? { id } : {}),
        toNumber: toDialled(to_phonenumber),
        variables: variable_values ?? {},
      }));
      requireNotStarted(campaigns.get(caller.organizationId, params.batch_id));
      const rows = await campaigns.upsertMembers(caller.organizationId, params.batch_id, items);
      return json({ success: true, message: `${rows.length} row(s) saved`, data: rows.map(recipientToWire) });
    },
  });
}
