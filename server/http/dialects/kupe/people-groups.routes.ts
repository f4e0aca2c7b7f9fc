import { z } from 'zod';
import type { ContactService } from '../../../domain/contacts/contact-service.ts';
import { type Route, route } from '../../route.ts';
import { json } from './answers.ts';
import type { KupeCaller } from './auth.ts';
import { limitQuery } from './paging.ts';
import {
  columnBody,
  columnPatch,
  columnSchema,
  columnToWire,
  groupBody,
  groupPatch,
  groupSchema,
  groupToWire,
  previewSchema,
  previewToWire,
  rowBody,
  rowSchema,
  rowToWire,
  toColumnChange,
  toColumnDraft,
  toGroupChange,
  toGroupDraft,
  uploadSchema,
  uploadToWire,
} from './people-groups.wire.ts';
import { largestListBytes, theFile } from './uploaded-file.ts';

const group = 'People groups';
const base = '/api/v1/people-groups';
const defaultRows = 1_000;
const ok = { ok: 'true' };
const okSchema = z.object({ ok: z.literal('true') });

export function peopleGroupRoutes({ contacts }: { readonly contacts: ContactService }): readonly Route<KupeCaller>[] {
  return [...groupRoutes(contacts), ...columnRoutes(contacts), ...rowRoutes(contacts), ...uploadRoutes(contacts)];
}

function groupRoutes(contacts: ContactService): readonly Route<KupeCaller>[] {
  return [
    route({
      method: 'GET',
      path: base,
      summary: 'List people groups',
      group,
      responses: { 200: z.object({ groups: z.array(groupSchema) }) },
      answer: ({ caller }) => json({ groups: contacts.list(caller.organizationId).map(groupToWire) }),
    }),
    route({
      method: 'POST',
      path: base,
      summary: 'Create a people group',
      group,
      body: groupBody,
      responses: { 200: z.object({ group: groupSchema }) },
      answer: async ({ caller, body }) =>
        json({ group: groupToWire(await contacts.create(caller, toGroupDraft(body))) }),
    }),
    route({
      method: 'PATCH',
      path: `${base}/{group_id}`,
      summary: 'Change a people group',
      group,
      body: groupPatch,
      responses: { 200: z.object({ group: groupSchema }) },
      answer: async ({ caller, params, body }) =>
        json({
          group: groupToWire(await contacts.update(caller.organizationId, params.group_id, toGroupChange(body))),
        }),
    }),
    route({
      method: 'DELETE',
      path: `${base}/{group_id}`,
      summary: 'Delete a people group with its rows',
      group,
      responses: { 200: okSchema },
      answer: async ({ caller, params }) => {
        await contacts.delete(caller.organizationId, params.group_id);
        return json(ok);
      },
    }),
  ];
}

function columnRoutes(contacts: ContactService): readonly Route<KupeCaller>[] {
  const path = `${base}/{group_id}/columns` as const;
  return [
    route({
      method: 'GET',
      path,
      summary: 'List the columns of a people group',
      group,
      responses: { 200: z.object({ columns: z.array(columnSchema) }) },
      answer: ({ caller, params }) =>
        json({ columns: contacts.columns(caller.organizationId, params.group_id).map(columnToWire) }),
    }),
    route({
      method: 'POST',
      path,
      summary: 'Add a column',
      group,
      body: columnBody,
      responses: { 200: z.object({ column: columnSchema }) },
      answer: async ({ caller, params, body }) => {
        const column = await contacts.addColumn(caller.organizationId, params.group_id, toColumnDraft(body));
        return json({ column: columnToWire(column) });
      },
    }),
    route({
      method: 'PATCH',
      path: `${path}/{column_id}`,
      summary: 'Change a column',
      group,
      body: columnPatch,
      responses: { 200: z.object({ column: columnSchema }) },
      answer: async ({ caller, params: { group_id, column_id }, body }) => {
        const change = toColumnChange(body);
        const column = await contacts.updateColumn(caller.organizationId, group_id, column_id, change);
        return json({ column: columnToWire(column) });
      },
    }),
    route({
      method: 'DELETE',
      path: `${path}/{column_id}`,
      summary: 'Delete a column with its values',
      group,
      responses: { 200: okSchema },
      answer: async ({ caller, params: { group_id, column_id } }) => {
        await contacts.deleteColumn(caller.organizationId, group_id, column_id);
        return json(ok);
      },
    }),
  ];
}

function rowRoutes(contacts: ContactService): readonly Route<KupeCaller>[] {
  const path = `${base}/{group_id}/rows` as const;
  return [
    route({
      method: 'GET',
      path,
      summary: 'List the rows of a people group',
      group,
      query: z.object(limitQuery),
      responses: { 200: z.object({ rows: z.array(rowSchema), total: z.int() }) },
      answer: ({ caller, params, query }) => {
        const part = { limit: query.limit ?? defaultRows, offset: query.offset ?? 0 };
        const { items, total } = contacts.rows(caller.organizationId, params.group_id, part);
        return json({ rows: items.map(rowToWire), total });
      },
    }),
    route({
      method: 'POST',
      path,
      summary: 'Add a row',
      group,
      body: rowBody,
      responses: { 200: z.object({ row: rowSchema }) },
      answer: async ({ caller, params, body }) => {
        const row = await contacts.addRow(caller.organizationId, params.group_id, body.properties);
        return json({ row: rowToWire(row) });
      },
    }),
    route({
      method: 'PATCH',
      path: `${path}/{row_id}`,
      summary: 'Change values of a row; null takes one out',
      group,
      body: rowBody,
      responses: { 200: z.object({ row: rowSchema }) },
      answer: async ({ caller, params: { group_id, row_id }, body }) => {
        const row = await contacts.updateRow(caller.organizationId, group_id, row_id, body.properties);
        return json({ row: rowToWire(row) });
      },
    }),
    route({
      method: 'DELETE',
      path: `${path}/{row_id}`,
      summary: 'Delete a row',
      group,
      responses: { 200: okSchema },
      answer: async ({ caller, params: { group_id, row_id } }) => {
        await contacts.deleteRow(caller.organizationId, group_id, row_id);
        return json(ok);
      },
    }),
  ];
}

function uploadRoutes(contacts: ContactService): readonly Route<KupeCaller>[] {
  const list = { method: 'POST', group, bodyKind: 'multipart', maxBodyBytes: largestListBytes } as const;
  const upload = (path: 'upload' | 'upload-csv') =>
    route<KupeCaller, `${typeof base}/{group_id}/${typeof path}`>({
      ...list,
      path: `${base}/{group_id}/${path}`,
      summary: 'Take over a list (CSV or XLSX, at most 10 MB)',
      responses: { 200: uploadSchema },
      answer: async ({ caller, params, files }) =>
        json(uploadToWire(await contacts.importFile(caller.organizationId, params.group_id, theFile(files).path))),
    });
  return [
    route({
      ...list,
      path: `${base}/{group_id}/upload/preview`,
      summary: 'Show what taking over a list would do, without writing anything',
      responses: { 200: previewSchema },
      answer: async ({ caller, params, files }) =>
        json(previewToWire(await contacts.previewFile(caller.organizationId, params.group_id, theFile(files).path))),
    }),
    upload('upload'),
    upload('upload-csv'),
  ];
}
