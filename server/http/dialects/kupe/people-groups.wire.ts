import { z } from 'zod';
import type { ContactColumn, ContactGroup, ContactRow } from '../../../domain/contacts/contact.ts';
import type { ImportPlan } from '../../../domain/contacts/contact-import.ts';
import type { ColumnDraft, GroupDraft } from '../../../domain/contacts/contact-service.ts';
import type { JsonObject } from '../../../domain/json-column.ts';
import { isoTime, jsonObject, longText, present, shortText } from './fields.ts';

export const groupBody = z.object({
  name: shortText,
  icon_emoji: z.string().max(32, 'must be at most 32 characters').nullish(),
  description: longText.nullish(),
});
export const groupPatch = groupBody.partial();

export const columnBody = z.object({
  display_name: shortText,
  column_type: z
    .string()
    .trim()
    .regex(/^[A-Za-z][\w -]{0,49}$/, 'must be a word such as text, phone, email or number'),
  order_by: z.int().min(0).max(1_000_000).optional(),
});
export const columnPatch = columnBody.partial();

export const rowBody = z.object({ properties: jsonObject });

export const groupSchema = z.object({
  id: z.string(),
  user_id: z.string().nullable(),
  name: z.string(),
  icon_emoji: z.string().nullable(),
  description: z.string().nullable(),
  created_at: z.string(),
  updated_at: z.string(),
});

export const columnSchema = z.object({
  id: z.string(),
  group_id: z.string(),
  name: z.string(),
  display_name: z.string(),
  column_type: z.string(),
  order_by: z.int(),
  created_at: z.string(),
  updated_at: z.string(),
});

export const rowSchema = z.object({
  id: z.string(),
  group_id: z.string(),
  properties: jsonObject,
  created_at: z.string(),
  updated_at: z.string(),
});

export const previewSchema = z.object({
  detected_headers: z.array(z.string()),
  column_mapping: z.record(z.string(), z.string()),
  phone_column: z.string().nullable(),
  sample_rows: z.array(z.record(z.string(), z.string())),
  total_rows: z.int(),
  rows_missing_phone: z.int(),
  warnings: z.array(z.string()),
});

export const uploadSchema = z.object({
  message: z.string(),
  inserted_count: z.int(),
  skipped_count: z.int(),
  columns_created: z.int(),
  column_mapping: z.record(z.string(), z.string()),
  warnings: z.array(z.string()),
});

export function toGroupDraft(body: z.infer<typeof groupBody>): GroupDraft {
  return { ...toGroupChange(body), name: body.name };
}

export function toGroupChange(body: z.infer<typeof groupPatch>): Partial<GroupDraft> {
  return present({ name: body.name, iconEmoji: body.icon_emoji, description: body.description });
}

export function toColumnDraft(body: z.infer<typeof columnBody>): ColumnDraft {
  return { ...toColumnChange(body), displayName: body.display_name, columnType: body.column_type };
}

export function toColumnChange(body: z.infer<typeof columnPatch>): Partial<ColumnDraft> {
  return present({ displayName: body.display_name, columnType: body.column_type, position: body.order_by });
}

export function groupToWire(group: ContactGroup): z.infer<typeof groupSchema> {
  return {
    id: group.id,
    user_id: group.userId,
    name: group.name,
    icon_emoji: group.iconEmoji,
    description: group.description,
    created_at: isoTime(group.createdAtMs),
    updated_at: isoTime(group.updatedAtMs),
  };
}

export function columnToWire(column: ContactColumn): z.infer<typeof columnSchema> {
  return {
    id: column.id,
    group_id: column.groupId,
    name: column.name,
    display_name: column.displayName,
    column_type: column.columnType,
    order_by: column.position,
    created_at: isoTime(column.createdAtMs),
    updated_at: isoTime(column.updatedAtMs),
  };
}

export function rowToWire(row: ContactRow): JsonObject {
  return {
    id: row.id,
    group_id: row.groupId,
    properties: row.properties,
    created_at: isoTime(row.createdAtMs),
    updated_at: isoTime(row.updatedAtMs),
  };
}

/** How many rows a preview shows. */
const sampleRows = 5;

export function previewToWire(plan: ImportPlan): z.infer<typeof previewSchema> {
  return {
    detected_headers: [...plan.headers],
    column_mapping: { ...plan.mapping },
    phone_column: plan.phoneHeader ?? null,
    sample_rows: plan.rows.slice(0, sampleRows).map((row) => ({ ...row })),
    total_rows: plan.totalRows,
    rows_missing_phone: plan.missingPhone,
    warnings: [...plan.warnings],
  };
}

export function uploadToWire(plan: ImportPlan): z.infer<typeof uploadSchema> {
  return {
    message: `${plan.rows.length} of ${plan.totalRows} row(s) added`,
    inserted_count: plan.rows.length,
    skipped_count: plan.totalRows - plan.rows.length,
    columns_created: plan.newColumns.length,
    column_mapping: { ...plan.mapping },
    warnings: [...plan.warnings],
  };
}
