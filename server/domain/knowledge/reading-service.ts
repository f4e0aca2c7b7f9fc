import { LandlineError } from '../../contract/errors.ts';
import type { UnitOfWork } from '../../events/unit-of-work.ts';
import type { TextEmbedder } from '../search/text-embedder.ts';
import type { ChunkRepository } from './chunk-repository.ts';
import type { FileStore } from './file-store.ts';
import type { KnowledgeFile } from './knowledge-file.ts';
import type { IndexedFile, KnowledgeFileRepository } from './knowledge-file-repository.ts';
import type { MappingRepository } from './mapping-repository.ts';

export interface ReadingParts {
  readonly unitOfWork: UnitOfWork;
  readonly files: KnowledgeFileRepository;
  readonly mappings: MappingRepository;
  readonly chunks: ChunkRepository;
  readonly store: FileStore;
  readonly embedder: TextEmbedder | undefined;
}

/** Times that a file's reading is begun; one that takes the house down with it must not do so for ever. */
const mostAttempts = 3;
/** Rows that one transaction deletes: it holds up everything else. */
const deleteBatch = 50;

/**
 * From a stored file to chunks with vectors, one short transaction at a time; whoever does it may be ended at any
 * moment and starts the file again.
 */
export class ReadingService {
  readonly #parts: ReadingParts;

  constructor(parts: ReadingParts) {
    this.#parts = parts;
  }

  /** The file whose turn it is. */
  next(): { readonly indexed: IndexedFile; readonly path: string } | undefined {
    const indexed = this.#parts.files.nextProcessing();
    return indexed && { indexed, path: this.#parts.store.pathOf(indexed.file.storedName) };
  }

  /** Clears what an earlier try left. False when it was tried often enough: the file is `failed` then. */
  async begin({ no, attempts }: IndexedFile, signal: AbortSignal): Promise<boolean> {
    if (attempts >= mostAttempts) {
      const why = `Reading it was broken off ${attempts} times: the server stopped each time. Upload it again.`;
      await this.fail(no, why, signal);
      return false;
    }
    await this.#parts.unitOfWork.run(() => this.#parts.files.addAttempts(no, 1));
    await this.#clear(no, signal);
    return true;
  }

  /** Broken off for no fault of the file's (an orderly stop, no embedder): that was no try. */
  async putBack(no: number): Promise<void> {
    await this.#parts.unitOfWork.run(() => this.#parts.files.addAttempts(no, -1));
  }

  /** Appends passages to a file that is being read. False when the file was deleted meanwhile. */
  async add(no: number, position: number, texts: readonly string[]): Promise<boolean> {
    const { unitOfWork, chunks } = this.#parts;
    const vectors = await this.#embed(texts);
    return unitOfWork.run(() => {
      if (!this.#isProcessing(no)) return false;
      for (const [index, text] of texts.entries()) {
        chunks.insert(no, { position: position + index, text, vector: vectors[index] as Float32Array });
      }
      return true;
    });
  }

  /** The file is read and embedded whole: `ready`, with so many passages. */
  finish(no: number, chunkCount: number): Promise<void> {
    const embeddingModel = this.#embedder().name;
    return this.#settle(no, { status: 'ready', chunkCount, embeddingModel, errorMessage: null });
  }

  /** `why` is one sentence for whoever uploaded the file. */
  async fail(no: number, why: string, signal: AbortSignal): Promise<void> {
    await this.#clear(no, signal);
    await this.#settle(no, { status: 'failed', chunkCount: 0, errorMessage: why });
  }

  /** A file whose vectors come from another embedder than the present one. */
  nextOfOtherModel(): IndexedFile | undefined {
    const { files, embedder } = this.#parts;
    return embedder && files.nextOfOtherModel(embedder.name);
  }

  /** Makes vectors anew for some chunks; resolves with how many there were. */
  async renew(no: number, position: number, count: number): Promise<number> {
    const { unitOfWork, chunks } = this.#parts;
    const stored = chunks.from(no, position, count);
    const vectors = await this.#embed(stored.map(({ text }) => text));
    await unitOfWork.run(() => {
      for (const [index, chunk] of stored.entries()) {
        chunks.setVector(no, chunk.position, vectors[index] as Float32Array);
      }
    });
    return stored.length;
  }

  /** All vectors are new: the knowledge bases take them over. */
  finishRenewal(no: number): Promise<void> {
    const { unitOfWork, files, mappings } = this.#parts;
    const embeddingModel = this.#embedder().name;
    return unitOfWork.run((_record, nowMs) => {
      const indexed = files.findByNo(no);
      if (!indexed) return;
      files.update({ ...indexed.file, embeddingModel, updatedAtMs: nowMs });
      mappings.markWaiting(no);
    });
  }

  /** A deleted file whose mappings are all cleared away. */
  nextDeleted(): IndexedFile | undefined {
    const { files, mappings } = this.#parts;
    const deleted = files.nextDeleted();
    return deleted && !mappings.hasAny(deleted.no) ? deleted : undefined;
  }

  /** Removes chunks, the stored original, and then the row. */
  async erase({ no, file }: IndexedFile, signal: AbortSignal): Promise<void> {
    await this.#clear(no, signal);
    await this.#parts.store.remove(file.storedName);
    await this.#parts.unitOfWork.run(() => this.#parts.files.erase(no));
  }

  /** Removes stored files that no row knows; once at start, before anything is uploaded. */
  sweep(): Promise<number> {
    return this.#parts.store.sweep(this.#parts.files.storedNames());
  }

  async #clear(no: number, signal: AbortSignal): Promise<void> {
    const { unitOfWork, chunks } = this.#parts;
    for (let deleted = deleteBatch; deleted === deleteBatch; ) {
      signal.throwIfAborted();
      deleted = await unitOfWork.run(() => chunks.delete(no, deleteBatch));
    }
  }

  #settle(no: number, change: Partial<KnowledgeFile> & Pick<KnowledgeFile, 'status'>): Promise<void> {
    const { unitOfWork, files } = this.#parts;
    return unitOfWork.run((record, nowMs) => {
      if (!this.#isProcessing(no)) return;
      const { file } = files.findByNo(no) as IndexedFile;
      files.update({ ...file, ...change, updatedAtMs: nowMs });
      const kind = change.status === 'ready' ? 'file-ready' : 'file-failed';
      record(file.organizationId, { kind, fileId: file.id });
    });
  }

  #isProcessing(no: number): boolean {
    const indexed = this.#parts.files.findByNo(no);
    return indexed !== undefined && this.#parts.files.find(indexed.file.id)?.file.status === 'processing';
  }

  #embed(texts: readonly string[]): Promise<readonly Float32Array[]> {
    return this.#embedder().embed(texts, 'passage');
  }

  #embedder(): TextEmbedder {
    if (this.#parts.embedder) return this.#parts.embedder;
    throw new LandlineError('search-unavailable', 'No embedder is installed: files cannot be indexed.');
  }
}
