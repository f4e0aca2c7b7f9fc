import type { Database, Statement } from '../../db/database.ts';
import type { AnalyticsFilter, TermCount } from './analytics.ts';

interface TermRow {
  readonly term: string;
  readonly calls: number;
}

interface ScoreRow {
  readonly agent_id: string;
  readonly score: number;
}

/** Reads the sums that triggers keep over the analyses of calls. */
export class AnalyticsRepository {
  readonly #terms: Statement<TermRow>;
  readonly #scores: Statement<ScoreRow>;
  readonly #phrases: Statement<TermRow>;

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
  }

  /** Most frequent first. */
  terms(kind: 'sentiment' | 'emotion', filter: AnalyticsFilter): readonly TermCount[] {
    const { organizationId, fromDay, agentId = null } = filter;
    return this.#terms.all({ organizationId, fromDay, kind, agentId });
  }

  /** Mean sentiment score (-1 to 1) by agent. */
  scores(organizationId: string, fromDay: string): ReadonlyMap<string, number> {
    return new Map(this.#scores.all(organizationId, fromDay).map(({ agent_id, score }) => [agent_id, score]));
  }

  /** Most frequent first, over all time. */
  phrases(organizationId: string, agentId: string | undefined, limit: number): readonly TermCount[] {
    return this.#phrases.all(organizationId, agentId ?? '', limit);
  }
}
