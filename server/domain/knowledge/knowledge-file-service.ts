import { randomUUID } from 'node:crypto';
import { LandlineError } from '../../contract/errors.ts';
import type { RecordFact, UnitOfWork } from '../../events/unit-of-work.ts';
import type { AgentRepository } from '../agents/agent-repository.ts';
import type { Extras } from '../json-column.ts';
import type { Page, PageRequest } from '../paging.ts';
import { formatOf } from './file-format.ts';
import { type FileStore, tooLarge } from './file-store.ts';
import {
  cleanFileName,
  type FileFormat,
  type FileMapping,
  type FileUpload,
  fileFormats,
  type KnowledgeFile,
  type KnowledgeFileStatus,
  largestFileBytes,
  mostWaitingFiles,
} from './knowledge-file.ts';
import type { IndexedFile, KnowledgeFileRepository } from './knowledge-file-repository.ts';
import type { MappingRepository } from './mapping-repository.ts';

export interface KnowledgeFileParts {
  readonly unitOfWork: UnitOfWork;
  readonly files: KnowledgeFileRepository;
  readonly mappings: MappingRepository;
  readonly agents: AgentRepository;
  readonly store: FileStore;
}

/** Who uploads, and for which agent at once. */
export interface UploadOwner {
  readonly organizationId: string;
  readonly userId: string | null;
  readonly agentId?: string;
  readonly extras?: Extras;
}

/** A copy that lies in the store and has no row yet. */
export interface StoredUpload {
  readonly id: string;
  readonly storedName: string;
  readonly format: FileFormat;
  readonly fileName: string;
  readonly owner: UploadOwner;
  readonly kept: { readonly sizeBytes: number; readonly sha256: string };
}

/** Files that agents answer from: kept, named, given to agents. Reading and indexing them goes on in the background. */
export class KnowledgeFileService {
  readonly #parts: KnowledgeFileParts;

  constructor(parts: KnowledgeFileParts) {
    this.#parts = parts;
  }

  /**
   * Takes a copy of the file at `upload.path`; resolves when it is stored for good, with status `processing`.
   * Throws `file-type-refused`, `file-empty`, `file-too-large`, `too-many-files-waiting`, `agent-not-found`,
   * `disk-full` or `file-not-stored`; nothing is kept then.
   */
  async upload(owner: UploadOwner, upload: FileUpload): Promise<KnowledgeFile> {
    const stored = await this.store(owner, upload, randomUUID());
    try {
      const agentIds = owner.agentId === undefined ? [] : [owner.agentId];
      return await this.#parts.unitOfWork.run((record, nowMs) => this.insertStored(stored, agentIds, record, nowMs));
    } catch (thrown) {
      await this.discard(stored);
      throw thrown;
    }
  }

  /** The copy alone, for a unit of work that makes more than its row. Throws as `upload` does. */
  async store(owner: UploadOwner, upload: FileUpload, id: string): Promise<StoredUpload> {
    const fileName = cleanFileName(upload.fileName);
    this.#checkUpload(owner, upload);
    const format = await formatOf({ ...upload, fileName });
    // A name of our own, whatever the id: an id may have been chosen elsewhere.
    const storedName = `${randomUUID()}.${format}`;
    const kept = await this.#parts.store.keep(upload.path, storedName);
    return { id, storedName, format, fileName: fileName || storedName, owner, kept };
  }

  /** The row of a stored copy, and the agents that answer from it. Throws `agent-not-found`. */
  insertStored(stored: StoredUpload, agentIds: readonly string[], record: RecordFact, nowMs: number): KnowledgeFile {
    const { organizationId } = stored.owner;
    const file = newFile({ ...stored, nowMs });
    this.#parts.files.insert(file);
    for (const agentId of agentIds) this.#insertMapping(organizationId, agentId, file.id, nowMs);
    record(organizationId, { kind: 'file-uploaded', fileId: file.id });
    return file;
  }

  /** Takes a stored copy away again that got no row. */
  discard({ storedName }: StoredUpload): Promise<void> {
    return this.#parts.store.remove(storedName);
  }

  /** Throws `file-not-found`, also for a file of another organization. */
  get(organizationId: string, id: string): KnowledgeFile {
    return this.#require(organizationId, id).file;
  }

  list(
    filter: { readonly organizationId: string; readonly userId?: string; readonly status?: KnowledgeFileStatus },
    page: PageRequest,
  ): Page<KnowledgeFile> {
    return this.#parts.files.list(filter, page);
  }

  /** Absolute path of the original, for sending it. Throws `file-not-found`. */
  fileOf(organizationId: string, id: string): { readonly file: KnowledgeFile; readonly path: string } {
    const file = this.get(organizationId, id);
    return { file, path: this.#parts.store.pathOf(file.storedName) };
  }

  /** As `fileOf`, for who shows a link that was signed for this very file. Throws `file-not-found`. */
  signedFile(id: string): { readonly file: KnowledgeFile; readonly path: string } {
    const organizationId = this.#parts.files.find(id)?.file.organizationId ?? '';
    return this.fileOf(organizationId, id);
  }

  /** Throws `file-not-found` or `file-name-refused`. The format stays what it is, whatever the new ending. */
  rename(organizationId: string, id: string, fileName: string): Promise<KnowledgeFile> {
    return this.#parts.unitOfWork.run((record, nowMs) => {
      const before = this.get(organizationId, id);
      const clean = cleanFileName(fileName);
      if (clean === '') {
        throw new LandlineError('file-name-refused', `"${fileName}" is no file name: give one with letters or digits.`);
      }
      const file = { ...before, fileName: clean, updatedAtMs: nowMs };
      this.#parts.files.update(file);
      record(organizationId, { kind: 'file-renamed', fileId: id });
      return file;
    });
  }

  /** It is found no more at once; what was made from it is cleared away in the background. Throws `file-not-found`. */
  delete(organizationId: string, id: string): Promise<void> {
    return this.#parts.unitOfWork.run((record, nowMs) => {
      const { no } = this.#require(organizationId, id);
      this.#parts.files.markDeleted(id, nowMs);
      this.#parts.mappings.removeOfFile(no, nowMs);
      record(organizationId, { kind: 'file-deleted', fileId: id });
    });
  }

  /** Lets the agent answer from the file; the same twice is the same mapping. Throws `agent-not-found`, `file-not-found`. */
  map(organizationId: string, agentId: string, fileId: string): Promise<FileMapping> {
    return this.#parts.unitOfWork.run((record, nowMs) => {
      const known = this.#mappingOf(organizationId, agentId, fileId);
      if (known) return known.mapping;
      const mapping = this.#insertMapping(organizationId, agentId, fileId, nowMs);
      record(organizationId, { kind: 'file-mapped', agentId, fileId });
      return mapping;
    });
  }

  /** Throws `agent-not-found`, `file-not-found` or `mapping-not-found`. */
  unmap(organizationId: string, agentId: string, fileId: string): Promise<void> {
    return this.#parts.unitOfWork.run((record, nowMs) => {
      const known = this.#mappingOf(organizationId, agentId, fileId);
      if (!known) {
        throw new LandlineError('mapping-not-found', 'The agent does not use this file.', { agentId, fileId });
      }
      this.#parts.mappings.remove(known.no, nowMs);
      record(organizationId, { kind: 'file-unmapped', agentId, fileId });
    });
  }

  /** The agent's files, in the order in which it got them. Throws `agent-not-found`. */
  listByAgent(organizationId: string, agentId: string): readonly FileMapping[] {
    this.#requireAgent(organizationId, agentId);
    return this.#parts.mappings.ofAgent(agentId);
  }

  /** Agents that answer from the file. Throws `file-not-found`. */
  agentIdsOf(organizationId: string, id: string): readonly string[] {
    this.#require(organizationId, id);
    return this.#parts.mappings.ofFile(id).map(({ agentId }) => agentId);
  }

  /** Agents that answer from each of these files, which the caller got from `list` or `get`. */
  agentIdsOfMany(files: readonly KnowledgeFile[]): ReadonlyMap<string, readonly string[]> {
    const mappings = this.#parts.mappings.ofFiles(files.map(({ id }) => id));
    return new Map(files.map(({ id }) => [id, (mappings.get(id) ?? []).map(({ agentId }) => agentId)]));
  }

  #checkUpload({ organizationId, agentId }: UploadOwner, upload: FileUpload): void {
    if (agentId !== undefined) this.#requireAgent(organizationId, agentId);
    if (upload.sizeBytes === 0) {
      throw new LandlineError('file-empty', `The file "${upload.fileName}" is empty: send one with text in it.`);
    }
    if (upload.sizeBytes > largestFileBytes) throw tooLarge(upload.sizeBytes);
    if (this.#parts.files.countWaiting(organizationId) >= mostWaitingFiles) {
      throw new LandlineError(
        'too-many-files-waiting',
        `${mostWaitingFiles} files are waiting to be read already: send more when some of them are ready.`,
        { limit: mostWaitingFiles },
      );
    }
  }

  #insertMapping(organizationId: string, agentId: string, fileId: string, nowMs: number): FileMapping {
    this.#requireAgent(organizationId, agentId);
    const { mappings } = this.#parts;
    const mapping = { id: randomUUID(), agentId, fileId, createdAtMs: nowMs };
    mappings.insert(mapping, mappings.baseOf(agentId), this.#require(organizationId, fileId).no);
    return mapping;
  }

  #mappingOf(organizationId: string, agentId: string, fileId: string) {
    this.#requireAgent(organizationId, agentId);
    this.#require(organizationId, fileId);
    return this.#parts.mappings.find(agentId, fileId);
  }

  #require(organizationId: string, id: string): IndexedFile {
    const found = this.#parts.files.find(id);
    if (found?.file.organizationId === organizationId) return found;
    throw new LandlineError('file-not-found', 'There is no file with this id.', { id });
  }

  #requireAgent(organizationId: string, agentId: string): void {
    if (this.#parts.agents.find(agentId)?.organizationId === organizationId) return;
    throw new LandlineError('agent-not-found', 'There is no agent with this id.', { id: agentId });
  }
}

function newFile({
  id,
  storedName,
  format,
  fileName,
  owner,
  kept,
  nowMs,
}: StoredUpload & { readonly nowMs: number }): KnowledgeFile {
  return {
    id,
    organizationId: owner.organizationId,
    userId: owner.userId,
    fileName,
    storedName,
    format,
    contentType: fileFormats.find((known) => known.format === format)?.contentType ?? 'application/octet-stream',
    ...kept,
    status: 'processing',
    chunkCount: 0,
    embeddingModel: null,
    errorMessage: null,
    extras: owner.extras ?? {},
    createdAtMs: nowMs,
    updatedAtMs: nowMs,
  };
}
