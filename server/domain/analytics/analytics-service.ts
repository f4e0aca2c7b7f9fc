import type { AnalyticsFilter, SentimentCounts, TermCount } from './analytics.ts';
import type { AnalyticsRepository } from './analytics-repository.ts';

/** What all calls of an organization together say, as far as they have been analysed. */
export class AnalyticsService {
  readonly #analytics: AnalyticsRepository;

  constructor(analytics: AnalyticsRepository) {
    this.#analytics = analytics;
  }

  sentiment(filter: AnalyticsFilter): SentimentCounts {
    const counts = new Map(this.#analytics.terms('sentiment', filter).map(({ term, calls }) => [term, calls]));
    const of = (term: string) => counts.get(term) ?? 0;
    return { positive: of('positive'), neutral: of('neutral'), negative: of('negative') };
  }

  /** Most frequent first. */
  emotions(filter: AnalyticsFilter): readonly TermCount[] {
    return this.#analytics.terms('emotion', filter);
  }

  /** Mean sentiment score (-1 to 1) by agent; agents without an analysed call are absent. */
  sentimentScores(organizationId: string, fromDay: string): ReadonlyMap<string, number> {
    return this.#analytics.scores(organizationId, fromDay);
  }

  /** Most frequent first, over all time. */
  topPhrases(
    organizationId: string,
    { agentId, limit }: { readonly agentId?: string | undefined; readonly limit: number },
  ): readonly TermCount[] {
    return this.#analytics.phrases(organizationId, agentId, limit);
  }
}
