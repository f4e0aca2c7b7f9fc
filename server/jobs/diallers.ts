import type { LiveCalls } from '../domain/calls/live-calls.ts';
import type { Dialer } from '../domain/calls/outbound-order.ts';
import type { Domain } from '../domain/domain.ts';
import { TaskExecution } from '../domain/tasks/task-execution.ts';
import type { Clock } from '../lifetime/clock.ts';
import type { Logger } from '../log/logger.ts';
import { CallQueue } from './call-queue/call-queue.ts';
import { CampaignDialer } from './dialer/campaign-dialer.ts';
import { TaskScheduler } from './scheduler/task-scheduler.ts';

export interface DiallersParts {
  readonly domain: Domain;
  readonly dialer: Dialer;
  readonly liveCalls: LiveCalls;
  readonly clock: Clock;
  readonly log: Logger;
}

/** Everything that dials without anybody asking at that moment: campaigns, tasks at their time, calls that wait for a line. */
export class Diallers {
  readonly #campaigns: CampaignDialer;
  readonly #tasks: TaskScheduler;
  readonly #queue: CallQueue;

  constructor({ domain, dialer, liveCalls, clock, log }: DiallersParts) {
    const execution = new TaskExecution({ ...domain, dialer, liveCalls });
    this.#campaigns = new CampaignDialer({ domain, dialer, clock, log });
    this.#tasks = new TaskScheduler({ domain, execution, dialer, clock, log });
    this.#queue = new CallQueue({ ...domain, dialer, clock, log });
  }

  /** Of the calls that waited for a line. */
  get counters(): Readonly<CallQueue['counters']> {
    return { ...this.#queue.counters };
  }

  start(): void {
    this.#campaigns.start();
    this.#tasks.start();
    this.#queue.start();
  }

  /** The telephone can dial again. */
  wake(): void {
    this.#campaigns.wake();
    this.#tasks.wake();
  }

  /** No list and no task is dialled any more; calls that wait for a line go on waiting. Safe to call again. */
  async stopLists(): Promise<void> {
    await Promise.all([this.#campaigns.stop(), this.#tasks.stop()]);
  }

  async stop(): Promise<void> {
    await this.#queue.stop();
    await this.stopLists();
  }
}
