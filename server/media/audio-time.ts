/** Timestamps and arrival may disagree by this much (jitter, drift, stalls) before the sender is taken to have paused. */
const largestDisagreementMs = 1_000;

/**
 * Places a sender's RTP timestamps on the leg's audio time, which began at `beganAtMs` of the clock. The first packet is
 * placed by its arrival (its end is now), the others by timestamp; one that lies a second off begins a new anchor.
 */
export class AudioTime {
  readonly #beganAtMs: number;
  readonly #sampleRate: number;
  readonly #samplesPerUnit: number;
  #anchor: { readonly timestamp: number; readonly position: number } | undefined;

  constructor(beganAtMs: number, sampleRate: number, clockRate: number) {
    this.#beganAtMs = beganAtMs;
    this.#sampleRate = sampleRate;
    this.#samplesPerUnit = sampleRate / clockRate;
  }

  /** Audio time in samples at a moment of the clock. */
  positionAt(nowMs: number): number {
    return Math.max(0, Math.round(((nowMs - this.#beganAtMs) * this.#sampleRate) / 1_000));
  }

  /** Position of the first sample of a packet of `length` samples that arrived now. */
  place(timestamp: number, length: number, nowMs: number): number {
    const byArrival = Math.max(0, this.positionAt(nowMs) - length);
    this.#anchor ??= { timestamp, position: byArrival };
    const byTimestamp = this.#anchor.position + (timestamp - this.#anchor.timestamp) * this.#samplesPerUnit;
    const disagreementMs = (Math.abs(byArrival - byTimestamp) * 1_000) / this.#sampleRate;
    if (disagreementMs <= largestDisagreementMs) return byTimestamp;
    this.#anchor = { timestamp, position: byArrival };
    return byArrival;
  }

  /** Forgets the anchor: the next packet comes from another sender or after a hold. */
  restart(): void {
    this.#anchor = undefined;
  }
}
