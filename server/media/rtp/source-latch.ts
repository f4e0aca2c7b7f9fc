import { type Endpoint, isSameEndpoint } from './endpoint.ts';

/** Packets in sequence that an unexpected source must show before it is believed. */
const proofSameHost = 3;
const proofOtherHost = 5;
/** A source that is heard is not given up for another one before it was silent this long. */
const silenceBeforeMoveMs = 2_000;

interface Candidate {
  readonly from: Endpoint;
  readonly ssrc: number;
  sequence: number;
  packets: number;
}

/**
 * Symmetric RTP with distrust: whose packets are taken, and where ours go.
 *
 * The signalled address is always right and wins at once. Another one (the phone sits behind a NAT) is taken only when
 * the signalled one was never heard, after some packets in sequence; while a source is heard, nobody else gets in, and
 * after it fell silent only a sender from a host already known, or one that goes on with the same SSRC.
 */
export class SourceLatch {
  #signalled: Endpoint | undefined;
  #latched: Endpoint | undefined;
  #latchedSsrc = 0;
  #heardAtMs = 0;
  #candidate: Candidate | undefined;

  /** Where to send: the source heard, before that the signalled address. */
  get target(): Endpoint | undefined {
    return this.#latched ?? this.#signalled;
  }

  /** A (new) address from SDP. The same one again changes nothing. */
  signal(endpoint: Endpoint): void {
    if (this.#signalled && isSameEndpoint(this.#signalled, endpoint)) return;
    this.#signalled = endpoint;
    this.#latched = undefined;
    this.#candidate = undefined;
  }

  /** Whether a valid packet from this source is to be taken. */
  accepts(from: Endpoint, ssrc: number, sequence: number, nowMs: number): boolean {
    if (!this.#signalled) return false;
    const isKnown =
      isSameEndpoint(from, this.#signalled) || (this.#latched !== undefined && isSameEndpoint(from, this.#latched));
    if (!isKnown && !this.#isProven(from, ssrc, sequence, nowMs)) return false;
    if (!this.#latched || !isSameEndpoint(from, this.#latched)) {
      this.#latched = { address: from.address, port: from.port };
      this.#candidate = undefined;
    }
    this.#latchedSsrc = ssrc;
    this.#heardAtMs = nowMs;
    return true;
  }

  #isProven(from: Endpoint, ssrc: number, sequence: number, nowMs: number): boolean {
    if (this.#latched && nowMs - this.#heardAtMs < silenceBeforeMoveMs) return false;
    const isSameHost = from.address === this.#signalled?.address || from.address === this.#latched?.address;
    if (this.#latched && !isSameHost && ssrc !== this.#latchedSsrc) return false;
    const seen = this.#candidate;
    if (!seen || !isSameEndpoint(seen.from, from) || seen.ssrc !== ssrc || !follows(seen.sequence, sequence)) {
      this.#candidate = { from: { address: from.address, port: from.port }, ssrc, sequence, packets: 1 };
      return false;
    }
    seen.sequence = sequence;
    seen.packets++;
    return seen.packets >= (isSameHost ? proofSameHost : proofOtherHost);
  }
}

/** Next in sequence, one or two losses allowed. */
function follows(before: number, sequence: number): boolean {
  const ahead = (sequence - before) & 0xffff;
  return ahead >= 1 && ahead <= 3;
}
