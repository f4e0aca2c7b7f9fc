interface Waiting<T> {
  readonly resolve: (value: T) => void;
  readonly reject: (failure: Error) => void;
}

/** Requests that wait for their answer, by number. */
export class PendingRequests<T> {
  readonly #waiting = new Map<number, Waiting<T>>();

  get size(): number {
    return this.#waiting.size;
  }

  add(requestId: number): Promise<T> {
    return new Promise((resolve, reject) => this.#waiting.set(requestId, { resolve, reject }));
  }

  /** An answer that nobody waits for any more is left alone. */
  resolve(requestId: number, value: T): void {
    this.#waiting.get(requestId)?.resolve(value);
    this.#waiting.delete(requestId);
  }

  reject(requestId: number, failure: Error): void {
    this.#waiting.get(requestId)?.reject(failure);
    this.#waiting.delete(requestId);
  }

  rejectAll(failure: Error): void {
    for (const requestId of this.#waiting.keys()) this.reject(requestId, failure);
  }
}
