import { Readable } from 'node:stream';
import { setImmediate } from 'node:timers/promises';
import { stringify } from 'csv-stringify';
import { type Call, durationMs } from '../../../domain/calls/call.ts';
import type { CallService } from '../../../domain/calls/call-service.ts';
import type { Campaign, CampaignMember } from '../../../domain/campaigns/campaign.ts';
import type { CampaignService } from '../../../domain/campaigns/campaign-service.ts';
import type { Cell, WorkbookWriter } from '../../../domain/tables/workbook-writer.ts';
import type { Answer } from '../../route.ts';
import { dialStatus, toDigits } from './campaigns.wire.ts';
import { isoTime } from './fields.ts';

export interface CampaignExportParts {
  readonly calls: Pick<CallService, 'find'>;
  readonly campaigns: Pick<CampaignService, 'members'>;
  readonly workbooks: WorkbookWriter;
}

const columns = [
  'to_phonenumber',
  'dial_status',
  'attempts',
  'called_at',
  'duration_seconds',
  'end_reason',
  'error_message',
];
const excelType = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet';
const membersAtOnce = 500;

/** One line for each number, in the order of dialling, with its variables in columns of their own. */
export async function campaignExport(
  parts: CampaignExportParts,
  campaign: Campaign,
  format: 'csv' | 'excel',
): Promise<Answer> {
  const name = `campaign-${campaign.id}`;
  if (format === 'excel') {
    const bytes = await parts.workbooks.write('Campaign', linesOf(parts, campaign));
    const open = () => Readable.from([bytes]);
    return { kind: 'stream', contentType: excelType, downloadName: `${name}.xlsx`, open };
  }
  // Cells that a spreadsheet would take for formulas are quoted.
  const open = () => Readable.from(linesOf(parts, campaign)).pipe(stringify({ escape_formulas: true }));
  return { kind: 'stream', contentType: 'text/csv; charset=utf-8', downloadName: `${name}.csv`, open };
}

/** In pages, and others have their turn between two of them: a long list must hold up nobody's call. */
async function* pagesOf(
  { campaigns }: CampaignExportParts,
  { id, organizationId }: Campaign,
): AsyncGenerator<readonly CampaignMember[]> {
  for (let offset = 0; ; offset += membersAtOnce) {
    const { items } = campaigns.members(organizationId, id, { limit: membersAtOnce, offset });
    yield items;
    if (items.length < membersAtOnce) return;
    await setImmediate();
  }
}

/** Variables that the campaign names, then those that only its numbers have. */
async function variablesOf(parts: CampaignExportParts, campaign: Campaign): Promise<readonly string[]> {
  const names = new Set(campaign.variableNames);
  for await (const members of pagesOf(parts, campaign)) {
    for (const { variables } of members) for (const name of Object.keys(variables)) names.add(name);
  }
  return [...names];
}

async function* linesOf(parts: CampaignExportParts, campaign: Campaign): AsyncGenerator<readonly Cell[]> {
  const variables = await variablesOf(parts, campaign);
  yield [...columns, ...variables];
  for await (const members of pagesOf(parts, campaign)) {
    for (const member of members) yield lineOf(parts, member, variables);
  }
}

function lineOf({ calls }: CampaignExportParts, member: CampaignMember, variables: readonly string[]): readonly Cell[] {
  const call = member.lastCallId === null ? undefined : calls.find(member.lastCallId);
  const values = variables.map((name) => asCell(member.variables[name]));
  const number = toDigits(member.toNumber);
  return [number, dialStatus(member), member.attempts, ...callCells(call), member.errorMessage ?? '', ...values];
}

function callCells(call: Call | undefined): readonly Cell[] {
  if (!call) return ['', '', ''];
  const talkedMs = durationMs(call);
  return [isoTime(call.startedAtMs), talkedMs === null ? '' : Math.round(talkedMs / 1_000), call.endReason ?? ''];
}

function asCell(value: unknown): Cell {
  if (value === undefined || value === null) return '';
  return typeof value === 'string' || typeof value === 'number' ? value : JSON.stringify(value);
}
