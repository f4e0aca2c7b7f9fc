import { messageOf } from '../../contract/errors.ts';
import type { UsageService } from '../../domain/usage/usage-service.ts';
import type { WalletService } from '../../domain/wallets/wallet-service.ts';
import type { EventBus } from '../../events/bus.ts';
import type { EventLog } from '../../events/event-log.ts';
import type { StoredFact } from '../../events/fact.ts';
import { Subscription } from '../../events/subscription.ts';
import type { Clock, Timer } from '../../lifetime/clock.ts';
import type { Logger } from '../../log/logger.ts';

export interface MeteringOptions {
  readonly usage: UsageService;
  readonly wallets: WalletService;
  readonly eventLog: EventLog;
  readonly bus: EventBus;
  readonly clock: Clock;
  readonly log: Logger;
}

/** Balances are right at any time, since reads give up expired credit too; this keeps the ledger's times close. */
const sweepMs = 60_000;

/**
 * Makes cost lines and one debit of every call that ends and every file that is read, and takes back credit that
 * expires. Both are exactly once: usage, debit and the place in the log are one transaction.
 */
export class Metering {
  readonly #options: MeteringOptions;
  #subscription: Subscription | undefined;
  #timer: Timer | undefined;
  #sweeping: Promise<void> = Promise.resolve();

  constructor(options: MeteringOptions) {
    this.#options = options;
  }

  start(): void {
    const { usage, eventLog, bus, clock, log } = this.#options;
    const after = usage.meteredSeq();
    const handle = (stored: StoredFact) => this.#handle(stored);
    this.#subscription = new Subscription({
      name: 'metering',
      eventLog,
      bus,
      clock,
      log,
      after,
      kinds: ['call-ended', 'file-ready'],
      handle,
    });
    this.#subscription.start();
    this.#sweep();
  }

  /** Resolves when the call in hand is metered. */
  async stop(): Promise<void> {
    this.#timer?.cancel();
    await this.#subscription?.stop();
    await this.#sweeping;
    // The sweep that was going on has set another timer.
    this.#timer?.cancel();
  }

  async #handle({ seq, fact }: StoredFact): Promise<void> {
    const { usage } = this.#options;
    if (fact.kind === 'call-ended') await usage.meterCall(fact.callId, seq);
    if (fact.kind === 'file-ready') await usage.meterFile(fact.fileId, seq);
  }

  #sweep(): void {
    const { clock, log, wallets } = this.#options;
    this.#sweeping = wallets
      .expireDue()
      .then(
        (expired) => void (expired > 0 && log.info({ expired }, 'credit expired')),
        (thrown: unknown) => log.warn({ err: thrown }, `expired credit could not be taken back: ${messageOf(thrown)}`),
      )
      .then(() => {
        this.#timer = clock.after(sweepMs, () => this.#sweep());
      });
  }
}
