import { Worker } from 'node:worker_threads';
import { LandlineError } from '../../contract/errors.ts';
import type { Clock, Timer } from '../../lifetime/clock.ts';
import type { FoundPassage, PassageQuery } from './passage-search.ts';
import type { SearchAnswer, SearchAsk } from './search-messages.ts';

export interface SearchCounters {
  readonly searches: number;
  readonly failed: number;
  /** Searches refused because too many were waiting. */
  readonly refused: number;
  readonly waiting: number;
  /** Threads that were replaced because they died or hung. */
  readonly replaced: number;
}

interface Pending {
  readonly resolve: (passages: readonly FoundPassage[]) => void;
  readonly reject: (failure: Error) => void;
  readonly timer: Timer;
}

/** Searches that may wait for the thread; one takes some 10 to 100 ms. */
const mostWaiting = 64;
const longestSearchMs = 5_000;

/** The thread that searches, begun at the start or with the first search, and replaced when it dies or hangs. */
export class SearchThread {
  readonly #databasePath: string;
  readonly #clock: Clock;
  readonly #pending = new Map<number, Pending>();
  #worker: Worker | undefined;
  #stopped = false;
  #number = 0;
  /** Whether the present thread has answered: one that never could is not begun again unasked. */
  #isProven = false;
  #failed = 0;
  #refused = 0;
  #replaced = 0;

  constructor(databasePath: string, clock: Clock) {
    this.#databasePath = databasePath;
    this.#clock = clock;
  }

  get counters(): SearchCounters {
    return {
      searches: this.#number,
      failed: this.#failed,
      refused: this.#refused,
      waiting: this.#pending.size,
      replaced: this.#replaced,
    };
  }

  /** Begins the thread, so that the first search does not wait for it. */
  start(): void {
    this.#begin().unref();
  }

  /** Throws `search-busy` when too many wait, `search-failed` when the thread dies, hangs or refuses. */
  search(query: PassageQuery): Promise<readonly FoundPassage[]> {
    if (this.#stopped) return Promise.reject(new LandlineError('search-failed', 'The search has been stopped.'));
    if (this.#pending.size >= mostWaiting) {
      this.#refused++;
      return Promise.reject(
        new LandlineError('search-busy', `${mostWaiting} searches are waiting already: try again in a moment.`),
      );
    }
    const number = ++this.#number;
    const worker = this.#begin();
    return new Promise((resolve, reject) => {
      const timer = this.#clock.after(longestSearchMs, () => this.#lose(worker, 'it took too long'));
      this.#pending.set(number, { resolve, reject, timer });
      worker.ref();
      worker.postMessage({ number, query } satisfies SearchAsk, []);
    });
  }

  /** Resolves when the thread has closed its connection. */
  async stop(): Promise<void> {
    this.#stopped = true;
    const worker = this.#worker;
    this.#worker = undefined;
    this.#rejectAll('it has been stopped');
    if (!worker) return;
    worker.removeAllListeners('exit');
    const ended = new Promise<void>((resolve) => void worker.once('exit', () => resolve()));
    worker.ref();
    worker.postMessage('close', []);
    const kill = this.#clock.after(1_000, () => void worker.terminate());
    await ended;
    kill.cancel();
  }

  #begin(): Worker {
    if (this.#worker) return this.#worker;
    const worker = new Worker(new URL('./search-worker.ts', import.meta.url), { workerData: this.#databasePath });
    worker.on('message', (answer: SearchAnswer) => this.#settle(answer));
    worker.on('error', (thrown: Error) => this.#lose(worker, thrown.message));
    worker.on('exit', () => this.#lose(worker, 'its thread ended'));
    this.#worker = worker;
    return worker;
  }

  #settle(answer: SearchAnswer): void {
    const pending = this.#pending.get(answer.number);
    if (!pending) return;
    this.#pending.delete(answer.number);
    pending.timer.cancel();
    this.#isProven = true;
    if (this.#pending.size === 0) this.#worker?.unref();
    if ('passages' in answer) return pending.resolve(answer.passages);
    this.#failed++;
    pending.reject(failure(answer.failure));
  }

  #lose(worker: Worker, why: string): void {
    if (this.#worker !== worker) return;
    this.#worker = undefined;
    this.#replaced++;
    void worker.terminate();
    this.#rejectAll(why);
    if (this.#isProven && !this.#stopped) this.start();
    this.#isProven = false;
  }

  #rejectAll(why: string): void {
    const lost = [...this.#pending.values()];
    this.#pending.clear();
    for (const { reject, timer } of lost) {
      timer.cancel();
      this.#failed++;
      reject(failure(why));
    }
  }
}

function failure(why: string): LandlineError {
  return new LandlineError('search-failed', `The files could not be searched (${why}): try again.`);
}
