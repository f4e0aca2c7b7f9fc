import { PassThrough, Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { stringify } from 'csv-stringify';
import writeXlsxFile from 'write-excel-file/node';
import { type Call, durationMs } from '../../../domain/calls/call.ts';
import type { CallService } from '../../../domain/calls/call-service.ts';
import type { Campaign, CampaignMember } from '../../../domain/campaigns/campaign.ts';
import type { CampaignService } from '../../../domain/campaigns/campaign-service.ts';
import type { Answer } from '../../route.ts';
import { dialStatus, toDigits } from './campaigns.wire.ts';
import { isoTime } from './fields.ts';

export interface CampaignExportParts {
  readonly calls: Pick<CallService, 'find'>;
  readonly campaigns: Pick<CampaignService, 'members'>;
}

type Cell = string | number;

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
const membersAtOnce = 1_000;

/** One line for each number, in the order of dialling, with its variables in columns of their own. */
export function campaignExport(parts: CampaignExportParts, campaign: Campaign, format: 'csv' | 'excel'): Answer {
  const variables = variablesOf(parts, campaign);
  const header = [...columns, ...variables];
  const lines = () => linesOf(parts, campaign, variables);
  const name = `campaign-${campaign.id}`;
  if (format === 'excel') {
    const open = () => excelOf(header, lines());
    return { kind: 'stream', contentType: excelType, downloadName: `${name}.xlsx`, open };
  }
  const open = () => csvOf(header, lines());
  return { kind: 'stream', contentType: 'text/csv; charset=utf-8', downloadName: `${name}.csv`, open };
}

/** Those that the campaign names, then those that only its numbers have. */
function variablesOf(parts: CampaignExportParts, campaign: Campaign): readonly string[] {
  const names = new Set(campaign.variableNames);
  for (const member of membersOf(parts, campaign)) for (const name of Object.keys(member.variables)) names.add(name);
  return [...names];
}

function* membersOf({ campaigns }: CampaignExportParts, { id, organizationId }: Campaign): Generator<CampaignMember> {
  for (let offset = 0; ; offset += membersAtOnce) {
    const { items } = campaigns.members(organizationId, id, { limit: membersAtOnce, offset });
    yield* items;
    if (items.length < membersAtOnce) return;
  }
}

function* linesOf(parts: CampaignExportParts, campaign: Campaign, variables: readonly string[]): Generator<Cell[]> {
  for (const member of membersOf(parts, campaign)) {
    const call = member.lastCallId === null ? undefined : parts.calls.find(member.lastCallId);
    const values = variables.map((name) => asCell(member.variables[name]));
    yield [
      toDigits(member.toNumber),
      dialStatus(member),
      member.attempts,
      ...callCells(call),
      member.errorMessage ?? '',
      ...values,
    ];
  }
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

/** Cells that a spreadsheet would take for formulas are quoted. */
function csvOf(header: readonly string[], lines: Iterable<Cell[]>): Readable {
  const out = stringify({ escape_formulas: true });
  out.write(header);
  return Readable.from(lines).pipe(out);
}

/** Cells are stored as texts and numbers, never as formulas. */
function excelOf(header: readonly string[], lines: Iterable<Cell[]>): Readable {
  const out = new PassThrough();
  const bold = header.map((value) => ({ value, type: String, fontWeight: 'bold' as const }));
  writeXlsxFile([bold, ...lines], { sheet: 'Campaign' })
    .toBuffer()
    .then((bytes) => pipeline(Readable.from([bytes]), out))
    .catch((thrown: unknown) => out.destroy(thrown instanceof Error ? thrown : new Error(String(thrown))));
  return out;
}
