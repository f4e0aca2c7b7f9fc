import type { KnowledgeRepository } from './knowledge-repository.ts';
import { searchWords } from './sentence.ts';

/** A sentence that may answer a question. */
export interface Passage {
  readonly text: string;
  /** 0 (no relation) to 1: mostly how many of the question's content words it holds, then how telling they are. */
  readonly score: number;
}

/** BM25 alone is nearly 0 in a collection of a few sentences, so the share of found words leads. */
const coverageWeight = 0.8;

export class KnowledgeService {
  readonly #knowledge: KnowledgeRepository;

  constructor(knowledge: KnowledgeRepository) {
    this.#knowledge = knowledge;
  }

  /** The agent's own knowledge sentences nearest to the text, best first. */
  async search(agentId: string, text: string, limit: number): Promise<readonly Passage[]> {
    const words = searchWords(text);
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
    return [...shares]
      .map(([sentence, { rank, found }]) => ({ text: sentence, score: scoreOf(found / words.length, rank) }))
      .sort((a, b) => b.score - a.score)
      .slice(0, limit);
  }
}

function scoreOf(coverage: number, rank: number): number {
  const telling = Math.max(0, rank) / (1 + Math.max(0, rank));
  return coverageWeight * coverage + (1 - coverageWeight) * telling;
}
