import type { Domain } from '../domain/domain.ts';
import type { WebhookPayloads } from '../domain/webhooks/webhook-payloads.ts';
import type { Clock } from '../lifetime/clock.ts';
import type { Logger } from '../log/logger.ts';
import { AnalysisJob } from './analysis/analysis-job.ts';
import { WebhookIntake } from './webhooks/webhook-intake.ts';
import { WebhookSender } from './webhooks/webhook-sender.ts';

export interface AfterCallsParts {
  readonly domain: Domain;
  readonly payloads: WebhookPayloads;
  readonly clock: Clock;
  readonly log: Logger;
}

/** What calls lead to once they have begun and ended: analyses, their tools, and webhooks. */
export class AfterCalls {
  readonly #analysis: AnalysisJob;
  readonly #intake: WebhookIntake;
  readonly #sender: WebhookSender;

  constructor({ domain, payloads, clock, log }: AfterCallsParts) {
    this.#analysis = new AnalysisJob({ ...domain, clock, log });
    this.#sender = new WebhookSender({ ...domain, clock, log });
    this.#intake = new WebhookIntake({ ...domain, payloads, clock, log, onQueued: () => this.#sender.wake() });
  }

  get counters() {
    return { webhooks: this.#sender.counters };
  }

  async start(): Promise<void> {
    await this.#analysis.start();
    this.#intake.start();
    this.#sender.start();
  }

  async stop(): Promise<void> {
    await Promise.all([this.#analysis.stop(), this.#intake.stop(), this.#sender.stop()]);
  }
}
