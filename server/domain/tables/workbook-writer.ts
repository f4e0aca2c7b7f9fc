import { setImmediate } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { LandlineError } from '../../contract/errors.ts';
import type { Clock } from '../../lifetime/clock.ts';
import { Turns } from '../../lifetime/turns.ts';

/** Texts stay texts: what looks like a formula is none. */
export type Cell = string | number;

/** What the thread is told. */
export type WorkbookOrder =
  | { readonly kind: 'rows'; readonly rows: readonly (readonly Cell[])[] }
  | { readonly kind: 'end' };

/** What the thread answers. */
export type WorkbookAnswer =
  | { readonly kind: 'done'; readonly bytes: Uint8Array<ArrayBuffer> }
  | { readonly kind: 'failed'; readonly why: string };

const longestWriteMs = 120_000;
const heapMb = 768;
/** Rows per message. */
const biteRows = 500;

/**
 * Makes XLSX files in a thread of their own, since a large one takes seconds. Two at once; up to 16 wait, one more is
 * refused and counted.
 */
export class WorkbookWriter {
  readonly #clock: Clock;
  readonly #turns = new Turns({ atOnce: 2, waiting: 16 });

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get counters(): Turns['counters'] {
    return this.#turns.counters;
  }

  /** One sheet; the first row is printed bold. Throws `too-many-exports` or `export-failed`. */
  write(sheet: string, rows: AsyncIterable<readonly Cell[]>): Promise<Uint8Array<ArrayBuffer>> {
    return this.#turns.take(
      () => writeInThread(sheet, rows, this.#clock),
      () => new LandlineError('too-many-exports', 'Too many exports are being made: try again in a minute.'),
    );
  }
}

async function writeInThread(
  sheet: string,
  rows: AsyncIterable<readonly Cell[]>,
  clock: Clock,
): Promise<Uint8Array<ArrayBuffer>> {
  const worker = new Worker(new URL('./workbook-worker.ts', import.meta.url), {
    workerData: sheet,
    resourceLimits: { maxOldGenerationSizeMb: heapMb },
  });
  const timer = clock.after(longestWriteMs, () => void worker.terminate());
  const writing = answerOf(worker);
  try {
    await Promise.race([feed(worker, rows), writing]);
    return await writing;
  } finally {
    timer.cancel();
    await worker.terminate();
  }
}

function answerOf(worker: Worker): Promise<Uint8Array<ArrayBuffer>> {
  const failed = (why: string, cause?: unknown) =>
    new LandlineError('export-failed', `The workbook could not be made: ${why}. Export CSV instead.`, {}, cause);
  return new Promise((resolve, reject) => {
    worker.on('message', (answer: WorkbookAnswer) => {
      if (answer.kind === 'done') resolve(answer.bytes);
      else reject(failed(answer.why));
    });
    worker.on('error', (cause) => reject(failed('it takes too much memory', cause)));
    worker.on('exit', () => reject(failed('it took too long')));
  });
}

async function feed(worker: Worker, rows: AsyncIterable<readonly Cell[]>): Promise<void> {
  const post = (order: WorkbookOrder) => worker.postMessage(order, []);
  let bite: (readonly Cell[])[] = [];
  for await (const row of rows) {
    bite.push(row);
    if (bite.length < biteRows) continue;
    post({ kind: 'rows', rows: bite });
    bite = [];
    await setImmediate();
  }
  post({ kind: 'rows', rows: bite });
  post({ kind: 'end' });
}
