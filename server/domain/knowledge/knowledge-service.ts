import { type Clock, delay } from '../../lifetime/clock.ts';
import type { HybridHit } from '../search/search.ts';
import { termsOf } from '../search/terms.ts';
import type { KnowledgeRepository } from './knowledge-repository.ts';
import { searchWords } from './sentence.ts';

/** A sentence, or a passage of a file, that may answer a question. */
export interface Passage {
  readonly text: string;
  /** 0 (no relation) to 1: mostly how many of the question's content words it holds, then how telling they are. */
  readonly score: number;
}

/** Looks into the files of an agent. */
export interface FileSearch {
  forCall(agentId: string, text: string, limit: number): Promise<readonly HybridHit[]>;
}

export interface KnowledgeCounters {
  /** Answers that went without the files because looking into them failed or took too long. */
  readonly withoutFiles: number;
}

/** BM25 alone is nearly 0 in a collection of a few sentences, so the share of found words leads. */
const coverageWeight = 0.8;
/** A caller waits for the answer: files that take longer are left out of it. */
const longestFileSearchMs = 600;

export class KnowledgeService {
  readonly #knowledge: KnowledgeRepository;
  readonly #files: FileSearch;
  readonly #clock: Clock;
  #withoutFiles = 0;

  constructor(knowledge: KnowledgeRepository, files: FileSearch, clock: Clock) {
    this.#knowledge = knowledge;
    this.#files = files;
    this.#clock = clock;
  }

  get counters(): KnowledgeCounters {
    return { withoutFiles: this.#withoutFiles };
  }

  /** The agent's own knowledge sentences and the passages of its files nearest to the text, best first. */
  async search(agentId: string, text: string, limit: number): Promise<readonly Passage[]> {
    const words = searchWords(text);
    const fromFiles = this.#fromFiles(agentId, text, limit);
    const own = this.#ownSentences(agentId, words);
    const found = (await fromFiles).map((hit) => ({ text: hit.text, score: passageScore(hit, words) }));
    return [...own, ...found].sort((a, b) => b.score - a.score).slice(0, limit);
  }

  #ownSentences(agentId: string, words: readonly string[]): readonly Passage[] {
    const shares = new Map<string, { rank: number; found: number }>();
    for (const hit of this.#knowledge.search(agentId, words, 200)) {
      shares.set(hit.sentence, { rank: -hit.rank, found: 0 });
    }
    for (const word of words) {
      for (const hit of this.#knowledge.search(agentId, [word], 1_000)) {
        const share = shares.get(hit.sentence);
        if (share) share.found++;
      }
    }
    return [...shares].map(([sentence, { rank, found }]) => {
      const telling = Math.max(0, rank) / (1 + Math.max(0, rank));
      return { text: sentence, score: scoreOf(found / words.length, telling) };
    });
  }

  /** None rather than a late answer. */
  async #fromFiles(agentId: string, text: string, limit: number): Promise<readonly HybridHit[]> {
    const late = new AbortController();
    const tooLate = delay(this.#clock, longestFileSearchMs, late.signal).then(
      () => undefined,
      () => undefined,
    );
    const found = this.#files.forCall(agentId, text, limit).catch(() => undefined);
    const hits = await Promise.race([found, tooLate]);
    late.abort();
    if (hits === undefined) this.#withoutFiles++;
    return hits ?? [];
  }
}

function passageScore({ text, combinedScore }: HybridHit, words: readonly string[]): number {
  const held = new Set(termsOf(text));
  const found = words.filter((word) => termsOf(word).some((term) => held.has(term))).length;
  return scoreOf(words.length === 0 ? 0 : found / words.length, Math.min(1, Math.max(0, combinedScore)));
}

function scoreOf(coverage: number, telling: number): number {
  return coverageWeight * coverage + (1 - coverageWeight) * telling;
}
