import { PassThrough, pipeline, Readable } from 'node:stream';
import { setImmediate as nextRound } from 'node:timers/promises';
import { stringify } from 'csv-stringify';
import yazl from 'yazl';
import type { CallLog } from '../../../domain/call-logs/call-log.ts';
import type { CallLogService } from '../../../domain/call-logs/call-log-service.ts';
import type { CallFilter } from '../../../domain/calls/call-filter.ts';
import { isPlayable } from '../../../domain/recordings/recording.ts';
import type { RecordingService } from '../../../domain/recordings/recording-service.ts';
import { callLogToWire, roleOf } from './call-logs.wire.ts';

export interface CallExportParts {
  readonly callLogs: CallLogService;
  readonly recordings: RecordingService;
}

const callsPerRound = 40;

const columns = [
  'request_id',
  'call_session_id',
  'call_type',
  'status',
  'from_number',
  'to_number',
  'agent_id',
  'agent_name',
  'user_id',
  'batch_id',
  'started_at',
  'answered_at',
  'ended_at',
  'duration_seconds',
  'cost_usd',
  'end_reason',
  'error_message',
  'variable_values',
  'summary',
] as const;

/**
 * A ZIP of the calls that match: `calls.json`, `calls.csv`, `transcripts/<request_id>.txt` and, when asked for,
 * `recordings/<request_id>.wav`. It is made while it is read, so its size does not matter.
 */
export function exportCalls(parts: CallExportParts, filter: CallFilter, withRecordings: boolean): Readable {
  const { callLogs } = parts;
  const zip = new yazl.ZipFile();
  const out = new PassThrough();
  const fail = (thrown: unknown) => out.destroy(thrown instanceof Error ? thrown : new Error(String(thrown)));
  zip.on('error', fail);
  pipeline(zip.outputStream, out, () => {});
  lazily(zip, 'calls.json', () => Readable.from(jsonOf(callLogs.all(filter), withRecordings)));
  lazily(zip, 'calls.csv', () => csvOf(callLogs.all(filter), withRecordings));
  addCalls(zip, parts, { filter, withRecordings, isWanted: () => !out.destroyed }).catch(fail);
  return out;
}

interface AddingCalls {
  readonly filter: CallFilter;
  readonly withRecordings: boolean;
  /** False when nobody reads the archive any more. */
  readonly isWanted: () => boolean;
}

/** Other requests and calls are served between batches. */
async function addCalls(zip: yazl.ZipFile, parts: CallExportParts, adding: AddingCalls): Promise<void> {
  let added = 0;
  for (const log of parts.callLogs.all(adding.filter)) {
    addCall(zip, parts, log, adding.withRecordings);
    if (++added % callsPerRound > 0) continue;
    await nextRound();
    if (!adding.isWanted()) return;
  }
  zip.end();
}

/** The words are read again when their turn comes, so that an export of many calls holds none of them. */
function addCall(zip: yazl.ZipFile, { callLogs, recordings }: CallExportParts, log: CallLog, withRecordings: boolean) {
  const { id, requestId } = log.call;
  if (log.turns.length > 0) {
    const { length } = log.turns;
    lazily(zip, `transcripts/${requestId}.txt`, () => Readable.from([transcriptOf(callLogs.ofCalls([id])[0], length)]));
  }
  if (!withRecordings || !log.recording || !isPlayable(log.recording)) return;
  zip.addFile(recordings.fileOf(id).path, `recordings/${requestId}.wav`, { compress: false });
}

function lazily(zip: yazl.ZipFile, name: string, open: () => Readable): void {
  zip.addReadStreamLazy(name, { compress: true }, (give) => give(null, open()));
}

function recordingPath(log: CallLog): string {
  return `recordings/${log.call.requestId}.wav`;
}

/** In the archive a recording is named by its path there; one that isn't there has none. */
function toWire(log: CallLog, withRecordings: boolean) {
  const wire = callLogToWire(log, () => recordingPath(log));
  return withRecordings ? wire : { ...wire, recording_url: null };
}

function* jsonOf(logs: Iterable<CallLog>, withRecordings: boolean): Generator<string> {
  let before = '[\n';
  for (const log of logs) {
    yield before + JSON.stringify(toWire(log, withRecordings));
    before = ',\n';
  }
  yield before === '[\n' ? '[]\n' : '\n]\n';
}

function csvOf(logs: Iterable<CallLog>, withRecordings: boolean): Readable {
  const lines = stringify({ header: true, columns: [...columns] });
  return Readable.from(rowsOf(logs, withRecordings)).pipe(lines);
}

function* rowsOf(logs: Iterable<CallLog>, withRecordings: boolean): Generator<readonly string[]> {
  for (const log of logs) {
    const wire = { ...toWire(log, withRecordings), summary: summaryOf(log) };
    yield columns.map((column) => cell((wire as Readonly<Record<string, unknown>>)[column]));
  }
}

function summaryOf({ results }: CallLog): string | null {
  return results.find(({ analysisType }) => analysisType === 'call_summary')?.bodyText ?? null;
}

/** A spreadsheet must not run what a caller said: text that it would take for a formula gets an apostrophe. */
function cell(value: unknown): string {
  if (value === null || value === undefined) return '';
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return /^[=+\-@\t\r]/.test(text) && !/^[+-]?\d+(\.\d+)?$/.test(text) ? `'${text}` : text;
}

function transcriptOf(log: CallLog | undefined, turns: number): string {
  const said = log?.turns.slice(0, turns) ?? [];
  return said.map((turn) => `${roleOf(turn) === 'assistant' ? 'Agent' : 'User'}: ${turn.text}\n`).join('');
}
