import type { Database, Statement } from '../../db/database.ts';

interface HitRow {
  readonly sentence: string;
  /** FTS5's bm25: the better, the more negative. */
  readonly rank: number;
}

/** Full-text index of the agents' knowledge sentences. */
export class KnowledgeRepository {
  readonly #insert: Statement<never>;
  readonly #delete: Statement<never>;
  readonly #search: Statement<HitRow>;

  constructor(db: Database) {
    this.#insert = db.prepare('INSERT INTO knowledge_sentences (agent_token, sentence) VALUES (?, ?)');
    this.#delete = db.prepare(
      'DELETE FROM knowledge_sentences WHERE rowid IN (SELECT rowid FROM knowledge_sentences(?))',
    );
    // The agent is a term of the index: filtering after the ranking was measured five times slower.
    this.#search = db.prepare(
      `SELECT sentence, bm25(knowledge_sentences, 0.0, 1.0) AS rank
       FROM knowledge_sentences(?) ORDER BY rank LIMIT ?`,
    );
  }

  replace(agentId: string, sentences: readonly string[]): void {
    const token = tokenOf(agentId);
    this.#delete.run(`agent_token:${token}`);
    for (const sentence of sentences) this.#insert.run(token, sentence);
  }

  /** Sentences that hold any of the words, best first. */
  search(agentId: string, words: readonly string[], limit: number): readonly HitRow[] {
    if (words.length === 0) return [];
    const anyWord = words.map((word) => `"${word.replaceAll('"', '')}"`).join(' OR ');
    return this.#search.all(`agent_token:${tokenOf(agentId)} AND sentence:(${anyWord})`, limit);
  }
}

/** One word for the tokenizer. */
function tokenOf(agentId: string): string {
  return `a${agentId.replaceAll(/[^0-9a-z]/g, '')}z`;
}
