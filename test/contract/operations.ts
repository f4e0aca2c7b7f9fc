import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** One line of operations.txt. */
export interface Operation {
  readonly api: 'kupe' | 'va' | 'voicera';
  readonly method: string;
  readonly path: string;
  readonly mark: string;
}

const rowShape = /^(?<api>\w+) +T\d (?<method>\w+) +(?<path>\S+) +\[(?<mark>\w+)\]$/;

/** Every operation that the three contracts have, and the rows that are ours beside them. */
export const operations: readonly Operation[] = readFileSync(join(import.meta.dirname, 'operations.txt'), 'utf8')
  .split('\n')
  .filter((line) => line !== '' && !line.startsWith('#'))
  .map((line) => {
    const row = rowShape.exec(line)?.groups;
    if (!row) throw new Error(`No operation: ${line}`);
    return row as unknown as Operation;
  });

/** Pages that stand before the APIs. */
export const pages: ReadonlySet<string> = new Set(['GET /health', 'GET /docs', 'GET /redoc', 'GET /openapi.json']);
