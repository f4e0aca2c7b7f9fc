import { Worker } from 'node:worker_threads';
import { messageOf } from '../../contract/errors.ts';
import { parentPort } from '../../lifetime/message-port.ts';
import { lowerPriority } from '../../lifetime/priority.ts';
import type { ExtractionOrder, FromExtraction, ToExtraction } from './extraction-messages.ts';

/** Entry of the process that reads one file and ends. Argument: the order as JSON. */
lowerPriority(19);

const { path, format, mostMemoryBytes } = JSON.parse(process.argv[2] ?? '') as ExtractionOrder;
const port = parentPort<ToExtraction, FromExtraction>();
port.onClose(() => process.exit(0));
new Worker(new URL('./memory-watch.ts', import.meta.url), { workerData: mostMemoryBytes }).unref();

const { passagesOf } = await import('./extract/extract.ts');
const { Refusal } = await import('./extract/refusal.ts');
const passages = passagesOf(path, format);

port.onMessage(({ count }) => void answer(count));
port.send({ kind: 'ready' });

async function answer(count: number): Promise<void> {
  try {
    const found: string[] = [];
    while (found.length < count) {
      const { done, value } = await passages.next();
      if (done === true) break;
      found.push(value);
    }
    port.send({ kind: 'passages', passages: found });
  } catch (thrown) {
    port.send({ kind: 'failed', message: messageOf(thrown), isRefusal: thrown instanceof Refusal });
  }
}
