import type { AnsweredBy, CallChannel, CallDirection, CallOutcome, CallStatus } from '../../contract/call.ts';
import type { CallRow } from './call-row.ts';

/** Which calls to list or count. Every field that is there must match; a list of values matches any of them. */
export interface CallFilter {
  readonly organizationId: string;
  /** Instead of `organizationId`, for the house's own administrators. */
  readonly organizations?: 'all' | readonly string[] | undefined;
  /** Of any of these users. */
  readonly userIds?: readonly string[] | undefined;
  /** Of users with any of these roles. */
  readonly userRoles?: readonly string[] | undefined;
  readonly userId?: string | undefined;
  readonly agentId?: string | undefined;
  readonly taskId?: string | undefined;
  readonly campaignId?: string | undefined;
  /** Those of any campaign at all. */
  readonly ofCampaigns?: true | undefined;
  readonly status?: CallStatus | undefined;
  readonly outcomes?: readonly CallOutcome[] | undefined;
  readonly direction?: CallDirection | undefined;
  readonly channel?: CallChannel | undefined;
  readonly answeredBy?: AnsweredBy | undefined;
  /** As the signalling gave them: user part, or whole URI where there is none. */
  readonly fromNumber?: string | undefined;
  readonly toNumber?: string | undefined;
  /** The other side: `from` of an inbound call, `to` of an outbound one. */
  readonly remoteNumber?: string | undefined;
  readonly requestId?: string | undefined;
  /** Begin of the request id. */
  readonly requestIdBegins?: string | undefined;
  /** Begun at or after it. */
  readonly fromMs?: number | undefined;
  /** Begun before it. */
  readonly untilMs?: number | undefined;
}

export interface CallTotals {
  readonly total: number;
  readonly completed: number;
  readonly failed: number;
  /** Neither completed nor failed yet. */
  readonly open: number;
  /** Talking time of all completed calls together. */
  readonly talkingMs: number;
  /** Of the completed calls; 0 when there is none. */
  readonly averageDurationMs: number;
}

/** What calls can be grouped by; hours (00–23) and days (YYYY-MM-DD) are in UTC, by the begin of the call. */
export type CallGroupKey = 'agent' | 'campaign' | 'user' | 'outcome' | 'hour' | 'day';

export interface CallGroup extends CallTotals {
  /** Null for the calls that have none (no campaign, no user). */
  readonly key: string | null;
}

/** A condition in SQL with its values. */
export interface Condition {
  readonly sql: string;
  readonly values: readonly (string | number)[];
}

const equalities = [
  ['userId', 'user_id'],
  ['agentId', 'agent_id'],
  ['taskId', 'task_id'],
  ['campaignId', 'campaign_id'],
  ['status', 'status'],
  ['direction', 'direction'],
  ['channel', 'channel'],
  ['answeredBy', 'answered_by'],
  ['fromNumber', 'from_user'],
  ['toNumber', 'to_user'],
  ['requestId', 'request_id'],
] as const satisfies readonly (readonly [keyof CallFilter, string])[];

/** Column names come from here alone, values are bound. */
export function conditionOf(filter: CallFilter): Condition {
  const parts = ['deleted_at_ms IS NULL'];
  const values: (string | number)[] = [];
  const anyOf = (column: string, wanted: readonly string[]) => {
    parts.push(`${column} IN (${wanted.map(() => '?').join()})`);
    values.push(...wanted);
  };
  if (filter.organizations === undefined) {
    parts.push('organization_id = ?');
    values.push(filter.organizationId);
  } else if (filter.organizations !== 'all') anyOf('organization_id', filter.organizations);
  if (filter.userIds !== undefined) anyOf('user_id', filter.userIds);
  if (filter.userRoles !== undefined) {
    parts.push(`user_id IN (SELECT id FROM users WHERE role IN (${filter.userRoles.map(() => '?').join()}))`);
    values.push(...filter.userRoles);
  }
  for (const [field, column] of equalities) {
    const value = filter[field];
    if (value === undefined) continue;
    parts.push(`${column} = ?`);
    values.push(value);
  }
  if (filter.ofCampaigns === true) parts.push('campaign_id IS NOT NULL');
  if (filter.outcomes !== undefined) {
    parts.push(`outcome IN (${filter.outcomes.map(() => '?').join()})`);
    values.push(...filter.outcomes);
  }
  if (filter.requestIdBegins !== undefined) {
    parts.push('request_id >= ? AND request_id < ?');
    values.push(filter.requestIdBegins, `${filter.requestIdBegins}\u{10ffff}`);
  }
  if (filter.remoteNumber !== undefined) {
    // Two searches by index: an OR over two columns would read every call of the organization.
    parts.push(`calls.rowid IN (
      SELECT rowid FROM calls WHERE direction = 'inbound' AND from_user = ? AND deleted_at_ms IS NULL
      UNION ALL SELECT rowid FROM calls WHERE direction = 'outbound' AND to_user = ? AND deleted_at_ms IS NULL)`);
    values.push(filter.remoteNumber, filter.remoteNumber);
  }
  if (filter.fromMs !== undefined) {
    parts.push('started_at_ms >= ?');
    values.push(filter.fromMs);
  }
  if (filter.untilMs !== undefined) {
    parts.push('started_at_ms < ?');
    values.push(filter.untilMs);
  }
  return { sql: parts.join(' AND '), values };
}

/** Whether a call's own row is enough to tell if it matches. */
export function isCountable(filter: CallFilter): boolean {
  return filter.userRoles === undefined;
}

/** The same as `conditionOf`, for one row that is at hand. */
export function matches(row: CallRow | undefined, filter: CallFilter): boolean {
  if (row === undefined || row.deleted_at_ms !== null) return false;
  const { organizations, remoteNumber, requestIdBegins } = filter;
  if (organizations === undefined && row.organization_id !== filter.organizationId) return false;
  if (Array.isArray(organizations) && !organizations.includes(row.organization_id)) return false;
  if (filter.userIds !== undefined && !(row.user_id !== null && filter.userIds.includes(row.user_id))) return false;
  if (!equalities.every(([field, column]) => filter[field] === undefined || row[column] === filter[field]))
    return false;
  if (filter.ofCampaigns === true && row.campaign_id === null) return false;
  if (filter.outcomes !== undefined && !filter.outcomes.includes(row.outcome)) return false;
  if (requestIdBegins !== undefined && !row.request_id.startsWith(requestIdBegins)) return false;
  const remote = row.direction === 'inbound' ? row.from_user : row.to_user;
  if (remoteNumber !== undefined && remote !== remoteNumber) return false;
  const { started_at_ms: startedAtMs } = row;
  return (
    startedAtMs >= (filter.fromMs ?? startedAtMs) && (filter.untilMs === undefined || startedAtMs < filter.untilMs)
  );
}
