import type { Database, Statement } from '../../db/database.ts';
import type { Page, PageRequest } from '../paging.ts';

export interface RecordingFilter {
  readonly organizationId: string;
  readonly agentId?: string | undefined;
  readonly campaignId?: string | undefined;
  /** Of calls that began at or after it. */
  readonly fromMs?: number | undefined;
  /** Of calls that began before it. */
  readonly untilMs?: number | undefined;
}

const matching = `FROM calls JOIN recordings ON recordings.call_id = calls.id
  WHERE calls.organization_id = @organizationId AND calls.deleted_at_ms IS NULL
    AND recordings.state IN ('ready', 'partial')
    AND calls.agent_id NOT IN (SELECT id FROM agents WHERE is_confidential = 1)
    AND (@agentId IS NULL OR calls.agent_id = @agentId)
    AND (@campaignId IS NULL OR calls.campaign_id = @campaignId)
    AND calls.started_at_ms >= @fromMs AND calls.started_at_ms < @untilMs`;

/** Calls that can be listened to, newest first; those of confidential agents are not. */
export class RecordingListRepository {
  readonly #page: Statement<{ readonly id: string }>;
  readonly #count: Statement<{ readonly total: number }>;

  constructor(db: Database) {
    this.#page = db.prepare(
      `SELECT calls.id ${matching} ORDER BY calls.started_at_ms DESC LIMIT @limit OFFSET @offset`,
    );
    this.#count = db.prepare(`SELECT count(*) AS total ${matching}`);
  }

  /** Ids of calls. */
  page(filter: RecordingFilter, { limit, offset }: PageRequest): Page<string> {
    const values = {
      organizationId: filter.organizationId,
      agentId: filter.agentId ?? null,
      campaignId: filter.campaignId ?? null,
      fromMs: filter.fromMs ?? 0,
      untilMs: filter.untilMs ?? Number.MAX_SAFE_INTEGER,
    };
    const rows = this.#page.all({ ...values, limit, offset });
    return { items: rows.map(({ id }) => id), total: this.#count.get(values)?.total ?? 0 };
  }
}
