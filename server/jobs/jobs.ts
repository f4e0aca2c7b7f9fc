import type { LiveCalls } from '../domain/calls/live-calls.ts';
import type { Dialer } from '../domain/calls/outbound-order.ts';
import type { Domain } from '../domain/domain.ts';
import type { WebhookPayloads } from '../domain/webhooks/webhook-payloads.ts';
import type { Clock } from '../lifetime/clock.ts';
import type { Logger } from '../log/logger.ts';
import { AfterCalls } from './after-calls.ts';
import { Diallers } from './diallers.ts';
import { Indexer } from './indexer/indexer.ts';
import { Metering } from './metering/metering.ts';

export interface JobsParts {
  readonly domain: Domain;
  readonly dialer: Dialer;
  readonly liveCalls: LiveCalls;
  readonly payloads: WebhookPayloads;
  readonly clock: Clock;
  readonly log: Logger;
}

/** All that goes on without a request. */
export class Jobs {
  readonly diallers: Diallers;
  readonly #domain: Domain;
  readonly #indexer: Indexer;
  readonly #metering: Metering;
  readonly #afterCalls: AfterCalls;

  constructor({ domain, dialer, liveCalls, payloads, clock, log }: JobsParts) {
    this.diallers = new Diallers({ domain, dialer, liveCalls, clock, log });
    this.#domain = domain;
    this.#indexer = new Indexer({ indexing: domain.knowledgeIndexing, bus: domain.bus, clock, log });
    this.#metering = new Metering({ ...domain, clock, log });
    this.#afterCalls = new AfterCalls({ domain, payloads, clock, log });
  }

  get counters() {
    const { knowledge, search } = this.#domain;
    return {
      ...this.#afterCalls.counters,
      queuedCalls: this.diallers.counters,
      knowledge: { ...this.#indexer.counters, ...knowledge.counters, search: search.counters },
    };
  }

  async start(): Promise<void> {
    this.#indexer.start();
    this.#domain.search.start();
    this.#metering.start();
    await this.#afterCalls.start();
    this.diallers.start();
  }

  /** When the last call has ended and nobody dials any more, so that what it led to is still noted. */
  async stop(): Promise<void> {
    await this.#metering.stop();
    await this.#afterCalls.stop();
    await this.#domain.egress.close();
    await this.#indexer.stop();
    await this.#domain.search.stop();
    await this.#domain.reports.stop();
  }
}
