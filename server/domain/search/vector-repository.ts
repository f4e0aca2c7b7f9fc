import type { Statement } from '../../db/database.ts';
import type { Queryable } from '../../db/read-only-database.ts';
import { type VectorHit, type VectorSearch, type VectorStore, vectorBytes } from './vector-index.ts';

/** Writing side of the vectors in sqlite-vec: one partition for each knowledge base. */
export class VectorRepository implements VectorStore {
  readonly #insert: Statement<never>;
  readonly #ids: Statement<{ readonly id: bigint }>;
  readonly #delete: Statement<never>;

  constructor(db: Queryable) {
    this.#insert = db.prepare('INSERT INTO knowledge_vectors (rowid, base_no, embedding) VALUES (?, ?, ?)');
    this.#ids = db.prepare<{ id: bigint }>(
      'SELECT rowid AS id FROM knowledge_vectors_rowids WHERE rowid >= ? AND rowid < ? LIMIT ?',
    );
    this.#ids.safeIntegers();
    this.#delete = db.prepare('DELETE FROM knowledge_vectors WHERE rowid = ?');
  }

  add(baseNo: number, id: bigint, vector: Float32Array): void {
    this.#insert.run(id, BigInt(baseNo), vectorBytes(vector));
  }

  remove(first: bigint, end: bigint, limit: number): number {
    const ids = this.#ids.all(first, end, limit);
    for (const { id } of ids) this.#delete.run(id);
    return ids.length;
  }
}

/** Reading side. */
export class VectorSearchRepository implements VectorSearch {
  readonly #nearest: Statement<VectorHit>;

  constructor(db: Queryable) {
    this.#nearest = db.prepare<VectorHit>(
      'SELECT rowid AS id, distance FROM knowledge_vectors WHERE embedding MATCH ? AND base_no = ? AND k = ?',
    );
    this.#nearest.safeIntegers();
  }

  nearest(baseNo: number, vector: Float32Array, count: number): readonly VectorHit[] {
    return this.#nearest.all(vectorBytes(vector), BigInt(baseNo), BigInt(count));
  }
}
