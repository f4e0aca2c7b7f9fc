import { Worker } from 'node:worker_threads';
import { LandlineError } from '../../contract/errors.ts';
import type { Clock } from '../../lifetime/clock.ts';
import { Turns } from '../../lifetime/turns.ts';
import { type Table, tableInvalid } from './table.ts';

/** What the thread tells while it reads. */
export type TableMessage =
  | { readonly kind: 'rows'; readonly rows: Table['rows'] }
  | { readonly kind: 'end'; readonly headers: Table['headers'] }
  | { readonly kind: 'failed'; readonly problems: readonly string[] };

const longestReadMs = 30_000;
/** Of the thread's heap: a workbook whose one far cell makes a huge grid ends there. */
const heapMb = 384;

/**
 * Reads uploaded lists in a thread of their own, with limits on time and memory, so that a hostile or huge file holds
 * up nobody's call. Two at once; up to 16 wait, one more is refused and counted.
 */
export class TableReader {
  readonly #clock: Clock;
  readonly #turns = new Turns({ atOnce: 2, waiting: 16 });

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get counters(): Turns['counters'] {
    return this.#turns.counters;
  }

  /** Throws `table-invalid` with every problem of the file, or `too-many-uploads`. */
  read(path: string): Promise<Table> {
    return this.#turns.take(
      () => readInThread(path, this.#clock),
      () => new LandlineError('too-many-uploads', 'Too many lists are being read: try again in a minute.'),
    );
  }
}

function readInThread(path: string, clock: Clock): Promise<Table> {
  const worker = new Worker(new URL('./table-worker.ts', import.meta.url), {
    workerData: path,
    resourceLimits: { maxOldGenerationSizeMb: heapMb },
  });
  const rows: (readonly string[])[] = [];
  const reading = new Promise<Table>((resolve, reject) => {
    const timer = clock.after(longestReadMs, () => {
      reject(tableInvalid([`it could not be read within ${longestReadMs / 1000} seconds: split it`]));
    });
    worker.on('message', (message: TableMessage) => {
      if (message.kind === 'rows') rows.push(...message.rows);
      else if (message.kind === 'end') resolve({ headers: message.headers, rows });
      else reject(tableInvalid(message.problems));
    });
    worker.on('error', (cause) => reject(tableInvalid(['it takes too much memory to read: split it'], cause)));
    worker.on('exit', () => {
      timer.cancel();
      reject(tableInvalid(['reading it broke off']));
    });
  });
  return reading.finally(() => void worker.terminate());
}
