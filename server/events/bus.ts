import { messageOf } from '../contract/errors.ts';
import type { Logger } from '../log/logger.ts';
import type { Signal, StoredFact } from './fact.ts';

/** Announces facts (after their commit) and signals inside this process. Listeners are called in order, at once. */
export class EventBus {
  readonly #log: Logger;
  readonly #factListeners = new Set<(fact: StoredFact) => void>();
  readonly #signalListeners = new Set<(signal: Signal) => void>();

  constructor(log: Logger) {
    this.#log = log;
  }

  /** Returns how to stop listening. */
  onFact(listener: (fact: StoredFact) => void): () => void {
    this.#factListeners.add(listener);
    return () => void this.#factListeners.delete(listener);
  }

  onSignal(listener: (signal: Signal) => void): () => void {
    this.#signalListeners.add(listener);
    return () => void this.#signalListeners.delete(listener);
  }

  publish(fact: StoredFact): void {
    this.#tell(this.#factListeners, fact);
  }

  signal(signal: Signal): void {
    this.#tell(this.#signalListeners, signal);
  }

  /** One listener's failure keeps no other from hearing: announcing never fails the one who announces. */
  #tell<T extends StoredFact | Signal>(listeners: ReadonlySet<(event: T) => void>, event: T): void {
    for (const listener of listeners) {
      try {
        listener(event);
      } catch (thrown) {
        this.#log.error({ err: thrown }, `an event listener failed: ${messageOf(thrown)}`);
      }
    }
  }
}
