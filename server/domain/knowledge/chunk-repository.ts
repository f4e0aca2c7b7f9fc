import type { Database, Statement } from '../../db/database.ts';

/** Room for the chunks of one file in the row ids. */
const positions = 1 << 20;

export interface StoredChunk {
  readonly position: number;
  readonly text: string;
  /** Unit vector, 384 numbers. */
  readonly vector: Float32Array;
}

interface ChunkRow {
  readonly id: number;
  readonly text: string;
  readonly embedding: Uint8Array;
}

/** What was read from files, cut into passages, with their vectors. */
export class ChunkRepository {
  readonly #insert: Statement<never>;
  readonly #setVector: Statement<never>;
  readonly #range: Statement<ChunkRow>;
  readonly #delete: Statement<never>;

  constructor(db: Database) {
    this.#insert = db.prepare('INSERT INTO knowledge_chunks (id, text, embedding) VALUES (?, ?, ?)');
    this.#setVector = db.prepare('UPDATE knowledge_chunks SET embedding = ? WHERE id = ?');
    this.#range = db.prepare('SELECT * FROM knowledge_chunks WHERE id >= ? AND id < ? ORDER BY id LIMIT ?');
    this.#delete = db.prepare(
      'DELETE FROM knowledge_chunks WHERE id IN (SELECT id FROM knowledge_chunks WHERE id >= ? AND id < ? LIMIT ?)',
    );
  }

  insert(fileNo: number, { position, text, vector }: StoredChunk): void {
    this.#insert.run(fileNo * positions + position, text, bytesOf(vector));
  }

  setVector(fileNo: number, position: number, vector: Float32Array): void {
    this.#setVector.run(bytesOf(vector), fileNo * positions + position);
  }

  /** At most `count` chunks of the file, from this position on. */
  from(fileNo: number, position: number, count: number): readonly StoredChunk[] {
    const rows = this.#range.all(fileNo * positions + position, (fileNo + 1) * positions, count);
    return rows.map(({ id, text, embedding }) => ({ position: id % positions, text, vector: vectorOf(embedding) }));
  }

  /** Deletes at most `limit` chunks of the file; returns how many there were. */
  delete(fileNo: number, limit: number): number {
    return this.#delete.run(fileNo * positions, (fileNo + 1) * positions, limit).changes;
  }
}

function bytesOf(vector: Float32Array): Uint8Array {
  return new Uint8Array(vector.buffer, vector.byteOffset, vector.byteLength);
}

function vectorOf(bytes: Uint8Array): Float32Array {
  return new Float32Array(bytes.slice().buffer);
}
