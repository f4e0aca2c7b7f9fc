import { z } from 'zod';
import { LandlineError } from '../../../contract/errors.ts';
import type { AgentService } from '../../../domain/agents/agent-service.ts';
import { hybridDefaults, mostHits, semanticDefaults } from '../../../domain/search/search.ts';
import type { SearchService } from '../../../domain/search/search-service.ts';
import type { HouseSettings } from '../../../domain/settings/house-settings.ts';
import type { Clock } from '../../../lifetime/clock.ts';
import { RateLimiter } from '../../rate-limit.ts';
import { publicRoute, type Route } from '../../route.ts';
import type { KupeCaller } from './auth.ts';

export interface SearchRouteParts {
  readonly agents: AgentService;
  readonly search: SearchService;
  readonly settings: HouseSettings;
  readonly clock: Clock;
}

/** Searches of one address in a minute, where no credential is asked for. */
const publicSearchesPerMinute = 60;

const searchQuery = z.looseObject({ agent_id: z.string().max(100).optional() });
const shared = {
  query: z.string().max(8_000).default(''),
  limit: z.int().min(1).max(mostHits).optional(),
  similarity_threshold: z.number().min(0).max(2).optional(),
};
const weight = z.number().min(0).max(1_000).optional();
const answerOf = (score: z.ZodType) =>
  z.object({ success: z.literal(true), message: z.string(), data: z.array(z.string()), scores: z.array(score) });

/**
 * Passages of an agent's files. Kupe's contract asks for no credential here; this house asks for one unless an
 * administrator has made searching public.
 */
export function searchRoutes(parts: SearchRouteParts): readonly Route<KupeCaller>[] {
  const { search } = parts;
  const door = new SearchDoor(parts);
  const group = 'Knowledge base';
  return [
    publicRoute({
      method: 'POST',
      path: '/api/v1/search/semantic',
      summary: 'Search the files of an agent by meaning',
      group,
      query: searchQuery,
      body: z.looseObject(shared),
      responses: { 200: answerOf(z.number()) },
      answer: async ({ caller, query, body, remoteAddress }) => {
        const agent = door.open(caller, query.agent_id, remoteAddress);
        const hits = await search.semantic({
          ...agent,
          query: asked(body.query),
          limit: body.limit ?? semanticDefaults.limit,
          threshold: body.similarity_threshold ?? semanticDefaults.threshold,
        });
        return found(hits, ({ distance }) => distance);
      },
    }),
    publicRoute({
      method: 'POST',
      path: '/api/v1/search/hybrid',
      summary: 'Search the files of an agent by meaning and words',
      group,
      query: searchQuery,
      body: z.looseObject({ ...shared, keyword_weight: weight, semantic_weight: weight }),
      responses: {
        200: answerOf(z.object({ combined_score: z.number(), distance: z.number(), sparse_score: z.number() })),
      },
      answer: async ({ caller, query, body, remoteAddress }) => {
        const agent = door.open(caller, query.agent_id, remoteAddress);
        const hits = await search.hybrid({
          ...agent,
          query: asked(body.query),
          limit: body.limit ?? hybridDefaults.limit,
          threshold: body.similarity_threshold ?? hybridDefaults.threshold,
          weights: {
            keyword: body.keyword_weight ?? hybridDefaults.weights.keyword,
            semantic: body.semantic_weight ?? hybridDefaults.weights.semantic,
          },
        });
        return found(hits, ({ combinedScore, distance, sparseScore }) => {
          return { combined_score: combinedScore, distance, sparse_score: sparseScore };
        });
      },
    }),
  ];
}

function asked(query: string): string {
  if (query.trim() !== '') return query;
  throw new LandlineError('invalid-argument', 'query is required and must not be empty');
}

function found<Hit extends { readonly text: string }>(hits: readonly Hit[], scoreOf: (hit: Hit) => unknown) {
  const data = { success: true, message: `Found ${hits.length} results`, data: hits.map(({ text }) => text) };
  return { kind: 'json', status: 200, data: { ...data, scores: hits.map(scoreOf) } } as const;
}

/** Who may search which agent. */
class SearchDoor {
  readonly #parts: SearchRouteParts;
  readonly #limiter: RateLimiter;

  constructor(parts: SearchRouteParts) {
    this.#parts = parts;
    this.#limiter = new RateLimiter(publicSearchesPerMinute, parts.clock);
  }

  /** Throws `unauthorized`, `rate-limited`, `invalid-argument` or `agent-not-found`. */
  open(caller: KupeCaller | undefined, agentId: string | undefined, remoteAddress: string) {
    const { agents, settings } = this.#parts;
    if (!caller && !settings.get('isSearchPublic')) throw new LandlineError('unauthorized', 'Not authenticated');
    if (!caller && !this.#limiter.take(remoteAddress).allowed) {
      throw new LandlineError('rate-limited', 'Rate limit exceeded');
    }
    if (agentId === undefined || agentId === '') throw new LandlineError('invalid-argument', 'agent_id is required');
    const agent = agents.find(agentId.toLowerCase());
    const organizationId = caller?.organizationId ?? agent?.organizationId ?? '';
    return { organizationId, agentId: agents.get(organizationId, agentId.toLowerCase()).id };
  }
}
