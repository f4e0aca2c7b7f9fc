import { randomUUID } from 'node:crypto';
import { LandlineError } from '../../contract/errors.ts';
import type { UnitOfWork } from '../../events/unit-of-work.ts';
import { mostQueuedCalls, type QueuedCall } from './queued-call.ts';
import type { QueuedCallRepository } from './queued-call-repository.ts';

/** Calls that were ordered while every line was taken. */
export class QueuedCallService {
  readonly #unitOfWork: UnitOfWork;
  readonly #queued: QueuedCallRepository;

  constructor(unitOfWork: UnitOfWork, queued: QueuedCallRepository) {
    this.#unitOfWork = unitOfWork;
    this.#queued = queued;
  }

  /** Resolves when the order is durable. Throws `too-many-queued-calls`. */
  add(order: QueuedCall['order']): Promise<QueuedCall> {
    return this.#unitOfWork.run((record, nowMs) => {
      if (this.#queued.count(order.organizationId) >= mostQueuedCalls) {
        throw new LandlineError(
          'too-many-queued-calls',
          `${mostQueuedCalls} calls wait for a line already; order more when some of them are through.`,
          { limit: mostQueuedCalls },
        );
      }
      const queued = { id: randomUUID(), order, createdAtMs: nowMs };
      this.#queued.insert(queued);
      record(order.organizationId, { kind: 'call-queued', queuedCallId: queued.id });
      return queued;
    });
  }

  /** It is on its way, or will never be. */
  remove(id: string): Promise<void> {
    return this.#unitOfWork.run(() => this.#queued.remove(id));
  }

  /** The one of each organization that has waited longest: whose lines are taken keeps nobody else waiting. */
  firsts(): readonly QueuedCall[] {
    return this.#queued.firsts();
  }
}
