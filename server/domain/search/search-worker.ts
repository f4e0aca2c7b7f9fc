import { workerData } from 'node:worker_threads';
import { answerAsks } from '../../lifetime/answering-thread.ts';
import { PassageRepository } from './passage-repository.ts';
import type { PassageQuery } from './passage-search.ts';
import { searchPassages } from './search-passages.ts';

/** Entry of the thread that searches. Its data: the path of the database. */
const repository = PassageRepository.open(workerData as string);

answerAsks(
  (query: PassageQuery) => searchPassages(repository, query),
  () => repository.close(),
);
