import type { Clock } from '../../lifetime/clock.ts';
import type { DialTarget } from './dial-plan.ts';

const avoidForMs = 30_000;

/** Which peers failed lately: they are tried last for a while, not never. */
export class PeerHealth {
  readonly #clock: Clock;
  readonly #avoidUntil = new Map<string, number>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  note({ peer }: DialTarget, well: boolean): void {
    if (peer === undefined) return;
    if (well) this.#avoidUntil.delete(peer.name);
    else this.#avoidUntil.set(peer.name, this.#clock.now() + avoidForMs);
  }

  /** Same order, with the peers to be avoided behind the others. */
  sort(targets: readonly DialTarget[]): DialTarget[] {
    const now = this.#clock.now();
    const avoided = ({ peer }: DialTarget) =>
      peer !== undefined && (this.#avoidUntil.get(peer.name) ?? 0) > now ? 1 : 0;
    return targets.toSorted((one, other) => avoided(one) - avoided(other));
  }
}
