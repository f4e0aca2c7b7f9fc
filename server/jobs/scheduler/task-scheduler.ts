import { LandlineError, messageOf } from '../../contract/errors.ts';
import type { Dialer } from '../../domain/calls/outbound-order.ts';
import type { Domain } from '../../domain/domain.ts';
import type { Task } from '../../domain/tasks/task.ts';
import type { TaskExecution } from '../../domain/tasks/task-execution.ts';
import type { FactKind } from '../../events/fact.ts';
import type { Clock } from '../../lifetime/clock.ts';
import type { Logger } from '../../log/logger.ts';
import { Waker } from '../waker.ts';

export interface TaskSchedulerParts {
  readonly domain: Pick<Domain, 'bus' | 'tasks'>;
  readonly execution: TaskExecution;
  readonly dialer: Dialer;
  readonly clock: Clock;
  readonly log: Logger;
}

const wakingFacts: readonly FactKind[] = ['task-created', 'task-changed', 'task-reset', 'call-ended'];

/** Tasks looked at together; the rest comes in the next look. */
const mostAtOnce = 100;
/** While no line is free; the end of a call wakes earlier. */
const busyMs = 1_000;

/**
 * Runs tasks at their time. What is due is in the database, so a task whose time came while the appliance was off runs
 * when it is on again; while no line is free it waits.
 */
export class TaskScheduler {
  readonly #parts: TaskSchedulerParts;
  readonly #waker: Waker;

  constructor(parts: TaskSchedulerParts) {
    this.#parts = parts;
    const { clock, domain, log } = parts;
    const wokenBy = { bus: domain.bus, kinds: wakingFacts };
    this.#waker = new Waker({ name: 'the task scheduler', clock, log, wokenBy, look: () => this.#look() });
  }

  start(): void {
    this.#waker.start();
  }

  stop(): Promise<void> {
    return this.#waker.stop();
  }

  /** The telephone may be usable again. */
  wake(): void {
    this.#waker.wake();
  }

  async #look(): Promise<number | undefined> {
    const { clock, dialer, domain } = this.#parts;
    const full = new Set<string>();
    for (const task of domain.tasks.due(mostAtOnce)) {
      if (!dialer.hasFreeLine()) return clock.now() + busyMs;
      if (full.has(task.organizationId)) continue;
      if (!(await this.#run(task))) full.add(task.organizationId);
    }
    const waiting = domain.tasks.due(1).length > 0;
    return waiting ? clock.now() + busyMs : domain.tasks.nextScheduledAtMs();
  }

  /** False when the organization has to wait. */
  async #run(task: Task): Promise<boolean> {
    const { domain, execution, log } = this.#parts;
    try {
      await execution.execute(task.organizationId, task.id);
      return true;
    } catch (thrown) {
      if (isForLater(thrown)) return false;
      log.warn({ taskId: task.id, why: messageOf(thrown) }, 'a task could not be run at its time');
      await domain.tasks.fail(task.id, messageOf(thrown));
      return true;
    }
  }
}

const passing: ReadonlySet<string> = new Set(['too-many-calls', 'database-busy', 'database-failed', 'disk-full']);

function isForLater(thrown: unknown): boolean {
  const causes = thrown instanceof LandlineError ? [thrown, thrown.cause] : [];
  return causes.some((each) => each instanceof LandlineError && passing.has(each.code));
}
