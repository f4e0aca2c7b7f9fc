import { LandlineError } from '../../contract/errors.ts';
import type { UnitOfWork } from '../../events/unit-of-work.ts';
import type { Page, PageRequest } from '../paging.ts';
import { type DoNotCallEntry, normalNumber } from './do-not-call.ts';
import type { DoNotCallRepository } from './do-not-call-repository.ts';

/** The one list of an organization; every outgoing call is checked against it. */
export class DoNotCallService {
  readonly #unitOfWork: UnitOfWork;
  readonly #entries: DoNotCallRepository;

  constructor(unitOfWork: UnitOfWork, entries: DoNotCallRepository) {
    this.#unitOfWork = unitOfWork;
    this.#entries = entries;
  }

  /** Adds the numbers in any writing; one that is there keeps its date. */
  add(organizationId: string, numbers: readonly string[], reason: string | null = null): Promise<void> {
    return this.#unitOfWork.run((_record, nowMs) => {
      for (const number of numbers) {
        this.#entries.add(organizationId, { number: normalNumber(number), reason, createdAtMs: nowMs });
      }
    });
  }

  /** Throws `do-not-call-not-found`. */
  remove(organizationId: string, number: string): Promise<void> {
    return this.#unitOfWork.run(() => {
      if (this.#entries.remove(organizationId, normalNumber(number))) return;
      throw new LandlineError('do-not-call-not-found', 'This number is not on the do-not-call list.', { number });
    });
  }

  /** Whether the organization may not call this number, in whatever writing. */
  has(organizationId: string, number: string): boolean {
    return this.#entries.find(organizationId, normalNumber(number)) !== undefined;
  }

  /** Newest first. */
  list(organizationId: string, page: PageRequest): Page<DoNotCallEntry> {
    return this.#entries.list(organizationId, page);
  }
}
