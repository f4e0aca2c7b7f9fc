import type { Statement } from '../../db/database.ts';
import type { Queryable } from '../../db/read-only-database.ts';
import { type VectorHit, type VectorMode, type VectorSearch, type VectorStore, vectorBytes } from './vector-index.ts';

/** Vectors that signs pick at least; more cost time out of proportion (29 ms for 200 of 100,000, 115 ms for 500). */
const candidates = 200;

/** Writing side of the vectors in sqlite-vec: one partition for each knowledge base. */
export class VectorRepository implements VectorStore {
  readonly #insert: Statement<never>;
  readonly #insertBits: Statement<never>;
  readonly #ids: Statement<{ readonly id: bigint }>;
  readonly #delete: Statement<never>;
  readonly #deleteBits: Statement<never>;

  constructor(db: Queryable) {
    this.#insert = db.prepare('INSERT INTO knowledge_vectors (rowid, base_no, embedding) VALUES (?, ?, ?)');
    this.#insertBits = db.prepare(
      'INSERT INTO knowledge_bits (rowid, base_no, embedding) VALUES (?, ?, vec_quantize_binary(?))',
    );
    this.#ids = db.prepare<{ id: bigint }>(
      'SELECT rowid AS id FROM knowledge_vectors_rowids WHERE rowid >= ? AND rowid < ? LIMIT ?',
    );
    this.#ids.safeIntegers();
    this.#delete = db.prepare('DELETE FROM knowledge_vectors WHERE rowid = ?');
    this.#deleteBits = db.prepare('DELETE FROM knowledge_bits WHERE rowid = ?');
  }

  add(baseNo: number, id: bigint, vector: Float32Array): void {
    const bytes = vectorBytes(vector);
    this.#insert.run(id, BigInt(baseNo), bytes);
    this.#insertBits.run(id, BigInt(baseNo), bytes);
  }

  remove(first: bigint, end: bigint, limit: number): number {
    const ids = this.#ids.all(first, end, limit);
    for (const { id } of ids) {
      this.#delete.run(id);
      this.#deleteBits.run(id);
    }
    return ids.length;
  }
}

interface HitRow {
  readonly id: bigint;
  readonly distance: number;
}

/** Reading side. */
export class VectorSearchRepository implements VectorSearch {
  readonly #exact: Statement<HitRow>;
  readonly #signs: Statement<HitRow>;
  readonly #rescore: Statement<HitRow>;

  constructor(db: Queryable) {
    this.#exact = db.prepare<HitRow>(
      'SELECT rowid AS id, distance FROM knowledge_vectors WHERE embedding MATCH ? AND base_no = ? AND k = ?',
    );
    this.#signs = db.prepare<HitRow>(
      `SELECT rowid AS id, distance FROM knowledge_bits
       WHERE embedding MATCH vec_quantize_binary(?) AND base_no = ? AND k = ?`,
    );
    this.#rescore = db.prepare<HitRow>(
      'SELECT rowid AS id, vec_distance_L2(embedding, ?) AS distance FROM knowledge_vectors WHERE rowid = ?',
    );
    for (const statement of [this.#exact, this.#signs, this.#rescore]) statement.safeIntegers();
  }

  nearest(baseNo: number, vector: Float32Array, count: number, mode: VectorMode): readonly VectorHit[] {
    const bytes = vectorBytes(vector);
    if (mode === 'exact') return this.#exact.all(bytes, BigInt(baseNo), BigInt(count));
    return this.#signs
      .all(bytes, BigInt(baseNo), BigInt(Math.max(candidates, count)))
      .flatMap(({ id }) => this.distances(bytes, [id]))
      .sort((a, b) => a.distance - b.distance)
      .slice(0, count);
  }

  /** Distances of single vectors. */
  distances(bytes: Uint8Array, ids: readonly bigint[]): readonly VectorHit[] {
    return ids.flatMap((id) => this.#rescore.get(bytes, id) ?? []);
  }
}
