import { expect, onTestFinished, test } from 'vitest';
import type { WebhookDelivery } from '../../domain/webhooks/webhook.ts';
import type { Clock } from '../../lifetime/clock.ts';
import { VirtualClock } from '../../lifetime/virtual-clock.ts';
import { silentLogger } from '../../log/logger.ts';
import { WebhookSender, type WebhookSenderParts } from './webhook-sender.ts';

/** Time goes on by a millisecond each time somebody looks at it. */
class RunningClock implements Clock {
  readonly #clock = new VirtualClock(1_000);
  #looks = 0;

  now(): number {
    return this.#clock.now() + this.#looks++;
  }

  after(delayMs: number, run: () => void) {
    return this.#clock.after(delayMs, run);
  }

  advance(ms: number): Promise<void> {
    return this.#clock.advance(ms);
  }
}

test('a delivery that comes due while the sender looks is sent, too', async () => {
  const clock = new RunningClock();
  for (const dueInMs of [0, 1, 2, 3, 4, 5]) {
    const dueAtMs = clock.now() + dueInMs;
    const delivery = { id: 'd', event: 'call.completed', ownerKind: 'endpoint', ownerId: 'e' } as WebhookDelivery;
    const settled: string[] = [];
    const webhookOutbox = {
      due: (nowMs: number) => (settled.length === 0 && nowMs >= dueAtMs ? delivery : undefined),
      nextDueAtMs: (nowMs: number) => (settled.length === 0 && dueAtMs > nowMs ? dueAtMs : undefined),
      trustOf: () => undefined,
      giveUp: async (id: string) => void settled.push(id),
      forgetOld: async () => {},
      dropped: 0,
    } as unknown as WebhookSenderParts['webhookOutbox'];
    const egress = {} as WebhookSenderParts['egress'];
    const sender = new WebhookSender({ webhookOutbox, egress, clock, log: silentLogger });
    onTestFinished(() => sender.stop());
    sender.start();
    await clock.advance(100);
    expect([dueInMs, settled]).toEqual([dueInMs, ['d']]);
  }
});
