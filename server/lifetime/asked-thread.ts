import { Worker } from 'node:worker_threads';
import type { Clock, Timer } from './clock.ts';

export interface AskedThreadOptions {
  /** The module that the thread runs; it calls `answerAsks`. */
  readonly entry: URL;
  readonly workerData: unknown;
  readonly clock: Clock;
  /** One more is refused with what `busy` makes. */
  readonly mostWaiting: number;
  /** A thread that takes longer for an answer is taken to hang. */
  readonly longestMs: number;
  readonly busy: () => Error;
  readonly failed: (why: string) => Error;
}

export interface AskedThreadCounters {
  readonly asked: number;
  readonly failed: number;
  /** Refused because too many were waiting. */
  readonly refused: number;
  readonly waiting: number;
  /** Threads that were replaced because they died or hung. */
  readonly replaced: number;
}

export interface NumberedAsk<Ask> {
  readonly number: number;
  readonly ask: Ask;
}

export type NumberedAnswer<Answer> =
  | { readonly number: number; readonly answer: Answer }
  | { readonly number: number; readonly failure: string };

interface Pending<Answer> {
  readonly resolve: (answer: Answer) => void;
  readonly reject: (failure: Error) => void;
  readonly timer: Timer;
}

/**
 * A thread that answers one ask after the other, begun at the start or with the first ask, and replaced when it dies or
 * hangs. It keeps the process alive only while it is asked.
 */
export class AskedThread<Ask, Answer> {
  readonly #options: AskedThreadOptions;
  readonly #pending = new Map<number, Pending<Answer>>();
  #worker: Worker | undefined;
  #stopped = false;
  #number = 0;
  /** Whether the present thread has answered: one that never could is not begun again unasked. */
  #isProven = false;
  #failed = 0;
  #refused = 0;
  #replaced = 0;

  constructor(options: AskedThreadOptions) {
    this.#options = options;
  }

  get counters(): AskedThreadCounters {
    return {
      asked: this.#number,
      failed: this.#failed,
      refused: this.#refused,
      waiting: this.#pending.size,
      replaced: this.#replaced,
    };
  }

  /** Begins the thread, so that the first ask does not wait for it. */
  start(): void {
    this.#begin().unref();
  }

  /** Rejects with what `busy` makes when too many wait, and with `failed` when the thread dies, hangs or refuses. */
  ask(ask: Ask): Promise<Answer> {
    const { busy, failed, clock, longestMs, mostWaiting } = this.#options;
    if (this.#stopped) return Promise.reject(failed('it has been stopped'));
    if (this.#pending.size >= mostWaiting) {
      this.#refused++;
      return Promise.reject(busy());
    }
    const number = ++this.#number;
    const worker = this.#begin();
    return new Promise((resolve, reject) => {
      const timer = clock.after(longestMs, () => this.#lose(worker, 'it took too long'));
      this.#pending.set(number, { resolve, reject, timer });
      worker.ref();
      worker.postMessage({ number, ask } satisfies NumberedAsk<Ask>, []);
    });
  }

  /** Resolves when the thread has let go of what it holds. */
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
    const kill = this.#options.clock.after(1_000, () => void worker.terminate());
    await ended;
    kill.cancel();
  }

  #begin(): Worker {
    if (this.#worker) return this.#worker;
    const { entry, workerData } = this.#options;
    const worker = new Worker(entry, { workerData });
    worker.on('message', (answer: NumberedAnswer<Answer>) => this.#settle(answer));
    worker.on('error', (thrown: Error) => this.#lose(worker, thrown.message));
    worker.on('exit', () => this.#lose(worker, 'its thread ended'));
    this.#worker = worker;
    return worker;
  }

  #settle(answer: NumberedAnswer<Answer>): void {
    const pending = this.#pending.get(answer.number);
    if (!pending) return;
    this.#pending.delete(answer.number);
    pending.timer.cancel();
    this.#isProven = true;
    if (this.#pending.size === 0) this.#worker?.unref();
    if ('answer' in answer) return pending.resolve(answer.answer);
    this.#failed++;
    pending.reject(this.#options.failed(answer.failure));
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
      reject(this.#options.failed(why));
    }
  }
}
