const digits = '0123456789*#ABCD';
/** 100 ms of tone: five packets whose duration grows, then the end packet three times (RFC 4733 §2.5.1.4). */
const tonePackets = 5;
const endPackets = 3;
const volumeDbm0 = 10;

export const telephoneEventBytes = 4;

/** RFC 4733 §2.3 payload. `duration` is in RTP clock units. */
export interface TelephoneEvent {
  readonly event: number;
  readonly isEnd: boolean;
  readonly duration: number;
}

export function parseTelephoneEvent(payload: Uint8Array): TelephoneEvent | undefined {
  const [event, flags, high, low] = payload;
  if (event === undefined || flags === undefined || high === undefined || low === undefined) return undefined;
  return { event, isEnd: (flags & 0x80) !== 0, duration: (high << 8) | low };
}

/** Makes one digit out of the many packets that carry it. */
export class TelephoneEventReceiver {
  #timestamp: number | undefined;
  #event = -1;
  #duration = 0;
  #isEnded = true;

  /**
   * The digit when this packet is the first sight of it (any packet of it will do, so a lost beginning costs nothing);
   * undefined for repetitions, later segments of a long press, and events that are no digits. `timestamp` is extended.
   */
  receive(payload: Uint8Array, timestamp: number): string | undefined {
    const parsed = parseTelephoneEvent(payload);
    const digit = parsed && digits[parsed.event];
    if (!parsed || digit === undefined) return undefined;
    if (this.#timestamp !== undefined && timestamp < this.#timestamp) return undefined;
    const isRepetition = timestamp === this.#timestamp;
    const isLaterSegment =
      !this.#isEnded &&
      parsed.event === this.#event &&
      this.#timestamp !== undefined &&
      timestamp <= this.#timestamp + this.#duration + 160;
    this.#isEnded = parsed.isEnd || (isRepetition && this.#isEnded);
    this.#duration = isRepetition ? Math.max(this.#duration, parsed.duration) : parsed.duration;
    this.#timestamp = timestamp;
    this.#event = parsed.event;
    return isRepetition || isLaterSegment ? undefined : digit;
  }

  reset(): void {
    this.#timestamp = undefined;
    this.#isEnded = true;
  }
}

/** Whether all characters can be sent as digits. */
export function areDigits(text: string): boolean {
  return /^[0-9*#A-D]+$/i.test(text);
}

/** One digit being sent: eight packets, one per frame, all with the timestamp of the first. */
export class OutgoingTelephoneEvent {
  readonly #event: number;
  readonly #frameUnits: number;
  #packet = 0;

  /** `frameUnits`: RTP clock units per frame, 160 for 20 ms. */
  constructor(digit: string, frameUnits: number) {
    this.#event = digits.indexOf(digit.toUpperCase());
    this.#frameUnits = frameUnits;
  }

  get isFirstPacket(): boolean {
    return this.#packet === 0;
  }

  get isDone(): boolean {
    return this.#packet >= tonePackets + endPackets;
  }

  /** Writes the next packet's payload. */
  write(payload: Buffer, offset: number): void {
    const isEnd = this.#packet >= tonePackets;
    payload[offset] = this.#event;
    payload[offset + 1] = (isEnd ? 0x80 : 0) | volumeDbm0;
    payload.writeUInt16BE(Math.min(this.#packet + 1, tonePackets) * this.#frameUnits, offset + 2);
    this.#packet++;
  }
}
