import type { Database, UnitOfWork } from '../../events/unit-of-work.ts';
import type { Clock } from '../../lifetime/clock.ts';
import type { AgentRepository } from '../agents/agent-repository.ts';
import { PostingsRepository } from '../search/postings-repository.ts';
import { SearchService } from '../search/search-service.ts';
import { SearchThread } from '../search/search-thread.ts';
import type { TextEmbedder } from '../search/text-embedder.ts';
import { VectorRepository } from '../search/vector-repository.ts';
import { ChunkRepository } from './chunk-repository.ts';
import { FileStore } from './file-store.ts';
import { KnowledgeFileRepository } from './knowledge-file-repository.ts';
import { KnowledgeFileService } from './knowledge-file-service.ts';
import type { KnowledgeRepository } from './knowledge-repository.ts';
import { KnowledgeService } from './knowledge-service.ts';
import { MappingRepository } from './mapping-repository.ts';
import { PlacingService } from './placing-service.ts';
import { ReadingService } from './reading-service.ts';

/** Use cases of what agents know. */
export interface KnowledgeUseCases {
  /** What a call asks. */
  readonly knowledge: KnowledgeService;
  readonly knowledgeFiles: KnowledgeFileService;
  readonly search: SearchService;
  /** Steps of the indexing job. */
  readonly knowledgeIndexing: { readonly reading: ReadingService; readonly placing: PlacingService };
}

export interface KnowledgeOptions {
  readonly db: Database;
  readonly unitOfWork: UnitOfWork;
  readonly clock: Clock;
  readonly dataFolder: string;
  readonly agents: AgentRepository;
  readonly knowledge: KnowledgeRepository;
  readonly embedder: TextEmbedder | undefined;
}

export function createKnowledge(options: KnowledgeOptions): KnowledgeUseCases {
  const { db, unitOfWork, clock, dataFolder, agents, embedder } = options;
  const files = new KnowledgeFileRepository(db);
  const mappings = new MappingRepository(db);
  const chunks = new ChunkRepository(db);
  const store = new FileStore(dataFolder);
  const postings = new PostingsRepository(db);
  const vectors = new VectorRepository(db);
  const search = new SearchService({ agents, mappings, embedder, thread: new SearchThread(db.path, clock) });
  return {
    knowledge: new KnowledgeService(options.knowledge, search, clock),
    knowledgeFiles: new KnowledgeFileService({ unitOfWork, files, mappings, agents, store }),
    search,
    knowledgeIndexing: {
      reading: new ReadingService({ unitOfWork, files, mappings, chunks, store, embedder }),
      placing: new PlacingService({ unitOfWork, mappings, chunks, postings, vectors }),
    },
  };
}
