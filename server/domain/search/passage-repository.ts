import type { Statement } from '../../db/database.ts';
import { openReadOnly, type ReadOnlyDatabase } from '../../db/read-only-database.ts';
import type { TermPostings } from './keyword-score.ts';
import { lengthsTerm, numbersOf, segmentChunks, signsTerm } from './postings.ts';
import type { SignBlock } from './signs.ts';
import { vectorOf } from './vector-index.ts';
import { VectorSearchRepository } from './vector-repository.ts';

/** A file's chunks inside one knowledge base. */
export interface SearchedFile {
  readonly mappingNo: number;
  readonly fileNo: number;
  readonly fileId: string;
  readonly fileName: string;
  readonly chunkCount: number;
  readonly embeddingModel: string | null;
}

/** A segment of postings, placed among all chunks that are searched. */
export interface PlacedSegment {
  readonly base: number;
  readonly lengths: Uint32Array;
}

interface PostingsRow {
  readonly mapping_no: number;
  readonly segment: number;
  readonly postings: Uint8Array;
}

/** Everything a search reads, on a connection of its own. */
export class PassageRepository {
  readonly vectors: VectorSearchRepository;
  readonly #db: ReadOnlyDatabase;
  readonly #files: Statement<SearchedFile>;
  readonly #postings: Statement<PostingsRow>;
  readonly #text: Statement<{ readonly text: string }>;
  readonly #vector: Statement<{ readonly embedding: Uint8Array }>;

  private constructor(db: ReadOnlyDatabase) {
    this.#db = db;
    this.vectors = new VectorSearchRepository(db);
    this.#files = db.prepare(
      `SELECT m.no AS mappingNo, f.no AS fileNo, f.id AS fileId, f.file_name AS fileName, f.chunk_count AS chunkCount,
         f.embedding_model AS embeddingModel
       FROM knowledge_mappings AS m JOIN knowledge_files AS f ON f.no = m.file_no
       WHERE m.base_no = ? AND m.removed_at_ms IS NULL AND m.state = 'ready' AND f.deleted_at_ms IS NULL
       ORDER BY m.no`,
    );
    this.#postings = db.prepare(
      'SELECT mapping_no, segment, postings FROM knowledge_postings WHERE base_no = ? AND term = ?',
    );
    this.#vector = db.prepare('SELECT embedding FROM knowledge_chunks WHERE id = ?');
    this.#text = db.prepare('SELECT text FROM knowledge_chunks WHERE id = ?');
  }

  static open(path: string): PassageRepository {
    return new PassageRepository(openReadOnly(path));
  }

  /** Runs `work` on one state of the database. */
  snapshot<T>(work: () => T): T {
    return this.#db.snapshot(work);
  }

  files(baseNo: number): readonly SearchedFile[] {
    return this.#files.all(baseNo);
  }

  /** The base's segments by mapping and segment number; `firstPlace` says where each mapping's chunks begin. */
  segments(baseNo: number, firstPlace: ReadonlyMap<number, number>): ReadonlyMap<string, PlacedSegment> {
    const segments = new Map<string, PlacedSegment>();
    for (const row of this.#postings.iterate(baseNo, lengthsTerm)) {
      const first = firstPlace.get(row.mapping_no);
      if (first === undefined) continue;
      const base = first + row.segment * segmentChunks;
      segments.set(keyOf(row), { base, lengths: numbersOf(row.postings) });
    }
    return segments;
  }

  /** Where the term is, in these segments. */
  postings(baseNo: number, term: string, segments: ReadonlyMap<string, PlacedSegment>): readonly TermPostings[] {
    const found: TermPostings[] = [];
    for (const row of this.#postings.iterate(baseNo, term)) {
      const segment = segments.get(keyOf(row));
      if (segment) found.push({ segment, postings: row.postings });
    }
    return found;
  }

  /** The signs of all vectors of these segments. */
  signs(baseNo: number, segments: ReadonlyMap<string, PlacedSegment>): readonly SignBlock[] {
    const blocks: SignBlock[] = [];
    for (const row of this.#postings.iterate(baseNo, signsTerm)) {
      const segment = segments.get(keyOf(row));
      if (segment) blocks.push({ base: segment.base, signs: row.postings });
    }
    return blocks;
  }

  vector(chunkId: number): Float32Array | undefined {
    const row = this.#vector.get(chunkId);
    return row && vectorOf(row.embedding);
  }

  text(chunkId: number): string | undefined {
    return this.#text.get(chunkId)?.text;
  }

  close(): void {
    this.#db.close();
  }
}

function keyOf({ mapping_no, segment }: PostingsRow): string {
  return `${mapping_no}/${segment}`;
}
