import { constants } from 'node:fs';
import { access, statfs } from 'node:fs/promises';
import type { Clock } from '../../lifetime/clock.ts';
import { hasRole, type Principal } from '../credentials/principal.ts';
import {
  type AnalyticsFilter,
  type CostFilter,
  type HouseCounts,
  type SentimentCounts,
  startOfDays,
  type TermCount,
} from './analytics.ts';
import type { AnalyticsRepository } from './analytics-repository.ts';

/**
 * What all calls of an organization together say, as far as they have been analysed. Sums throw `database-busy` when too
 * many of them wait.
 */
export class AnalyticsService {
  readonly #analytics: AnalyticsRepository;
  readonly #clock: Clock;
  readonly #dataFolder: string;

  constructor(parts: { readonly analytics: AnalyticsRepository; readonly clock: Clock; readonly dataFolder: string }) {
    this.#analytics = parts.analytics;
    this.#clock = parts.clock;
    this.#dataFolder = parts.dataFolder;
  }

  async sentiment(filter: AnalyticsFilter): Promise<SentimentCounts> {
    const terms = await this.#analytics.terms('sentiment', filter);
    const counts = new Map(terms.map(({ term, calls }) => [term, calls]));
    const of = (term: string) => counts.get(term) ?? 0;
    return { positive: of('positive'), neutral: of('neutral'), negative: of('negative') };
  }

  /** Most frequent first. */
  emotions(filter: AnalyticsFilter): Promise<readonly TermCount[]> {
    return this.#analytics.terms('emotion', filter);
  }

  /** Mean sentiment score (-1 to 1) by agent; agents without an analysed call are absent. */
  sentimentScores(organizationId: string, fromDay: string): Promise<ReadonlyMap<string, number>> {
    return this.#analytics.scores(organizationId, fromDay);
  }

  /** Most frequent first, over all time. */
  topPhrases(
    organizationId: string,
    { agentId, limit }: { readonly agentId?: string | undefined; readonly limit: number },
  ): readonly TermCount[] {
    return this.#analytics.phrases(organizationId, agentId, limit);
  }

  /** In micro-units. */
  costOf(filter: CostFilter): Promise<number> {
    return this.#analytics.cost(filter);
  }

  /** In micro-units; undefined until the call has been metered. */
  costOfCall(callId: string): number | undefined {
    return this.#analytics.costOfCall(callId);
  }

  /** Names of an organization's agents, those of deleted ones too, by id. */
  agentNames(organizationId: string): ReadonlyMap<string, string> {
    return this.#analytics.agentNames(organizationId);
  }

  /** Of the whole house for a super administrator, else of the caller's organization. */
  async houseStats(principal: Principal): Promise<HouseCounts & { readonly diskFreeBytes: number }> {
    const whole = hasRole(principal.role, 'super_admin');
    const today = startOfDays(1, this.#clock.now());
    const counts = await this.#analytics.houseCounts(whole ? null : principal.organizationId, today);
    const { bavail, bsize } = await statfs(this.#dataFolder);
    return { ...counts, diskFreeBytes: bavail * bsize };
  }

  /** Whether recordings and the database can be written where they lie. */
  async isStorageWritable(): Promise<boolean> {
    return access(this.#dataFolder, constants.W_OK).then(
      () => true,
      () => false,
    );
  }
}
