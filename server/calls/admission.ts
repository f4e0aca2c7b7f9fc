/** Limits on calls, from the settings. */
export interface AdmissionLimits {
  /** Calls at once, both directions together. */
  readonly maxCalls: number;
  /** New inbound calls per minute. */
  readonly maxCallsPerMinute: number;
}

/** Why a new call is refused, as SIP says it. `retryAfterSeconds` goes into Retry-After (RFC 3261 20.33). */
export interface Refusal {
  readonly status: 486 | 503;
  readonly reason: string;
  readonly retryAfterSeconds?: number;
}

/**
 * Decides whether one more call fits. A full house answers 486 (the line is busy, a PBX then tries its next target);
 * a flood answers 503 with Retry-After.
 */
export class Admission {
  readonly #limits: AdmissionLimits;
  readonly #recentMs: number[] = [];
  #refused = 0;
  #closed = false;

  constructor(limits: AdmissionLimits) {
    this.#limits = limits;
  }

  get refused(): number {
    return this.#refused;
  }

  /** From now on nobody is admitted: the appliance stops. */
  close(): void {
    this.#closed = true;
  }

  /** `liveCalls` counts the calls that are up or being set up. An admitted call counts for the next minute. */
  admit(liveCalls: number, nowMs: number): Refusal | undefined {
    const refusal = this.#decide(liveCalls, nowMs);
    if (refusal) this.#refused++;
    else this.#recentMs.push(nowMs);
    return refusal;
  }

  /** Whether `admit` would; asking counts for nothing. */
  hasRoom(liveCalls: number, nowMs: number): boolean {
    return this.#decide(liveCalls, nowMs) === undefined;
  }

  #decide(liveCalls: number, nowMs: number): Refusal | undefined {
    while (this.#recentMs.length > 0 && nowMs - (this.#recentMs[0] as number) >= 60_000) this.#recentMs.shift();
    if (this.#closed) return { status: 503, reason: 'Service Unavailable' };
    if (liveCalls >= this.#limits.maxCalls) return { status: 486, reason: 'Busy Here' };
    const oldestMs = this.#recentMs[0];
    if (oldestMs === undefined || this.#recentMs.length < this.#limits.maxCallsPerMinute) return undefined;
    const retryAfterSeconds = Math.max(1, Math.ceil((oldestMs + 60_000 - nowMs) / 1_000));
    return { status: 503, reason: 'Service Unavailable', retryAfterSeconds };
  }
}
