/** Why a scope ended. `done` is the ordinary end. */
export type ScopeEnd = 'done' | 'barge-in' | 'hangup' | 'superseded' | 'timeout' | 'shutdown' | 'error';

/** The abort reason that a scope's signal carries. */
export class ScopeEnded extends Error {
  readonly end: ScopeEnd;

  constructor(name: string, end: ScopeEnd) {
    super(`${name} ended: ${end}`);
    this.name = 'ScopeEnded';
    this.end = end;
  }
}

/**
 * One node in the tree of cancellation (app → call → turn → speech): an AbortSignal, clean-ups, and a typed reason.
 *
 * Ending a scope ends its children first, then runs its own clean-ups in reverse order. A child that ends unlinks
 * itself, so a long-lived parent keeps nothing of it (`AbortSignal.any` on a long-lived parent keeps about 2 kB each).
 */
export class Scope {
  readonly name: string;
  readonly #controller = new AbortController();
  readonly #children = new Set<Scope>();
  readonly #cleanUps = new Set<() => void>();
  readonly #parent: Scope | undefined;
  #end: ScopeEnd | undefined;

  constructor(name: string, parent?: Scope) {
    this.name = name;
    this.#parent = parent;
    if (parent === undefined) return;
    if (parent.#end !== undefined) this.end(parent.#end);
    else parent.#children.add(this);
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Undefined while the scope lives. */
  get ended(): ScopeEnd | undefined {
    return this.#end;
  }

  get childCount(): number {
    return this.#children.size;
  }

  child(name: string): Scope {
    return new Scope(name, this);
  }

  /** Runs `cleanUp` when the scope ends (at once if it has); returns a function that takes it back. */
  onEnd(cleanUp: () => void): () => void {
    if (this.#end !== undefined) {
      cleanUp();
      return () => {};
    }
    this.#cleanUps.add(cleanUp);
    return () => void this.#cleanUps.delete(cleanUp);
  }

  /** Idempotent: the first reason stays. A clean-up that throws does not keep the others from running. */
  end(end: ScopeEnd = 'done'): void {
    if (this.#end !== undefined) return;
    this.#end = end;
    if (this.#parent !== undefined) this.#parent.#children.delete(this);
    for (const child of this.#children) child.end(end);
    this.#controller.abort(new ScopeEnded(this.name, end));
    const failures: unknown[] = [];
    for (const cleanUp of [...this.#cleanUps].reverse()) {
      try {
        cleanUp();
      } catch (failure) {
        failures.push(failure);
      }
    }
    this.#cleanUps.clear();
    if (failures.length > 0) throw new AggregateError(failures, `Clean-up of ${this.name} failed`);
  }
}
