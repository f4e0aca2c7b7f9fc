import { LandlineError } from '../../../contract/errors.ts';

interface Slot<S> {
  readonly sequence: S;
  /** Whose conversation it holds. */
  owner: string | undefined;
  isBusy: boolean;
  lastUsed: number;
}

interface Waiting<S> {
  readonly owner: string;
  readonly resolve: (lease: Lease<S>) => void;
  readonly reject: (failure: Error) => void;
}

/** A sequence lent out; give it back exactly once. */
export interface Lease<S> {
  readonly sequence: S;
  release(): void;
}

/**
 * The model's sequences (its separate memories). A call gets the one it had before if that is free, else the one that
 * has been idle longest; beyond that it waits, and beyond the limit it is refused with `llm-busy`.
 */
export class SequencePool<S> {
  readonly #slots: Slot<S>[];
  readonly #limit: number;
  readonly #queue: Waiting<S>[] = [];
  #uses = 0;
  #refused = 0;

  constructor(sequences: readonly S[], queueLimit: number) {
    this.#slots = sequences.map((sequence) => ({ sequence, owner: undefined, isBusy: false, lastUsed: 0 }));
    this.#limit = queueLimit;
  }

  get refused(): number {
    return this.#refused;
  }

  acquire(owner: string, signal: AbortSignal): Promise<Lease<S>> {
    if (signal.aborted) return Promise.reject(signal.reason as Error);
    const slot = this.#freeSlot(owner);
    if (slot !== undefined) return Promise.resolve(this.#lend(slot, owner));
    if (this.#queue.length >= this.#limit) {
      this.#refused++;
      return Promise.reject(
        new LandlineError('llm-busy', `${this.#limit} answers wait for the language model already; admit fewer calls.`),
      );
    }
    return new Promise((resolve, reject) => {
      const waiting: Waiting<S> = { owner, resolve, reject };
      this.#queue.push(waiting);
      const leave = () => {
        const at = this.#queue.indexOf(waiting);
        if (at === -1) return;
        this.#queue.splice(at, 1);
        reject(signal.reason as Error);
      };
      signal.addEventListener('abort', leave, { once: true });
    });
  }

  #freeSlot(owner: string): Slot<S> | undefined {
    const free = this.#slots.filter(({ isBusy }) => !isBusy);
    return free.find((slot) => slot.owner === owner) ?? free.sort((a, b) => a.lastUsed - b.lastUsed)[0];
  }

  #lend(slot: Slot<S>, owner: string): Lease<S> {
    slot.owner = owner;
    slot.isBusy = true;
    slot.lastUsed = ++this.#uses;
    let isReleased = false;
    return {
      sequence: slot.sequence,
      release: () => {
        if (isReleased) return;
        isReleased = true;
        slot.isBusy = false;
        const next = this.#queue.shift();
        if (next !== undefined) next.resolve(this.#lend(slot, next.owner));
      },
    };
  }
}
