import { randomUUID } from 'node:crypto';
import type { ReaderCursors } from '../../events/reader-cursors.ts';
import type { UnitOfWork } from '../../events/unit-of-work.ts';
import type { TaskRepository } from '../tasks/task-repository.ts';
import type { AgentWebhookRepository } from './agent-webhook-repository.ts';
import type { WebhookDeliveryRepository } from './delivery-repository.ts';
import type { WebhookEndpointRepository } from './endpoint-repository.ts';
import type { WebhookTrust } from './send.ts';
import {
  type AgentWebhook,
  type EndpointEvent,
  retryDelayMs,
  type WebhookAttempt,
  type WebhookDelivery,
  type WebhookEndpoint,
} from './webhook.ts';

export interface WebhookOutboxParts {
  readonly unitOfWork: UnitOfWork;
  readonly agentWebhooks: AgentWebhookRepository;
  readonly endpoints: WebhookEndpointRepository;
  readonly deliveries: WebhookDeliveryRepository;
  readonly tasks: TaskRepository;
  readonly cursors: ReaderCursors;
}

/** Something to be told to one receiver. */
export type DeliveryOrder = Pick<
  WebhookDelivery,
  'organizationId' | 'ownerKind' | 'ownerId' | 'event' | 'subjectId' | 'method' | 'url' | 'body' | 'maxAttempts'
>;

/** Deliveries of one organization that may wait; what comes then is written down as failed. */
const maxQueued = 10_000;
/** Name of the reader that fills the queue. */
const reader = 'webhooks';
/** In one transaction, so that no other write waits for long. */
const mostForgotten = 500;
const keptMs = 30 * 24 * 3_600_000;

/** The durable queue of webhook deliveries. */
export class WebhookOutbox {
  readonly #parts: WebhookOutboxParts;
  /** Deliveries that found the queue of their organization full. */
  dropped = 0;

  constructor(parts: WebhookOutboxParts) {
    this.#parts = parts;
  }

  /** The webhook of an agent, when it is to be told of calls of this channel. */
  listeningAgent(agentId: string, channel: 'sip' | 'web'): AgentWebhook | undefined {
    const webhook = this.#parts.agentWebhooks.find(agentId);
    if (!webhook?.outgoing.enabled || webhook.outgoing.url === null) return undefined;
    return (channel === 'web' ? webhook.triggerOnWebCall : webhook.triggerOnPhoneCall) ? webhook : undefined;
  }

  listeningEndpoints(organizationId: string, event: EndpointEvent): readonly WebhookEndpoint[] {
    return this.#parts.endpoints.listening(organizationId, event);
  }

  /** Number of the last fact whose receivers were written down. */
  readSeq(): number {
    return this.#parts.cursors.find(reader);
  }

  /** Writes down what to send and that the facts up to `seq` are dealt with, in one. A receiver is told once of each thing. */
  add(orders: readonly DeliveryOrder[], seq: number): Promise<void> {
    return this.#parts.unitOfWork.run((_record, nowMs) => {
      for (const order of orders) this.#insert(order, nowMs);
      this.#parts.cursors.move(reader, seq);
    });
  }

  due(
    nowMs: number,
    leftOut: { readonly ids: readonly string[]; readonly owners: readonly string[] },
  ): WebhookDelivery | undefined {
    return this.#parts.deliveries.due(nowMs, leftOut);
  }

  /** When the next delivery after `nowMs` comes due; undefined when none waits for its time. */
  nextDueAtMs(nowMs: number): number | undefined {
    return this.#parts.deliveries.nextDueAtMs(nowMs);
  }

  /** How the receiver knows us now; undefined when it is none any more. */
  trustOf({ ownerKind, ownerId, organizationId }: WebhookDelivery): WebhookTrust | undefined {
    const { agentWebhooks, endpoints, tasks } = this.#parts;
    if (ownerKind === 'agent') {
      const webhook = agentWebhooks.find(ownerId);
      const { incoming, outgoing } = webhook ?? {};
      if (!incoming || !outgoing?.enabled) return undefined;
      return { secret: incoming.secret, headers: outgoing.headers, bearer: outgoing.auth?.token ?? null };
    }
    if (ownerKind === 'endpoint') {
      const endpoint = endpoints.find(ownerId);
      return endpoint?.isActive ? { secret: endpoint.secret, headers: {}, bearer: null } : undefined;
    }
    if (!tasks.find(ownerId)) return undefined;
    return { secret: endpoints.organizationSecret(organizationId), headers: {}, bearer: null };
  }

  /** Writes down how an attempt went: delivered, to be tried again, or failed for good. */
  settle(id: string, attempt: WebhookAttempt): Promise<WebhookDelivery | undefined> {
    return this.#parts.unitOfWork.run((_record, nowMs) => {
      const before = this.#parts.deliveries.find(id);
      if (before?.state !== 'queued') return before;
      const attempts = before.attempts + 1;
      const isFinal = attempts >= before.maxAttempts;
      const delivery: WebhookDelivery = {
        ...before,
        attempts,
        statusCode: attempt.statusCode,
        errorMessage: attempt.errorMessage,
        state: attempt.errorMessage === null ? 'delivered' : isFinal ? 'failed' : 'queued',
        nextAtMs: nowMs + retryDelayMs(attempts),
        updatedAtMs: nowMs,
      };
      this.#parts.deliveries.update(delivery);
      this.#parts.deliveries.addAttempt(delivery, attempt, nowMs);
      return delivery;
    });
  }

  /** The receiver is none any more: nothing is sent. */
  giveUp(id: string, why: string): Promise<void> {
    return this.#parts.unitOfWork.run((_record, nowMs) => {
      const before = this.#parts.deliveries.find(id);
      if (before?.state !== 'queued') return;
      this.#parts.deliveries.update({ ...before, state: 'failed', errorMessage: why, updatedAtMs: nowMs });
    });
  }

  /** Forgets what was settled more than 30 days ago; resolves with how many. */
  async forgetOld(): Promise<number> {
    const { deliveries, unitOfWork } = this.#parts;
    for (let forgotten = 0; ; ) {
      const now = await unitOfWork.run((_record, nowMs) => deliveries.deleteBefore(nowMs - keptMs, mostForgotten));
      forgotten += now;
      if (now < mostForgotten) return forgotten;
    }
  }

  /** The call was deleted: what was told of it is not kept, and what waits is not told. */
  forget(callId: string, seq: number): Promise<void> {
    return this.#parts.unitOfWork.run((_record, nowMs) => {
      this.#parts.deliveries.emptyBodies(callId, 'The call was deleted.', nowMs);
      this.#parts.cursors.move(reader, seq);
    });
  }

  #insert(order: DeliveryOrder, nowMs: number): void {
    const { deliveries } = this.#parts;
    const isFull = deliveries.countQueued(order.organizationId) >= maxQueued;
    const inserted = deliveries.insert({
      ...order,
      id: randomUUID(),
      state: isFull ? 'failed' : 'queued',
      attempts: 0,
      nextAtMs: nowMs,
      statusCode: null,
      errorMessage: isFull ? `${maxQueued} deliveries were waiting already.` : null,
      createdAtMs: nowMs,
      updatedAtMs: nowMs,
    });
    if (inserted && isFull) this.dropped++;
  }
}
