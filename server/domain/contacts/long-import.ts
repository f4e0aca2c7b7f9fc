import { randomUUID } from 'node:crypto';
import { LandlineError } from '../../contract/errors.ts';
import type { RecordFact, UnitOfWork } from '../../events/unit-of-work.ts';
import { Turns } from '../../lifetime/turns.ts';
import type { JsonObject } from '../json-column.ts';
import type { ContactImportRepository } from './contact-import-repository.ts';
import type { ContactRowRepository } from './contact-row-repository.ts';

/** Rows in one transaction at most: one takes some 10 µs, and live calls wait meanwhile. */
const rowsAtOnce = 1_000;
const mostWaiting = 20;

export interface LongImportParts {
  readonly unitOfWork: UnitOfWork;
  readonly contactRows: ContactRowRepository;
  readonly contactImports: ContactImportRepository;
}

/** What is done in transactions of an import; each may throw, and nothing is changed. */
export interface LongImportSteps {
  readonly begin: () => void;
  /** Before each bite: the group may be gone. */
  readonly bite: () => void;
  readonly end: (record: RecordFact, nowMs: number) => void;
}

/** Whether so many rows are to be written in bites. */
export function isLong(rows: readonly unknown[]): boolean {
  return rows.length > rowsAtOnce;
}

/**
 * Takes lists of up to 200,000 people over in bites, since one transaction would hold live calls up for most of a second.
 * Nobody sees any of the rows before the last transaction has settled the import: all of them come, or none.
 */
export class LongImport {
  readonly #parts: LongImportParts;
  readonly #turns = new Turns({ atOnce: 1, waiting: mostWaiting });

  constructor(parts: LongImportParts) {
    this.#parts = parts;
  }

  get counters(): Turns['counters'] {
    return this.#turns.counters;
  }

  /** One list after the other. Throws `database-busy` when too many wait, and what the steps throw. */
  write(groupId: string, rows: readonly JsonObject[], steps: LongImportSteps): Promise<void> {
    const sentence = `${mostWaiting} lists of people wait to be taken over already: try again later.`;
    return this.#turns.take(
      () => this.#write(groupId, rows, steps),
      () => new LandlineError('database-busy', sentence),
    );
  }

  /** Takes away what a crash left of lists that were not whole. */
  async sweepAll(): Promise<void> {
    for (const no of this.#parts.contactImports.open()) await this.#sweep(no);
  }

  async #write(groupId: string, rows: readonly JsonObject[], steps: LongImportSteps): Promise<void> {
    const { contactImports, contactRows, unitOfWork } = this.#parts;
    const no = await unitOfWork.run(() => {
      steps.begin();
      return contactImports.begin(groupId);
    });
    try {
      for (let from = 0; from < rows.length; from += rowsAtOnce) {
        await unitOfWork.run((_record, nowMs) => {
          steps.bite();
          for (const properties of rows.slice(from, from + rowsAtOnce)) {
            contactRows.insert({ id: randomUUID(), groupId, properties, createdAtMs: nowMs, updatedAtMs: nowMs }, no);
          }
        });
      }
      await unitOfWork.run((record, nowMs) => {
        steps.end(record, nowMs);
        contactImports.settle(no);
      });
    } catch (thrown) {
      await this.#sweep(no);
      throw thrown;
    }
  }

  async #sweep(no: number): Promise<void> {
    const { contactImports, unitOfWork } = this.#parts;
    const deleteBite = () => unitOfWork.run(() => contactImports.deleteRows(no, rowsAtOnce));
    while ((await deleteBite()) === rowsAtOnce);
    await unitOfWork.run(() => contactImports.settle(no));
  }
}
