import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished } from 'vitest';
import { type Database, openDatabase } from '../../server/db/database.ts';
import { createDomain, type Domain } from '../../server/domain/domain.ts';
import type { KnowledgeFile } from '../../server/domain/knowledge/knowledge-file.ts';
import type { TextEmbedder } from '../../server/domain/search/text-embedder.ts';
import type { ExtractionLimits } from '../../server/jobs/indexer/extraction.ts';
import { Indexer } from '../../server/jobs/indexer/indexer.ts';
import { realClock } from '../../server/lifetime/clock.ts';
import { silentLogger } from '../../server/log/logger.ts';
import { StarterEmbedder } from '../../server/providers/embed/starter/starter-embedder.ts';

export interface KnowledgeHouseOptions {
  readonly dataFolder?: string;
  readonly embedder?: TextEmbedder;
  readonly limits?: ExtractionLimits;
}

/** Domain and indexing over a throw-away data folder, with one organization and one agent. */
export class KnowledgeHouse {
  readonly dataFolder: string;
  readonly db: Database;
  readonly domain: Domain;
  readonly indexer: Indexer;
  organizationId = '';
  agentId = '';

  private constructor(dataFolder: string, { embedder = new StarterEmbedder(), limits }: KnowledgeHouseOptions) {
    this.dataFolder = dataFolder;
    this.db = openDatabase(join(dataFolder, 'landline.db'));
    this.domain = createDomain({ db: this.db, clock: realClock, log: silentLogger, dataFolder, embedder });
    this.indexer = new Indexer({
      indexing: this.domain.knowledgeIndexing,
      bus: this.domain.bus,
      clock: realClock,
      log: silentLogger,
      ...(limits === undefined ? {} : { limits }),
    });
  }

  static async open(options: KnowledgeHouseOptions = {}): Promise<KnowledgeHouse> {
    const dataFolder = options.dataFolder ?? mkdtempSync(join(tmpdir(), 'landline-knowledge-'));
    const house = new KnowledgeHouse(dataFolder, options);
    const first = await house.domain.ensureFirstStart({ url: 'http://127.0.0.1' });
    if (first) {
      house.organizationId = first.organizationId;
      house.agentId = first.agentId;
    }
    house.indexer.start();
    house.domain.search.start();
    onTestFinished(async () => {
      await house.close();
      rmSync(dataFolder, { recursive: true, force: true });
    });
    return house;
  }

  async close(): Promise<void> {
    await this.indexer.stop();
    await this.domain.search.stop();
    this.db.close();
  }

  /** Uploads the bytes for this house's agent, or for nobody yet. */
  upload(fileName: string, bytes: string | Buffer, agentId: string | undefined = this.agentId): Promise<KnowledgeFile> {
    const path = join(this.dataFolder, `upload-${Math.random()}`);
    writeFileSync(path, bytes);
    const owner = { organizationId: this.organizationId, userId: null, ...(agentId === '' ? {} : { agentId }) };
    const sizeBytes = Buffer.byteLength(bytes);
    return this.domain.knowledgeFiles.upload(owner, {
      fileName,
      contentType: 'application/octet-stream',
      sizeBytes,
      path,
    });
  }

  /** The file when it is no longer `processing` and all its mappings can be searched. */
  async settled(id: string): Promise<KnowledgeFile> {
    const waiting = this.db.prepare(`SELECT 1 FROM knowledge_mappings AS m JOIN knowledge_files AS f ON f.no = m.file_no
      WHERE f.id = ? AND f.status = 'ready' AND m.state = 'waiting'`);
    await expect
      .poll(() => this.file(id).status !== 'processing' && waiting.get(id) === undefined, { timeout: 60_000 })
      .toBe(true);
    return this.file(id);
  }

  file(id: string): KnowledgeFile {
    return this.domain.knowledgeFiles.get(this.organizationId, id);
  }

  hybrid(query: string, agentId = this.agentId) {
    return this.domain.search.hybrid({ organizationId: this.organizationId, agentId, query });
  }

  semantic(query: string, more: { threshold?: number; limit?: number } = {}) {
    return this.domain.search.semantic({ organizationId: this.organizationId, agentId: this.agentId, query, ...more });
  }

  /** Rows left in each table of the index. */
  indexRows(): Readonly<Record<string, number>> {
    const tables = ['chunks', 'mappings', 'postings', 'vectors', 'files'];
    const count = (table: string) =>
      this.db.prepare<{ rows: number }>(`SELECT count(*) AS rows FROM knowledge_${table}`).get()?.rows ?? 0;
    return Object.fromEntries(tables.map((table) => [table, count(table)]));
  }

  storedFiles(): readonly string[] {
    return readdirSync(join(this.dataFolder, 'files'));
  }
}
