import type { Database, Statement } from '../../db/database.ts';

/** Where one row of postings belongs. */
export interface PostingsPlace {
  readonly baseNo: number;
  readonly mappingNo: number;
  readonly segment: number;
}

/** Writing side of the inverted index. */
export class PostingsRepository {
  readonly #insert: Statement<never>;
  readonly #delete: Statement<never>;

  constructor(db: Database) {
    this.#insert = db.prepare(
      'INSERT INTO knowledge_postings (base_no, term, mapping_no, segment, postings) VALUES (?, ?, ?, ?, ?)',
    );
    this.#delete = db.prepare(
      `DELETE FROM knowledge_postings WHERE (base_no, term, mapping_no, segment) IN
         (SELECT base_no, term, mapping_no, segment FROM knowledge_postings WHERE mapping_no = ? LIMIT ?)`,
    );
  }

  insert({ baseNo, mappingNo, segment }: PostingsPlace, term: string, postings: Uint8Array): void {
    this.#insert.run(baseNo, term, mappingNo, segment, postings);
  }

  /** Deletes at most `limit` rows of the mapping; returns how many there were. */
  delete(mappingNo: number, limit: number): number {
    return this.#delete.run(mappingNo, limit).changes;
  }
}
