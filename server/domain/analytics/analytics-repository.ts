import type { Database, Statement } from '../../db/database.ts';
import type { AnalyticsFilter, CostFilter, HouseCounts, TermCount } from './analytics.ts';

interface TermRow {
  readonly term: string;
  readonly calls: number;
}

interface ScoreRow {
  readonly agent_id: string;
  readonly score: number;
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

/** Reads the sums that triggers keep over the analyses of calls. */
export class AnalyticsRepository {
  readonly #terms: Statement<TermRow>;
  readonly #scores: Statement<ScoreRow>;
  readonly #phrases: Statement<TermRow>;
  readonly #cost: Statement<{ readonly micro: number | null }>;
  readonly #campaignCost: Statement<{ readonly micro: number | null }>;
  readonly #callCost: Statement<{ readonly micro: number }>;
  readonly #agentNames: Statement<{ readonly id: string; readonly name: string }>;
  readonly #house: Statement<HouseCounts>;

  constructor(db: Database) {
    this.#terms = db.prepare(
      `SELECT term, sum(calls) AS calls FROM analysis_days
       WHERE organization_id = @organizationId AND day >= @fromDay AND kind = @kind
         AND (@agentId IS NULL OR agent_id = @agentId)
       GROUP BY term ORDER BY calls DESC, term`,
    );
    this.#scores = db.prepare(
      `SELECT agent_id, sum(score_sum) / sum(calls) AS score FROM analysis_days
       WHERE organization_id = ? AND day >= ? AND kind = 'sentiment' GROUP BY agent_id`,
    );
    this.#phrases = db.prepare(
      `SELECT phrase AS term, calls FROM analysis_phrases WHERE organization_id = ? AND agent_id = ?
       ORDER BY calls DESC LIMIT ?`,
    );
    this.#cost = db.prepare(
      `SELECT sum(cost_micro) AS micro FROM usage_sessions
       WHERE organization_id = @organizationId AND started_at_ms >= @fromMs AND type = 'calls'
         AND (@agentId IS NULL OR agent_id = @agentId)`,
    );
    this.#campaignCost = db.prepare(
      `SELECT sum(cost_micro) AS micro FROM calls JOIN usage_sessions ON usage_sessions.id = calls.id
       WHERE calls.campaign_id = @campaignId AND +calls.organization_id = @organizationId
         AND calls.deleted_at_ms IS NULL AND +calls.started_at_ms >= @fromMs
         AND (@agentId IS NULL OR calls.agent_id = @agentId)`,
    );
    this.#callCost = db.prepare('SELECT cost_micro AS micro FROM usage_sessions WHERE id = ?');
    this.#agentNames = db.prepare('SELECT id, name FROM agents WHERE organization_id = ?');
    this.#house = db.prepare(houseCounts);
  }

  /** Most frequent first. */
  terms(kind: 'sentiment' | 'emotion', filter: AnalyticsFilter): readonly TermCount[] {
    const { organizationId, fromDay, agentId } = filter;
    return this.#terms.all({ organizationId, fromDay, kind, agentId: agentId ?? null });
  }

  /** Mean sentiment score (-1 to 1) by agent. */
  scores(organizationId: string, fromDay: string): ReadonlyMap<string, number> {
    return new Map(this.#scores.all(organizationId, fromDay).map(({ agent_id, score }) => [agent_id, score]));
  }

  /** Most frequent first, over all time. */
  phrases(organizationId: string, agentId: string | undefined, limit: number): readonly TermCount[] {
    return this.#phrases.all(organizationId, agentId ?? '', limit);
  }

  /** In micro-units. */
  cost({ organizationId, agentId, campaignId, fromMs = 0 }: CostFilter): number {
    const values = { organizationId, agentId: agentId ?? null, fromMs };
    const row = campaignId === undefined ? this.#cost.get(values) : this.#campaignCost.get({ ...values, campaignId });
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
  houseCounts(organizationId: string | null, todayMs: number): HouseCounts {
    const none = { users: 0, agents: 0, campaigns: 0, callsToday: 0, activeCalls: 0 };
    return this.#house.get({ only: organizationId, fromMs: todayMs }) ?? none;
  }
}
