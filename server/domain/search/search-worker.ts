import { parentPort, workerData } from 'node:worker_threads';
import { messageOf } from '../../contract/errors.ts';
import { PassageRepository } from './passage-repository.ts';
import type { SearchAnswer, SearchAsk } from './search-messages.ts';
import { searchPassages } from './search-passages.ts';

/** Entry of the thread that searches. Its data: the path of the database. */
const repository = PassageRepository.open(workerData as string);

parentPort?.on('message', (message: SearchAsk | 'close') => {
  if (message === 'close') {
    repository.close();
    parentPort?.close();
    return;
  }
  parentPort?.postMessage(answerTo(message), []);
});

function answerTo({ number, query }: SearchAsk): SearchAnswer {
  try {
    return { number, passages: searchPassages(repository, query) };
  } catch (thrown) {
    return { number, failure: messageOf(thrown) };
  }
}
