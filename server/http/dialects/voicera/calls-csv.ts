import { stringify } from 'csv-stringify/sync';
import type { AnalyticsService } from '../../../domain/analytics/analytics-service.ts';
import { type Call, outcomeOf } from '../../../domain/calls/call.ts';
import type { CallFilter } from '../../../domain/calls/call-filter.ts';
import type { CallService } from '../../../domain/calls/call-service.ts';
import type { Disclosure } from '../../../domain/calls/disclosure.ts';
import type { Clock } from '../../../lifetime/clock.ts';
import { durationSeconds, remoteNumber, statusToWire } from './call-logs.wire.ts';
import { isoSeconds } from './fields.ts';

export interface CallsCsvParts {
  readonly calls: Pick<CallService, 'list'>;
  readonly disclosure: Pick<Disclosure, 'analysis'>;
  readonly analytics: Pick<AnalyticsService, 'costOfCall'>;
  readonly clock: Clock;
}

const columns = [
  'id',
  'campaign_id',
  'agent_id',
  'phone_number',
  'direction',
  'status',
  'duration_seconds',
  'sentiment',
  'summary',
  'cost',
  'created_at',
];
const dayMs = 24 * 3_600_000;
const pageSize = 200;

/**
 * The calls as CSV, a line each, oldest day first. It is made in small steps, with room for other work between them,
 * and reads no more than the client takes.
 */
export async function* callsCsv(
  parts: CallsCsvParts,
  { filter, days }: { readonly filter: CallFilter & { readonly fromMs: number }; readonly days: number },
): AsyncGenerator<string> {
  yield stringify([columns]);
  for (let day = 0; day < days; day++) {
    const fromMs = filter.fromMs + day * dayMs;
    const ofDay = { ...filter, fromMs, untilMs: fromMs + dayMs };
    for (let offset = 0; ; offset += pageSize) {
      const { items } = parts.calls.list(ofDay, { limit: pageSize, offset });
      if (items.length > 0) yield stringify(items.map((call) => toLine(parts, call)));
      await new Promise((resolve) => setImmediate(resolve));
      if (items.length < pageSize) break;
    }
  }
}

function toLine({ analytics, clock, disclosure }: CallsCsvParts, call: Call): readonly (string | number | null)[] {
  const findings = disclosure.analysis(call);
  return [
    call.id,
    call.campaignId,
    call.agentId,
    plain(remoteNumber(call)),
    call.direction,
    statusToWire(outcomeOf(call)),
    durationSeconds(call, clock.now()),
    findings?.sentiment ?? null,
    findings === undefined ? null : plain(findings.summary),
    (analytics.costOfCall(call.id) ?? 0) / 1_000_000,
    isoSeconds(call.startedAtMs),
  ];
}

/** A spreadsheet would run a cell that begins like a formula; a number in international form is none. */
function plain(text: string): string {
  return /^[=+\-@\t\r]/.test(text) && !/^\+\d+$/.test(text) ? `'${text}` : text;
}
