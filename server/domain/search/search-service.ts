import { LandlineError, messageOf } from '../../contract/errors.ts';
import type { AgentRepository } from '../agents/agent-repository.ts';
import type { MappingRepository } from '../knowledge/mapping-repository.ts';
import type { FoundPassage } from './passage-search.ts';
import {
  type HybridHit,
  type HybridRequest,
  hybridDefaults,
  mostHits,
  type SearchRequest,
  type SemanticHit,
  semanticDefaults,
} from './search.ts';
import type { SearchCounters, SearchThread } from './search-thread.ts';
import { termsOf } from './terms.ts';
import type { TextEmbedder } from './text-embedder.ts';

export interface SearchParts {
  readonly agents: AgentRepository;
  readonly mappings: MappingRepository;
  readonly thread: SearchThread;
  /** Undefined where nobody brought one: words alone are compared then. */
  readonly embedder: TextEmbedder | undefined;
}

/** Words of a question that are looked up; the rest of a longer one is left out. */
const mostTerms = 64;
const longestQuery = 8_000;

/** Finds passages in the files of one agent. */
export class SearchService {
  readonly #parts: SearchParts;

  constructor(parts: SearchParts) {
    this.#parts = parts;
  }

  get counters(): SearchCounters {
    return this.#parts.thread.counters;
  }

  /**
   * Passages by meaning, nearest first. Throws `agent-not-found`, `search-query-invalid`, `search-unavailable` (no
   * embedder), `search-busy` or `search-failed`.
   */
  async semantic(request: SearchRequest): Promise<readonly SemanticHit[]> {
    const { limit = semanticDefaults.limit, threshold = semanticDefaults.threshold } = request;
    if (!this.#parts.embedder) {
      throw new LandlineError('search-unavailable', 'No embedder is installed: search by words instead.');
    }
    const weights = { keyword: 0, semantic: 1 };
    const found = await this.#search(request, { limit, threshold, weights, byWords: false });
    return found.map(({ chunkId, fileId, fileName, text, distance }) => ({
      chunkId,
      fileId,
      fileName,
      text,
      distance,
    }));
  }

  /** Passages by meaning and words together, best first. Throws like `semantic`. */
  async hybrid(request: HybridRequest): Promise<readonly HybridHit[]> {
    const { limit, threshold, weights } = { ...hybridDefaults, ...request };
    return this.#search(request, { limit, threshold, weights, byWords: true });
  }

  /**
   * The same for a call that is on, whatever the distance; none when the agent has no files. By words alone when the
   * embedder does not answer.
   */
  async forCall(agentId: string, query: string, limit: number): Promise<readonly HybridHit[]> {
    const text = query.slice(0, longestQuery);
    const how: How = { limit, threshold: 2, weights: hybridDefaults.weights, byWords: true };
    if (this.#parts.mappings.searchable(agentId) === undefined) return [];
    return this.#ask(
      agentId,
      text,
      how,
      this.#direction(text, how).catch(() => undefined),
    );
  }

  /** Begins the searching thread, so that the first caller does not wait for it. */
  start(): void {
    this.#parts.thread.start();
  }

  /** Ends the searching thread; call it before the database closes. */
  stop(): Promise<void> {
    return this.#parts.thread.stop();
  }

  async #search(request: SearchRequest, how: How): Promise<readonly FoundPassage[]> {
    const { organizationId, agentId, query } = request;
    if (this.#parts.agents.find(agentId)?.organizationId !== organizationId) {
      throw new LandlineError('agent-not-found', 'There is no agent with this id.', { id: agentId });
    }
    const problems = problemsOf(query, how);
    if (problems.length > 0) {
      const problem = problems.map(({ field, message }) => `${field} ${message}`).join('; ');
      throw new LandlineError('search-query-invalid', `The search is refused: ${problem}.`, { problems });
    }
    return this.#ask(agentId, query, how, this.#direction(query, how));
  }

  async #direction(query: string, { weights }: How): Promise<Float32Array | undefined> {
    const { embedder } = this.#parts;
    if (!embedder || weights.semantic === 0) return undefined;
    try {
      return (await embedder.embed([query], 'question'))[0];
    } catch (thrown) {
      const why = messageOf(thrown);
      throw new LandlineError('search-failed', `The question could not be compared: ${why}`, {}, thrown);
    }
  }

  async #ask(
    agentId: string,
    query: string,
    how: How,
    direction: Promise<Float32Array | undefined>,
  ): Promise<readonly FoundPassage[]> {
    const { mappings, embedder, thread } = this.#parts;
    const vector = await direction;
    const baseNo = mappings.searchable(agentId);
    if (baseNo === undefined || query.trim() === '') return [];
    const sum = how.weights.keyword + how.weights.semantic;
    return thread.search({
      baseNo,
      model: embedder?.name ?? '',
      ...(vector === undefined ? {} : { vector }),
      isDense: embedder?.isDense ?? false,
      terms: how.byWords && how.weights.keyword > 0 ? [...new Set(termsOf(query))].slice(0, mostTerms) : [],
      limit: how.limit,
      threshold: how.threshold,
      weights: { keyword: how.weights.keyword / sum, semantic: how.weights.semantic / sum },
    });
  }
}

interface How {
  readonly limit: number;
  readonly threshold: number;
  readonly weights: { readonly keyword: number; readonly semantic: number };
  readonly byWords: boolean;
}

function problemsOf(query: string, { limit, threshold, weights }: How) {
  const problems: { field: string; message: string }[] = [];
  const check = (field: string, isRight: boolean, message: string) => {
    if (!isRight) problems.push({ field, message });
  };
  check('query', query.trim() !== '', 'is empty: write what to look for');
  check('query', query.length <= longestQuery, `is longer than ${longestQuery} characters`);
  check('limit', Number.isInteger(limit) && limit >= 1 && limit <= mostHits, `is ${limit}: use 1 to ${mostHits}`);
  check('threshold', threshold >= 0 && threshold <= 2, `is ${threshold}: use 0 to 2`);
  const { keyword, semantic } = weights;
  const areWeights = keyword >= 0 && semantic >= 0 && keyword + semantic > 0 && Number.isFinite(keyword + semantic);
  check('weights', areWeights, `are ${keyword} and ${semantic}: neither may be negative, nor both 0`);
  return problems;
}
