import type { ReadThread } from '../../db/read-thread.ts';
import { type CallFilter, type CallGroup, type CallGroupKey, type CallTotals, conditionOf } from './call-filter.ts';

interface TotalsRow {
  readonly total: number;
  readonly completed: number | null;
  readonly failed: number | null;
  readonly talking: number | null;
}

interface GroupRow extends TotalsRow {
  readonly key: string | null;
}

const sums = `count(*) AS total, sum(status = 'completed') AS completed, sum(status = 'failed') AS failed,
  sum(CASE WHEN status = 'completed' THEN ended_at_ms - answered_at_ms ELSE 0 END) AS talking`;

const groupColumns: Readonly<Record<CallGroupKey, string>> = {
  agent: 'agent_id',
  campaign: 'campaign_id',
  user: 'user_id',
  outcome: 'outcome',
  hour: "strftime('%H', started_at_ms / 1000, 'unixepoch')",
  day: "strftime('%Y-%m-%d', started_at_ms / 1000, 'unixepoch')",
};

/** Sums over calls, however many: read beside the house's own loop. */
export class CallSumsRepository {
  readonly #reads: ReadThread;

  constructor(reads: ReadThread) {
    this.#reads = reads;
  }

  async totals(filter: CallFilter): Promise<CallTotals> {
    const { sql, values } = conditionOf(filter);
    return toTotals(await this.#reads.get<TotalsRow>(`SELECT ${sums} FROM calls WHERE ${sql}`, values));
  }

  async totalsBy(filter: CallFilter, key: CallGroupKey): Promise<readonly CallGroup[]> {
    const { sql, values } = conditionOf(filter);
    const rows = await this.#reads.all<GroupRow>(
      `SELECT ${groupColumns[key]} AS key, ${sums} FROM calls WHERE ${sql} GROUP BY 1 ORDER BY 1`,
      values,
    );
    return rows.map((row) => ({ key: row.key, ...toTotals(row) }));
  }
}

function toTotals(row: TotalsRow | undefined): CallTotals {
  const total = row?.total ?? 0;
  const completed = row?.completed ?? 0;
  const failed = row?.failed ?? 0;
  const talkingMs = row?.talking ?? 0;
  const averageDurationMs = completed === 0 ? 0 : Math.round(talkingMs / completed);
  return { total, completed, failed, open: total - completed - failed, talkingMs, averageDurationMs };
}
