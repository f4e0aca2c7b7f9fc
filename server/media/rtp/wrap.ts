/**
 * Turns a counter that wraps (16-bit sequence numbers, 32-bit timestamps) into one that only grows: each value is taken
 * as the one nearest to the highest seen so far (RFC 3550 §A.1).
 */
export class Unwrapper {
  readonly #span: number;
  #highest: number | undefined;

  constructor(bits: 16 | 32) {
    this.#span = 2 ** bits;
  }

  get highest(): number | undefined {
    return this.#highest;
  }

  extend(value: number): number {
    if (this.#highest === undefined) {
      // One span up, so that a packet sent just before the first one seen does not come out negative.
      this.#highest = value + this.#span;
      return this.#highest;
    }
    const ahead = modulo(value - this.#highest, this.#span);
    const extended = this.#highest + (ahead < this.#span / 2 ? ahead : ahead - this.#span);
    if (extended > this.#highest) this.#highest = extended;
    return extended;
  }

  reset(): void {
    this.#highest = undefined;
  }
}

function modulo(value: number, span: number): number {
  return ((value % span) + span) % span;
}
