import { LandlineError } from '../../contract/errors.ts';
import { AskedThread } from '../../lifetime/asked-thread.ts';
import type { Clock } from '../../lifetime/clock.ts';
import type { FoundPassage, PassageQuery } from './passage-search.ts';

export interface SearchCounters {
  readonly searches: number;
  readonly failed: number;
  /** Searches refused because too many were waiting. */
  readonly refused: number;
  readonly waiting: number;
  /** Threads that were replaced because they died or hung. */
  readonly replaced: number;
}

/** Searches that may wait for the thread; one takes some 10 to 100 ms. */
const mostWaiting = 64;
const longestSearchMs = 5_000;

/** The thread that searches, begun at the start or with the first search, and replaced when it dies or hangs. */
export class SearchThread {
  readonly #thread: AskedThread<PassageQuery, readonly FoundPassage[]>;

  constructor(databasePath: string, clock: Clock) {
    this.#thread = new AskedThread({
      entry: new URL('./search-worker.ts', import.meta.url),
      workerData: databasePath,
      clock,
      mostWaiting,
      longestMs: longestSearchMs,
      busy: () =>
        new LandlineError('search-busy', `${mostWaiting} searches are waiting already: try again in a moment.`),
      failed: (why) => new LandlineError('search-failed', `The files could not be searched (${why}): try again.`),
    });
  }

  get counters(): SearchCounters {
    const { asked: searches, ...others } = this.#thread.counters;
    return { searches, ...others };
  }

  /** Begins the thread, so that the first search does not wait for it. */
  start(): void {
    this.#thread.start();
  }

  /** Throws `search-busy` when too many wait, `search-failed` when the thread dies, hangs or refuses. */
  search(query: PassageQuery): Promise<readonly FoundPassage[]> {
    return this.#thread.ask(query);
  }

  /** Resolves when the thread has closed its connection. */
  stop(): Promise<void> {
    return this.#thread.stop();
  }
}
