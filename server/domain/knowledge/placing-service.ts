import type { UnitOfWork } from '../../events/unit-of-work.ts';
import { SegmentBuilder } from '../search/postings.ts';
import type { PostingsRepository } from '../search/postings-repository.ts';
import { termsOf } from '../search/terms.ts';
import type { VectorStore } from '../search/vector-index.ts';
import type { ChunkRepository } from './chunk-repository.ts';
import type { IndexedMapping, MappingRepository } from './mapping-repository.ts';

export interface PlacingParts {
  readonly unitOfWork: UnitOfWork;
  readonly mappings: MappingRepository;
  readonly chunks: ChunkRepository;
  readonly postings: PostingsRepository;
  readonly vectors: VectorStore;
}

/** What one transaction writes or deletes; each keeps the server's loop busy for a millisecond or two. */
const vectorBatch = 8;
const postingsBatch = 80;
const deleteBatch = 30;

const positions = 1n << 20n;

/** From the chunks of a file to the knowledge base of an agent and away again, one short transaction at a time. */
export class PlacingService {
  readonly #parts: PlacingParts;

  constructor(parts: PlacingParts) {
    this.#parts = parts;
  }

  /** A mapping whose file can be placed. */
  next(): IndexedMapping | undefined {
    return this.#parts.mappings.nextWaiting();
  }

  /** Places all chunks of the mapping's file; the agent finds them when this resolves. Clears an earlier try first. */
  async place(mapping: IndexedMapping, signal: AbortSignal): Promise<void> {
    await this.#clear(mapping, signal);
    let segment = 0;
    let builder = new SegmentBuilder();
    for (let position = 0; !signal.aborted; ) {
      const chunks = this.#parts.chunks.from(mapping.fileNo, position, vectorBatch);
      if (chunks.length === 0) break;
      await this.#parts.unitOfWork.run(() => {
        for (const chunk of chunks) {
          const id = BigInt(mapping.no) * positions + BigInt(chunk.position);
          this.#parts.vectors.add(mapping.baseNo, id, chunk.vector);
        }
      });
      for (const { text, vector } of chunks) {
        builder.add(termsOf(text), vector);
        if (!builder.isFull) continue;
        await this.#write(mapping, segment++, builder, signal);
        builder = new SegmentBuilder();
      }
      position += chunks.length;
    }
    signal.throwIfAborted();
    if (builder.chunks > 0) await this.#write(mapping, segment, builder, signal);
    await this.#parts.unitOfWork.run(() => this.#parts.mappings.markReady(mapping.no));
  }

  /** A mapping that was taken back, or whose file was deleted. */
  nextRemoved(): IndexedMapping | undefined {
    return this.#parts.mappings.nextRemoved();
  }

  /** Clears the mapping's index rows and then the mapping. */
  async remove(mapping: IndexedMapping, signal: AbortSignal): Promise<void> {
    await this.#clear(mapping, signal);
    await this.#parts.unitOfWork.run(() => this.#parts.mappings.erase(mapping.no));
  }

  /** Takes the mappings of deleted agents back. */
  async releaseDeletedAgents(): Promise<void> {
    const { unitOfWork, mappings } = this.#parts;
    if (mappings.hasDeletedAgents()) await unitOfWork.run((_record, nowMs) => mappings.removeOfDeletedAgents(nowMs));
  }

  async #write(
    { baseNo, no }: IndexedMapping,
    segment: number,
    builder: SegmentBuilder,
    signal: AbortSignal,
  ): Promise<void> {
    const { unitOfWork, postings } = this.#parts;
    const rows = builder.rows();
    const writeSome = (): number => {
      for (let written = 0; written < postingsBatch; written++) {
        const row = rows.next();
        if (row.done === true) return written;
        postings.insert({ baseNo, mappingNo: no, segment }, ...row.value);
      }
      return postingsBatch;
    };
    for (let written = postingsBatch; written === postingsBatch; ) {
      signal.throwIfAborted();
      written = await unitOfWork.run(writeSome);
    }
  }

  async #clear({ no }: IndexedMapping, signal: AbortSignal): Promise<void> {
    const { postings, vectors } = this.#parts;
    const first = BigInt(no) * positions;
    await this.#repeat(() => postings.delete(no, postingsBatch) === postingsBatch, signal);
    await this.#repeat(() => vectors.remove(first, first + positions, deleteBatch) === deleteBatch, signal);
  }

  /** One transaction after another while `work` says that there is more. */
  async #repeat(work: () => boolean, signal: AbortSignal): Promise<void> {
    for (let isMore = true; isMore; ) {
      signal.throwIfAborted();
      isMore = await this.#parts.unitOfWork.run(work);
    }
  }
}
