import type { Database, Statement } from '../../db/database.ts';
import { FilteredList } from '../../db/filtered-list.ts';
import type { Extras } from '../json-column.ts';
import type { Page, PageRequest } from '../paging.ts';
import type { FileFormat, KnowledgeFile, KnowledgeFileStatus } from './knowledge-file.ts';

interface FileRow {
  readonly no: number;
  readonly id: string;
  readonly organization_id: string;
  readonly user_id: string | null;
  readonly file_name: string;
  readonly stored_name: string;
  readonly format: string;
  readonly content_type: string;
  readonly size_bytes: number;
  readonly sha256: string;
  readonly status: string;
  readonly chunk_count: number;
  readonly attempts: number;
  readonly embedding_model: string | null;
  readonly error_message: string | null;
  readonly extras: string;
  readonly created_at_ms: number;
  readonly updated_at_ms: number;
}

/** A file with what only its indexing needs. */
export interface IndexedFile {
  readonly no: number;
  /** How often its indexing was begun. */
  readonly attempts: number;
  readonly file: KnowledgeFile;
}

const columns = [
  'id',
  'organization_id',
  'user_id',
  'file_name',
  'stored_name',
  'format',
  'content_type',
  'size_bytes',
  'sha256',
  'status',
  'chunk_count',
  'embedding_model',
  'error_message',
  'extras',
  'created_at_ms',
  'updated_at_ms',
] as const satisfies readonly (keyof FileRow)[];

/** A deleted file keeps its row until everything made from it is gone, but is found no more. */
export class KnowledgeFileRepository {
  readonly #insert: Statement<never>;
  readonly #update: Statement<never>;
  readonly #addAttempts: Statement<never>;
  readonly #markDeleted: Statement<never>;
  readonly #erase: Statement<never>;
  readonly #byId: Statement<FileRow>;
  readonly #byNo: Statement<FileRow>;
  readonly #nextProcessing: Statement<FileRow>;
  readonly #nextDeleted: Statement<FileRow>;
  readonly #nextOfOtherModel: Statement<FileRow>;
  readonly #waiting: Statement<{ readonly total: number }>;
  readonly #storedNames: Statement<{ readonly stored_name: string }>;
  readonly #list: FilteredList<FileRow>;

  constructor(db: Database) {
    const set = columns.map((column) => `${column} = @${column}`).join();
    const living = 'FROM knowledge_files WHERE deleted_at_ms IS NULL';
    this.#insert = db.prepare(
      `INSERT INTO knowledge_files (${columns.join()}, attempts) VALUES (${columns.map((name) => `@${name}`).join()}, 0)`,
    );
    this.#update = db.prepare(`UPDATE knowledge_files SET ${set} WHERE id = @id`);
    this.#addAttempts = db.prepare('UPDATE knowledge_files SET attempts = attempts + ? WHERE no = ?');
    this.#markDeleted = db.prepare('UPDATE knowledge_files SET deleted_at_ms = ? WHERE id = ?');
    this.#erase = db.prepare('DELETE FROM knowledge_files WHERE no = ?');
    this.#byId = db.prepare(`SELECT * ${living} AND id = ?`);
    this.#byNo = db.prepare('SELECT * FROM knowledge_files WHERE no = ?');
    this.#nextProcessing = db.prepare(`SELECT * ${living} AND status = 'processing' ORDER BY no LIMIT 1`);
    this.#nextDeleted = db.prepare(
      'SELECT * FROM knowledge_files WHERE deleted_at_ms IS NOT NULL ORDER BY deleted_at_ms LIMIT 1',
    );
    this.#nextOfOtherModel = db.prepare(`SELECT * ${living} AND status = 'ready' AND embedding_model <> ? LIMIT 1`);
    this.#waiting = db.prepare(`SELECT count(*) AS total ${living} AND status = 'processing' AND organization_id = ?`);
    this.#storedNames = db.prepare('SELECT stored_name FROM knowledge_files');
    this.#list = new FilteredList(db, 'knowledge_files', 'deleted_at_ms IS NULL');
  }

  insert(file: KnowledgeFile): void {
    this.#insert.run(toRow(file));
  }

  update(file: KnowledgeFile): void {
    this.#update.run(toRow(file));
  }

  addAttempts(no: number, count: 1 | -1): void {
    this.#addAttempts.run(count, no);
  }

  markDeleted(id: string, atMs: number): void {
    this.#markDeleted.run(atMs, id);
  }

  erase(no: number): void {
    this.#erase.run(no);
  }

  find(id: string): IndexedFile | undefined {
    return indexed(this.#byId.get(id));
  }

  /** Deleted ones too. */
  findByNo(no: number): IndexedFile | undefined {
    return indexed(this.#byNo.get(no));
  }

  nextProcessing(): IndexedFile | undefined {
    return indexed(this.#nextProcessing.get());
  }

  nextDeleted(): IndexedFile | undefined {
    return indexed(this.#nextDeleted.get());
  }

  /** A ready file whose vectors come from another embedder than this one. */
  nextOfOtherModel(model: string): IndexedFile | undefined {
    return indexed(this.#nextOfOtherModel.get(model));
  }

  countWaiting(organizationId: string): number {
    return this.#waiting.get(organizationId)?.total ?? 0;
  }

  storedNames(): ReadonlySet<string> {
    return new Set(this.#storedNames.all().map((row) => row.stored_name));
  }

  list(
    filter: { readonly organizationId: string; readonly userId?: string; readonly status?: KnowledgeFileStatus },
    page: PageRequest,
  ): Page<KnowledgeFile> {
    const { organizationId, userId, status } = filter;
    const filters = { organization_id: organizationId, user_id: userId, status };
    const { items, total } = this.#list.page(filters, page.limit, page.offset);
    return { items: items.map(fileOf), total };
  }
}

function indexed(row: FileRow | undefined): IndexedFile | undefined {
  return row && { no: row.no, attempts: row.attempts, file: fileOf(row) };
}

function fileOf(row: FileRow): KnowledgeFile {
  return {
    id: row.id,
    organizationId: row.organization_id,
    userId: row.user_id,
    fileName: row.file_name,
    storedName: row.stored_name,
    format: row.format as FileFormat,
    contentType: row.content_type,
    sizeBytes: row.size_bytes,
    sha256: row.sha256,
    status: row.status as KnowledgeFileStatus,
    chunkCount: row.chunk_count,
    embeddingModel: row.embedding_model,
    errorMessage: row.error_message,
    extras: JSON.parse(row.extras) as Extras,
    createdAtMs: row.created_at_ms,
    updatedAtMs: row.updated_at_ms,
  };
}

function toRow(file: KnowledgeFile): Omit<FileRow, 'no' | 'attempts'> {
  return {
    id: file.id,
    organization_id: file.organizationId,
    user_id: file.userId,
    file_name: file.fileName,
    stored_name: file.storedName,
    format: file.format,
    content_type: file.contentType,
    size_bytes: file.sizeBytes,
    sha256: file.sha256,
    status: file.status,
    chunk_count: file.chunkCount,
    embedding_model: file.embeddingModel,
    error_message: file.errorMessage,
    extras: JSON.stringify(file.extras),
    created_at_ms: file.createdAtMs,
    updated_at_ms: file.updatedAtMs,
  };
}
