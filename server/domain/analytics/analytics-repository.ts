import type { Database, Statement } from '../../db/database.ts';
import type { ReadThread } from '../../db/read-thread.ts';
import type { AnalyticsFilter, CostFilter, HouseCounts, TermCount } from './analytics.ts';

interface TermRow {
  readonly term: string;
  readonly calls: number;
}

interface ScoreRow {
  readonly agent_id: string;
  readonly score: number;
}

interface CostRow {
  readonly micro: number | null;
}

const houseCounts = `
  SELECT
    (SELECT count(*) FROM users WHERE deleted_at_ms IS NULL AND (@only IS NULL OR organization_id = @only)) AS users,
    (SELECT count(*) FROM agents WHERE deleted_at_ms IS NULL AND (@only IS NULL OR organization_id = @only)) AS agents,
    (SELECT count(*) FROM campaigns WHERE deleted_at_ms IS NULL AND (@only IS NULL OR organization_id = @only))
      AS campaigns,
    (SELECT count(*) FROM calls WHERE deleted_at_ms IS NULL AND organization_id IN
      (SELECT id FROM organizations WHERE @only IS NULL OR id = @only) AND started_at_ms >= @fromMs) AS callsToday,
    (SELECT count(*) FROM calls WHERE status IN ('initiated', 'in_progress') AND (@only IS NULL OR organization_id = @only))
      AS activeCalls`;

const terms = `
  SELECT term, sum(calls) AS calls FROM analysis_days
  WHERE organization_id = @organizationId AND day >= @fromDay AND kind = @kind AND (@agentId IS NULL OR agent_id = @agentId)
  GROUP BY term ORDER BY calls DESC, term`;

const scores = `
  SELECT agent_id, sum(score_sum) / sum(calls) AS score FROM analysis_days
  WHERE organization_id = ? AND day >= ? AND kind = 'sentiment' GROUP BY agent_id`;

const cost = `
  SELECT sum(cost_micro) AS micro FROM usage_sessions
  WHERE organization_id = @organizationId AND started_at_ms >= @fromMs AND type = 'calls'
    AND (@agentId IS NULL OR agent_id = @agentId)`;

const campaignCost = `
  SELECT sum(cost_micro) AS micro FROM calls JOIN usage_sessions ON usage_sessions.id = calls.id
  WHERE calls.campaign_id = @campaignId AND +calls.organization_id = @organizationId
    AND calls.deleted_at_ms IS NULL AND +calls.started_at_ms >= @fromMs
    AND (@agentId IS NULL OR calls.agent_id = @agentId)`;

/** Reads sums over calls, and those that triggers keep over their analyses, beside the house's own loop. */
export class AnalyticsRepository {
  readonly #reads: ReadThread;
  readonly #phrases: Statement<TermRow>;
  readonly #openPhrases: Statement<TermRow>;
  readonly #confidential: Statement<{ readonly id: string }>;
  readonly #callCost: Statement<{ readonly micro: number }>;
  readonly #agentNames: Statement<{ readonly id: string; readonly name: string }>;

  constructor(db: Database, reads: ReadThread) {
    this.#reads = reads;
    this.#phrases = db.prepare(
      `SELECT phrase AS term, calls FROM analysis_phrases WHERE organization_id = ? AND agent_id = ?
       ORDER BY calls DESC LIMIT ?`,
    );
    this.#openPhrases = db.prepare(
      `SELECT phrase AS term, sum(calls) AS calls FROM analysis_phrases
       WHERE organization_id = @organizationId AND agent_id IN (SELECT id FROM agents
         WHERE organization_id = @organizationId AND is_confidential = 0 AND (@agentId IS NULL OR id = @agentId))
       GROUP BY phrase ORDER BY calls DESC LIMIT @limit`,
    );
    this.#confidential = db.prepare('SELECT id FROM agents WHERE organization_id = ? AND is_confidential = 1 LIMIT 1');
    this.#callCost = db.prepare('SELECT cost_micro AS micro FROM usage_sessions WHERE id = ?');
    this.#agentNames = db.prepare('SELECT id, name FROM agents WHERE organization_id = ?');
  }

  /** Most frequent first. */
  terms(kind: 'sentiment' | 'emotion', filter: AnalyticsFilter): Promise<readonly TermCount[]> {
    const { organizationId, fromDay, agentId } = filter;
    return this.#reads.all<TermRow>(terms, { organizationId, fromDay, kind, agentId: agentId ?? null });
  }

  /** Mean sentiment score (-1 to 1) by agent. */
  async scores(organizationId: string, fromDay: string): Promise<ReadonlyMap<string, number>> {
    const rows = await this.#reads.all<ScoreRow>(scores, [organizationId, fromDay]);
    return new Map(rows.map(({ agent_id, score }) => [agent_id, score]));
  }

  /** Most frequent first, over all time; words from calls of confidential agents are not told. */
  phrases(organizationId: string, agentId: string | undefined, limit: number): readonly TermCount[] {
    if (this.#confidential.get(organizationId)) {
      return this.#openPhrases.all({ organizationId, agentId: agentId ?? null, limit });
    }
    return this.#phrases.all(organizationId, agentId ?? '', limit);
  }

  /** In micro-units. */
  async cost({ organizationId, agentId, campaignId, fromMs = 0 }: CostFilter): Promise<number> {
    const values = { organizationId, agentId: agentId ?? null, fromMs };
    const row =
      campaignId === undefined
        ? await this.#reads.get<CostRow>(cost, values)
        : await this.#reads.get<CostRow>(campaignCost, { ...values, campaignId });
    return row?.micro ?? 0;
  }

  /** In micro-units; undefined until the call has been metered. */
  costOfCall(callId: string): number | undefined {
    return this.#callCost.get(callId)?.micro;
  }

  /** Those of deleted agents too. */
  agentNames(organizationId: string): ReadonlyMap<string, string> {
    return new Map(this.#agentNames.all(organizationId).map(({ id, name }) => [id, name]));
  }

  /** Of one organization, or (null) of the whole house. */
  async houseCounts(organizationId: string | null, todayMs: number): Promise<HouseCounts> {
    const none = { users: 0, agents: 0, campaigns: 0, callsToday: 0, activeCalls: 0 };
    const counts = await this.#reads.get<HouseCounts>(houseCounts, { only: organizationId, fromMs: todayMs });
    return counts ?? none;
  }
}
