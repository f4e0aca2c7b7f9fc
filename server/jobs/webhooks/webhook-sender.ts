import type { EgressClient } from '../../domain/egress/egress-client.ts';
import { attemptDelivery } from '../../domain/webhooks/send.ts';
import type { WebhookDelivery } from '../../domain/webhooks/webhook.ts';
import type { WebhookOutbox } from '../../domain/webhooks/webhook-outbox.ts';
import { type Clock, delay, type Timer } from '../../lifetime/clock.ts';
import type { Logger } from '../../log/logger.ts';
import { Waker } from '../waker.ts';

export interface WebhookSenderParts {
  readonly webhookOutbox: WebhookOutbox;
  readonly egress: EgressClient;
  readonly clock: Clock;
  readonly log: Logger;
}

const mostAtOnce = 10;
/** A receiver that doesn't answer must not keep the others waiting. */
const mostPerOwner = 3;
/** While nothing can be written down, the same must not be sent again and again. */
const afterFailureMs = 30_000;
const stopGraceMs = 1_000;
const tidyEveryMs = 3_600_000;

/**
 * Sends what the outbox holds. An attempt is written down when its outcome is known, so one that a crash cut off is
 * made again, with the same `X-Webhook-Id`.
 */
export class WebhookSender {
  readonly #parts: WebhookSenderParts;
  readonly #waker: Waker;
  readonly #inFlight = new Map<string, { readonly owner: string; readonly sending: Promise<void> }>();
  readonly #counters = { delivered: 0, failedAttempts: 0, givenUp: 0 };
  #abort = new AbortController();
  #tidyTimer: Timer | undefined;

  constructor(parts: WebhookSenderParts) {
    this.#parts = parts;
    const { clock, log } = parts;
    this.#waker = new Waker({ name: 'the webhook sender', clock, log, look: () => this.#look() });
  }

  get counters() {
    return { ...this.#counters, inFlight: this.#inFlight.size, dropped: this.#parts.webhookOutbox.dropped };
  }

  start(): void {
    this.#abort = new AbortController();
    this.#waker.start();
    this.#tidy();
  }

  /** Begins nothing new; what is not through within a second is cut off and sent again after the next start. */
  async stop(): Promise<void> {
    this.#tidyTimer?.cancel();
    await this.#waker.stop();
    const cutOff = this.#parts.clock.after(stopGraceMs, () => this.#abort.abort());
    await Promise.allSettled([...this.#inFlight.values()].map(({ sending }) => sending));
    cutOff.cancel();
    this.#abort.abort();
  }

  /** There is something new to send. */
  wake(): void {
    this.#waker.wake();
  }

  async #look(): Promise<number | undefined> {
    const { clock, webhookOutbox } = this.#parts;
    // One time for both questions: what comes due between them would be neither due nor next.
    const nowMs = Math.round(clock.now());
    while (this.#inFlight.size < mostAtOnce) {
      const delivery = webhookOutbox.due(nowMs, { ids: [...this.#inFlight.keys()], owners: this.#busyOwners() });
      if (!delivery) break;
      const sending = this.#send(delivery).finally(() => {
        this.#inFlight.delete(delivery.id);
        this.#waker.wake();
      });
      this.#inFlight.set(delivery.id, { owner: delivery.ownerId, sending });
    }
    return webhookOutbox.nextDueAtMs(nowMs);
  }

  #busyOwners(): readonly string[] {
    const owners = [...this.#inFlight.values()].map(({ owner }) => owner);
    return [...new Set(owners)].filter((owner) => owners.filter((one) => one === owner).length >= mostPerOwner);
  }

  async #send(delivery: WebhookDelivery): Promise<void> {
    const { clock, egress, log, webhookOutbox } = this.#parts;
    const { id, event, ownerKind, ownerId } = delivery;
    try {
      const trust = webhookOutbox.trustOf(delivery);
      if (!trust) return await webhookOutbox.giveUp(id, 'The webhook was removed or disabled.');
      const attempt = await attemptDelivery(egress, delivery, trust, clock.now(), this.#abort.signal);
      if (this.#abort.signal.aborted && attempt.statusCode === null) return;
      const settled = await webhookOutbox.settle(id, attempt);
      this.#count(settled?.state);
      const facts = { delivery: id, event, ownerKind, ownerId, status: attempt.statusCode, state: settled?.state };
      if (attempt.errorMessage === null) log.info(facts, 'a webhook was delivered');
      else log.warn({ ...facts, why: attempt.errorMessage }, 'a webhook was not delivered');
    } catch (thrown) {
      log.error({ err: thrown, delivery: id }, 'a webhook could not be settled');
      await delay(clock, afterFailureMs, this.#abort.signal).catch(() => {});
    }
  }

  #count(state: WebhookDelivery['state'] | undefined): void {
    if (state === 'delivered') this.#counters.delivered++;
    else this.#counters.failedAttempts++;
    if (state === 'failed') this.#counters.givenUp++;
  }

  #tidy(): void {
    const { clock, log, webhookOutbox } = this.#parts;
    webhookOutbox
      .forgetOld()
      .catch((thrown: unknown) => log.warn({ err: thrown }, 'old deliveries could not be removed'));
    this.#tidyTimer = clock.after(tidyEveryMs, () => this.#tidy());
  }
}
