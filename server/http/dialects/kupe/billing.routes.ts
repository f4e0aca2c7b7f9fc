import { Readable } from 'node:stream';
import { setImmediate } from 'node:timers/promises';
import { stringify } from 'csv-stringify';
import { z } from 'zod';
import { LandlineError } from '../../../contract/errors.ts';
import type { UsageSession } from '../../../domain/usage/usage.ts';
import type { UsageService } from '../../../domain/usage/usage-service.ts';
import type { WalletService } from '../../../domain/wallets/wallet-service.ts';
import type { Clock } from '../../../lifetime/clock.ts';
import { type Answer, publicRoute, type Route, route } from '../../route.ts';
import { json } from './answers.ts';
import type { KupeCaller } from './auth.ts';
import {
  balanceSchema,
  balanceToWire,
  exportColumns,
  exportQuery,
  overviewQuery,
  overviewSchema,
  overviewToWire,
  partOf,
  recordsQuery,
  sessionSchema,
  sessionToLine,
  sessionToWire,
  summaryQuery,
  summarySchema,
  summaryToWire,
  toExportQuery,
  toScope,
  toUsageQuery,
} from './billing.wire.ts';
import { ExportLinks } from './export-links.ts';

const group = 'Billing and usage';

export interface BillingRouteParts {
  readonly usage: UsageService;
  readonly wallets: WalletService;
  readonly clock: Clock;
}

/** Every operation also answers without `/api/v1`, as clients know it. */
export function billingRoutes(parts: BillingRouteParts): readonly Route<KupeCaller>[] {
  const links = new ExportLinks(parts.clock);
  return (['/api/v1/billing', '/billing'] as const).flatMap((base) => [
    ...recordRoutes(base, parts),
    ...sumRoutes(base, parts),
    exportRoute(base, parts.usage, links),
  ]);
}

type Base = '/api/v1/billing' | '/billing';

function recordRoutes(base: Base, { usage }: BillingRouteParts): readonly Route<KupeCaller>[] {
  return [
    route({
      method: 'GET',
      path: `${base}/usage-records`,
      summary: 'List usage by call session',
      group,
      query: recordsQuery,
      responses: { 200: z.object({ call_sessions: z.array(sessionSchema), total: z.int() }) },
      answer: ({ caller, query }) => {
        const { items, total } = usage.records(caller, { types: ['calls'], ...toUsageQuery(query) }, partOf(query));
        return json({ call_sessions: items.map(sessionToWire), total });
      },
    }),
    route({
      method: 'GET',
      path: `${base}/usage/records`,
      summary: 'List usage of all kinds',
      group,
      query: recordsQuery,
      responses: {
        200: z.object({
          grouped_sessions: z.array(sessionSchema),
          total: z.int(),
          limit: z.int(),
          offset: z.int(),
          page: z.int(),
          page_size: z.int(),
        }),
      },
      answer: ({ caller, query }) => {
        const part = partOf(query);
        const { items, total } = usage.records(caller, toUsageQuery(query), part);
        return json({ grouped_sessions: items.map(sessionToWire), total, ...part, page_size: part.limit });
      },
    }),
    route({
      method: 'GET',
      path: `${base}/usage/sessions/{session_id}`,
      summary: 'Get the usage of one session',
      group,
      responses: { 200: sessionSchema },
      answer: ({ caller, params }) => json(sessionToWire(usage.session(caller, params.session_id))),
    }),
  ];
}

function sumRoutes(base: Base, { usage, wallets }: BillingRouteParts): readonly Route<KupeCaller>[] {
  return [
    route({
      method: 'GET',
      path: `${base}/usage/summary`,
      summary: 'Sum usage by time',
      group,
      query: summaryQuery,
      responses: { 200: summarySchema },
      answer: ({ caller, query }) =>
        json(summaryToWire(usage.summary(caller, { ...toScope(query), period: query.time_period }))),
    }),
    route({
      method: 'GET',
      path: `${base}/usage/overview`,
      summary: 'Get totals of all time and of this month',
      group,
      query: overviewQuery,
      responses: { 200: overviewSchema },
      answer: ({ caller, query }) => json(overviewToWire(usage.overview(caller, { userId: query.user_id }))),
    }),
    route({
      method: 'GET',
      path: `${base}/credit-balance`,
      summary: 'Get the balance of the wallet that pays for the caller',
      group,
      responses: { 200: balanceSchema },
      answer: async ({ caller }) => json(balanceToWire(await wallets.me(caller))),
    }),
  ];
}

/** Nothing leaves the house by mail: the answer says where the file can be fetched, here, for a quarter of an hour. */
function exportRoute(base: Base, usage: UsageService, links: ExportLinks): Route<KupeCaller> {
  return publicRoute({
    method: 'GET',
    path: `${base}/usage/export`,
    summary: 'Export usage as CSV: answers a link that can be fetched without a credential',
    group,
    query: exportQuery,
    responses: { 200: z.object({ message: z.string(), export_id: z.string(), download_url: z.string() }) },
    answer: ({ caller, query, origin }) => {
      if (query.export_id !== undefined) return download(links, query.export_id);
      if (!caller) throw new LandlineError('unauthorized', 'Not authenticated');
      if (caller.email === null) throw new LandlineError('no-email', 'The account has no e-mail address');
      const wanted = toExportQuery(query);
      // What may not be seen is refused now, not when it is fetched.
      usage.records(caller, wanted, { limit: 1, offset: 0 });
      const id = links.add(() => csvOf(usage.export(caller, wanted)));
      const download_url = `${origin}${base}/usage/export?export_id=${id}`;
      return json({ message: 'The export is ready at download_url', export_id: id, download_url });
    },
  });
}

function download(links: ExportLinks, id: string): Answer {
  const open = links.find(id);
  if (!open) throw new LandlineError('export-not-found', 'There is no such export, or its link has expired.');
  return { kind: 'stream', contentType: 'text/csv; charset=utf-8', downloadName: 'usage.csv', open };
}

/** Cells that a spreadsheet would take for formulas are quoted. */
function csvOf(sessions: Iterable<UsageSession>): Readable {
  const lines = Readable.from(linesOf(sessions));
  return lines.pipe(stringify({ header: true, columns: [...exportColumns], escape_formulas: true }));
}

const linesAtOnce = 200;

/** Others have their turn every now and then: a long export must hold up nobody's call. */
async function* linesOf(sessions: Iterable<UsageSession>): AsyncGenerator<ReturnType<typeof sessionToLine>> {
  let lines = 0;
  for (const session of sessions) {
    yield sessionToLine(session);
    if (++lines % linesAtOnce === 0) await setImmediate();
  }
}
