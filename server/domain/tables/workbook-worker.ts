import { parentPort, workerData } from 'node:worker_threads';
import writeXlsxFile from 'write-excel-file/node';
import { messageOf } from '../../contract/errors.ts';
import { lowerPriority } from '../../lifetime/priority.ts';
import type { Cell, WorkbookAnswer, WorkbookOrder } from './workbook-writer.ts';

/** Thread entry: takes rows, makes one workbook of them and ends. A thread has a priority of its own on Linux only. */
if (process.platform === 'linux') lowerPriority(19);

const rows: Cell[][] = [];

function post(answer: WorkbookAnswer): void {
  parentPort?.postMessage(answer, answer.kind === 'done' ? [answer.bytes.buffer] : []);
}

async function finish(): Promise<void> {
  try {
    const [header = [], ...lines] = rows;
    const bold = header.map((value) => ({ value: String(value), type: String, fontWeight: 'bold' as const }));
    const bytes = await writeXlsxFile([bold, ...lines], { sheet: String(workerData) }).toBuffer();
    // A copy of its own: a small buffer's memory is shared and can't be handed over.
    post({ kind: 'done', bytes: new Uint8Array(bytes) });
  } catch (thrown) {
    post({ kind: 'failed', why: messageOf(thrown) });
  }
}

parentPort?.on('message', (order: WorkbookOrder) => {
  if (order.kind === 'rows') for (const row of order.rows) rows.push([...row]);
  else void finish();
});
