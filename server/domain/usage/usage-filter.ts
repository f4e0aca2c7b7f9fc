import type { UsageType } from './usage.ts';

/** Which sessions are meant; what is absent doesn't narrow. */
export interface UsageFilter {
  readonly organizationIds?: readonly string[] | undefined;
  readonly userIds?: readonly string[] | undefined;
  readonly agentIds?: readonly string[] | undefined;
  readonly types?: readonly UsageType[] | undefined;
  /** Begun at this time or later. */
  readonly fromMs?: number | undefined;
  /** Begun before this time. */
  readonly untilMs?: number | undefined;
  /** Written down at this time or earlier. */
  readonly recordedByMs?: number | undefined;
  /** Part of the agent's name, the session's id or its request's, in any case. */
  readonly search?: string | undefined;
  /** Only what was used while the organization sold on. */
  readonly resellersOnly?: boolean | undefined;
}

interface Condition {
  readonly sql: string;
  value(filter: UsageFilter): string | number | undefined;
}

/** One value can be found by an index, where a list of one can't so well. */
function oneOf(column: string, name: keyof UsageFilter, list: readonly string[] | undefined): string | undefined {
  if (list === undefined) return undefined;
  return list.length === 1 ? `${column} = @${name}` : `${column} IN (SELECT value FROM json_each(@${name}))`;
}

const others: Readonly<Record<'fromMs' | 'untilMs' | 'recordedByMs' | 'search', Condition>> = {
  fromMs: { sql: 'started_at_ms >= @fromMs', value: ({ fromMs }) => fromMs },
  untilMs: { sql: 'started_at_ms < @untilMs', value: ({ untilMs }) => untilMs },
  recordedByMs: { sql: 'created_at_ms <= @recordedByMs', value: ({ recordedByMs }) => recordedByMs },
  search: {
    sql: `(agent_name LIKE @search ESCAPE '\\' OR id LIKE @search ESCAPE '\\' OR request_id LIKE @search ESCAPE '\\')`,
    value: ({ search }) => (search ? `%${search.replaceAll(/[\\%_]/g, String.raw`\$&`)}%` : undefined),
  },
};

const lists = [
  ['organization_id', 'organizationIds'],
  ['user_id', 'userIds'],
  ['agent_id', 'agentIds'],
  ['type', 'types'],
] as const;

/** The filter as a condition with named values. */
export function whereOf(filter: UsageFilter): {
  readonly sql: string;
  readonly values: Readonly<Record<string, string | number>>;
} {
  const sql: string[] = [];
  const values: Record<string, string | number> = {};
  for (const [column, name] of lists) {
    const list = filter[name];
    const condition = oneOf(column, name, list);
    if (condition === undefined || list === undefined) continue;
    sql.push(condition);
    values[name] = list.length === 1 ? (list[0] ?? '') : JSON.stringify(list);
  }
  for (const [name, condition] of Object.entries(others)) {
    const value = condition.value(filter);
    if (value === undefined) continue;
    sql.push(condition.sql);
    values[name] = value;
  }
  if (filter.resellersOnly) sql.push("org_type <> 'internal'");
  return { sql: sql.join(' AND ') || 'TRUE', values };
}
