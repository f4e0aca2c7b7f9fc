import type { Clock, Timer } from '../../lifetime/clock.ts';
import type { TransferOutcome } from '../call-edge.ts';
import type { ReferNews } from './sipfrag.ts';

/** How long to wait for the first or next news of a transfer. */
export const transferNewsTimeoutMs = 30_000;
/** A target may ring for long while the provisional news keep coming. */
const longestTransferMs = 180_000;

/**
 * The wait for the outcome of one blind transfer, from the REFER on. Without news, and when the subscription ends
 * without a final status, it counts as refused: the caller is still with us.
 */
export class Transfer {
  readonly outcome: Promise<TransferOutcome>;
  readonly #clock: Clock;
  readonly #latestMs: number;
  #resolve: (outcome: TransferOutcome) => void = () => {};
  #timer: Timer | undefined;
  #settled = false;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#latestMs = clock.now() + longestTransferMs;
    this.outcome = new Promise((resolve) => {
      this.#resolve = resolve;
    });
  }

  get settled(): boolean {
    return this.#settled;
  }

  /** The final response to the REFER itself. */
  referAnswered(status: number): void {
    if (status >= 300) this.#settle({ kind: 'refused', status });
    else this.#awaitNews();
  }

  notified(news: ReferNews): void {
    const { status, final } = news;
    if (status !== undefined && status >= 200) {
      this.#settle(status < 300 ? { kind: 'accepted' } : { kind: 'refused', status });
    } else if (final) {
      this.#settle({ kind: 'refused', status: 480 });
    } else {
      this.#awaitNews();
    }
  }

  /** The other side hung up while it was being transferred: that is what success looks like on many phones. */
  otherSideLeft(): void {
    this.#settle({ kind: 'accepted' });
  }

  /** The call ended in another way. */
  abandon(): void {
    this.#settle({ kind: 'refused', status: 487 });
  }

  #awaitNews(): void {
    if (this.#settled) return;
    this.#timer?.cancel();
    const waitMs = Math.min(transferNewsTimeoutMs, this.#latestMs - this.#clock.now());
    this.#timer = this.#clock.after(waitMs, () => this.#settle({ kind: 'refused', status: 408 }));
  }

  #settle(outcome: TransferOutcome): void {
    if (this.#settled) return;
    this.#settled = true;
    this.#timer?.cancel();
    this.#resolve(outcome);
  }
}
