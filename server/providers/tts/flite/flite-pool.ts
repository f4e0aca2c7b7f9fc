import { Worker } from 'node:worker_threads';
import { LandlineError } from '../../../contract/errors.ts';
import type { FliteAnswer, FliteJob } from './flite-messages.ts';
import type { WasmModule } from './web-assembly.ts';

type Order = Omit<FliteJob, 'id'>;

interface Waiting {
  readonly order: Order;
  readonly settle: (samples: Int16Array) => void;
  readonly fail: (failure: Error) => void;
  isAborted: boolean;
}

interface Thread {
  readonly worker: Worker;
  job: Waiting | undefined;
}

/** Sentences that may wait for a thread; one more is refused with `speech-busy`. */
const queueLimit = 64;

/** Threads that speak one text at a time each; a thread that dies fails its text and is replaced. */
export class FlitePool {
  readonly #module: WasmModule;
  readonly #threads: Thread[] = [];
  readonly #queue: Waiting[] = [];
  #refused = 0;
  #jobId = 0;
  #isClosed = false;

  constructor(module: WasmModule) {
    this.#module = module;
  }

  /** Texts refused because the queue was full. */
  get refused(): number {
    return this.#refused;
  }

  /** Starts the threads and lets each speak a word: the first one takes 150 ms, later ones 10 to 20. */
  start(threads: number, firstWord: Order): void {
    for (let count = 0; count < threads; count++) this.#threads.push(this.#startThread());
    for (const _thread of this.#threads) {
      this.speak(firstWord, new AbortController().signal).catch(() => undefined);
    }
  }

  /** Rejects with the signal's reason when aborted; a text that is being spoken then is finished and thrown away. */
  speak(order: Order, signal: AbortSignal): Promise<Int16Array> {
    signal.throwIfAborted();
    if (this.#isClosed) throw new LandlineError('speech-failed', 'The voice has been closed.');
    if (this.#queue.length >= queueLimit) {
      this.#refused++;
      throw new LandlineError('speech-busy', `${queueLimit} sentences wait for the voice already; say less at once.`);
    }
    return new Promise((resolve, reject) => {
      const onAbort = () => {
        waiting.isAborted = true;
        reject(signal.reason as Error);
      };
      const waiting: Waiting = {
        order,
        isAborted: false,
        settle: (samples) => {
          signal.removeEventListener('abort', onAbort);
          resolve(samples);
        },
        fail: (failure) => {
          signal.removeEventListener('abort', onAbort);
          reject(failure);
        },
      };
      signal.addEventListener('abort', onAbort, { once: true });
      this.#queue.push(waiting);
      this.#assign();
    });
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    const closed = new LandlineError('speech-failed', 'The voice has been closed.');
    for (const waiting of this.#queue.splice(0)) waiting.fail(closed);
    for (const { job } of this.#threads) job?.fail(closed);
    await Promise.all(this.#threads.map(({ worker }) => worker.terminate()));
  }

  #assign(): void {
    for (const thread of this.#threads) {
      if (thread.job !== undefined) continue;
      const next = this.#next();
      if (next === undefined) return;
      thread.job = next;
      thread.worker.postMessage({ ...next.order, id: ++this.#jobId } satisfies FliteJob, []);
    }
  }

  #next(): Waiting | undefined {
    for (let next = this.#queue.shift(); next !== undefined; next = this.#queue.shift()) {
      if (!next.isAborted) return next;
    }
    return undefined;
  }

  #startThread(): Thread {
    const worker = new Worker(new URL('./flite-worker.ts', import.meta.url), { workerData: this.#module });
    const thread: Thread = { worker, job: undefined };
    worker.on('message', (answer: FliteAnswer) => {
      const { job } = thread;
      thread.job = undefined;
      if ('samples' in answer) job?.settle(answer.samples);
      else job?.fail(new LandlineError('speech-failed', answer.failure));
      this.#assign();
    });
    let cause: unknown;
    worker.on('error', (error) => {
      cause = error;
    });
    worker.on('exit', () => this.#replace(thread, cause));
    return thread;
  }

  #replace(thread: Thread, cause: unknown): void {
    if (this.#isClosed) return;
    thread.job?.fail(new LandlineError('speech-failed', 'The voice broke off in a sentence; try again.', {}, cause));
    const at = this.#threads.indexOf(thread);
    if (at !== -1) this.#threads[at] = this.#startThread();
    this.#assign();
  }
}
