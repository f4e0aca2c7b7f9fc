import { z } from 'zod';
import { LandlineError } from '../../../contract/errors.ts';
import type { CallLogService } from '../../../domain/call-logs/call-log-service.ts';
import type { CallFilter } from '../../../domain/calls/call-filter.ts';
import { hasRole, roles } from '../../../domain/credentials/principal.ts';
import type { FeatureFlagService } from '../../../domain/feature-flags/feature-flag-service.ts';
import type { RecordingService } from '../../../domain/recordings/recording-service.ts';
import { type Route, route } from '../../route.ts';
import { jsonText } from './answers.ts';
import type { KupeCaller } from './auth.ts';
import { exportCalls } from './call-export.ts';
import type { CallLogPrinter } from './call-log-printer.ts';
import { queryBoolean } from './fields.ts';
import { requireFeature } from './gates.ts';
import { isPaged, pageOf, pagingQuery, toPageRequest } from './paging.ts';

export interface CallLogRouteParts {
  readonly callLogs: CallLogService;
  readonly recordings: RecordingService;
  readonly featureFlags: Pick<FeatureFlagService, 'isOn'>;
  readonly printer: CallLogPrinter;
}

const group = 'Call logs';
const defaultPageSize = 20;
/** An unpaginated list ends here. */
const longestList = 10_000;

const listOf = (what: string) =>
  z
    .string()
    .max(4_000)
    .transform((text) => text.split(',').map((part) => part.trim().toLowerCase()))
    .refine(
      (parts) => parts.length <= 100 && parts.every((part) => part !== ''),
      `must be ${what}, separated by commas`,
    );

const scopeQuery = {
  filter: z.string().max(200).optional(),
  search_filter: z.string().max(200).optional(),
  scope: z.string().max(50).optional(),
  organization_ids: listOf('ids of organizations').optional(),
  owner_user_ids: listOf('ids of users').optional(),
  platform_roles: listOf('roles').optional(),
};
type ScopeQuery = z.infer<z.ZodObject<typeof scopeQuery>>;

const session = z.looseObject({ id: z.guid(), request_id: z.string(), call_type: z.string(), status: z.string() });

export function callLogRoutes(parts: CallLogRouteParts): readonly Route<KupeCaller>[] {
  return [listRoute(parts), exportRoute(parts)];
}

function listRoute({ featureFlags, printer }: CallLogRouteParts): Route<KupeCaller> {
  return route({
    method: 'GET',
    path: '/api/v1/call-analytics',
    summary: 'List call sessions: all, a page of them, or the one with this request id',
    group,
    query: z.object({ ...pagingQuery, ...scopeQuery, request_id: z.string().min(1).max(100).optional() }),
    responses: { 200: z.union([session, pageOf(session), z.array(session)]) },
    answer: ({ caller, query, origin }) => {
      requireFeature(featureFlags, caller, 'call_analytics', 'call_logs');
      const filter = filterOf(caller, query);
      if (query.request_id !== undefined) return jsonText(printer.one(filter, query.request_id.toLowerCase(), origin));
      if (!isPaged(query)) return jsonText(printer.list(filter, { limit: longestList, offset: 0 }, origin).text);
      const { text, total } = printer.list(filter, toPageRequest(query, defaultPageSize), origin);
      const { page = 1, page_size = defaultPageSize } = query;
      return jsonText('{"items":', text, `,"total":${total},"page":${page},"page_size":${page_size}}`);
    },
  });
}

const day = z
  .string()
  .regex(/^\d{4}-\d\d-\d\d$/, 'must be a day such as 2026-01-31')
  .transform((text) => Date.parse(`${text}T00:00:00Z`))
  .refine((atMs) => !Number.isNaN(atMs), 'must be a day of the calendar');
const dayMs = 24 * 3_600_000;

function exportRoute({ callLogs, featureFlags, recordings }: CallLogRouteParts): Route<KupeCaller> {
  return route({
    method: 'GET',
    path: '/api/v1/call-analytics/export',
    summary: 'Export call sessions as ZIP, by request id or by days (UTC)',
    group,
    query: z.object({
      ...scopeQuery,
      request_id: z.string().min(1).max(100).optional(),
      start_date: day.optional(),
      end_date: day.optional(),
      include_recordings: queryBoolean.default(false),
    }),
    responses: { 200: null },
    answer: ({ caller, query }) => {
      requireFeature(featureFlags, caller, 'call_analytics', 'call_logs');
      const chosen = exportFilter(filterOf(caller, query), query);
      if (chosen.requestId !== undefined) callLogs.byRequest(chosen, chosen.requestId);
      return {
        kind: 'stream',
        contentType: 'application/zip',
        downloadName: `call-logs-${query.request_id ?? 'export'}.zip`,
        open: () => exportCalls({ callLogs, recordings }, chosen, query.include_recordings),
      };
    },
  });
}

interface ExportQuery {
  readonly request_id?: string | undefined;
  readonly start_date?: number | undefined;
  readonly end_date?: number | undefined;
}

/** One call, or all that began on these days, the last one included. */
function exportFilter(filter: CallFilter, query: ExportQuery): CallFilter {
  const { end_date, request_id, start_date } = query;
  if (request_id !== undefined) return { ...filter, requestId: request_id.toLowerCase() };
  if (start_date === undefined || end_date === undefined) {
    throw new LandlineError('invalid-argument', 'Send request_id, or start_date and end_date (YYYY-MM-DD)');
  }
  if (end_date < start_date) throw new LandlineError('invalid-argument', 'end_date lies before start_date');
  return { ...filter, fromMs: start_date, untilMs: end_date + dayMs };
}

/** Only super administrators look beyond their own organization; to others those parameters mean nothing. */
function filterOf(caller: KupeCaller, query: ScopeQuery): CallFilter {
  const { organizationId, userId } = caller;
  const mine = query.scope === 'mine' && userId !== null ? { userId } : {};
  const filter = { organizationId, ...mine, ...searchOf(query.filter ?? query.search_filter) };
  if (!hasRole(caller.role, 'super_admin')) return filter;
  const organizations = query.organization_ids ?? (query.scope === 'all' ? 'all' : undefined);
  return {
    ...filter,
    organizations,
    userIds: query.owner_user_ids,
    userRoles: query.platform_roles?.filter((role) => (roles as readonly string[]).includes(role)),
  };
}

/** A call type, or the begin of a request id. */
function searchOf(text: string | undefined): Partial<CallFilter> {
  const wanted = text?.trim().toLowerCase();
  if (!wanted) return {};
  if (wanted === 'web') return { channel: 'web' };
  if (wanted === 'inbound' || wanted === 'outbound') return { direction: wanted, channel: 'sip' };
  return { requestIdBegins: wanted };
}
