import { parentPort, workerData } from 'node:worker_threads';
import { LandlineError, messageOf } from '../../contract/errors.ts';
import { lowerPriority } from '../../lifetime/priority.ts';
import { readTable } from './read-table.ts';
import type { TableMessage } from './table-reader.ts';

/** Thread entry: reads one file and ends. A thread has a priority of its own on Linux only. */
if (process.platform === 'linux') lowerPriority(19);

/** Rows per message, so that the other side takes them in small bites. */
const biteRows = 500;

function post(message: TableMessage): void {
  parentPort?.postMessage(message, []);
}

try {
  const { headers, rows } = await readTable(String(workerData));
  for (let at = 0; at < rows.length; at += biteRows) post({ kind: 'rows', rows: rows.slice(at, at + biteRows) });
  post({ kind: 'end', headers });
} catch (thrown) {
  const problems = thrown instanceof LandlineError ? thrown.details['problems'] : undefined;
  post({ kind: 'failed', problems: Array.isArray(problems) ? problems.map(String) : [messageOf(thrown)] });
}
