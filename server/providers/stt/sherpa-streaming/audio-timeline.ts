/** What to do with a piece of audio before it may be fed. */
export interface Placement {
  /** Silence to feed first, so that the stream's time stays true. */
  readonly fillMs: number;
  /** How much of the piece's beginning was already fed. */
  readonly skipMs: number;
}

interface Anchor {
  readonly streamMs: number;
  readonly audioMs: number;
}

/** A gap up to this long is filled with silence; of a longer one only this much, and time jumps over the rest. */
const longestFillMs = 300;
/** A step back further than this is a leg that began to count again, not an overlap. */
const longestOverlapMs = 1_000;
/** Positions are rounded to samples somewhere; less than this is no gap. */
const toleranceMs = 1;
/** Time jumps remembered; a turn has hardly ever more than one. */
const mostAnchors = 32;

/** Maps between the time of what a recogniser was fed and the call's audio time, over gaps, overlaps and restarts. */
export class AudioTimeline {
  #fedMs = 0;
  #anchors: Anchor[] = [];

  /** Audio fed since the stream began, silence included. */
  get fedMs(): number {
    return this.#fedMs;
  }

  /** Decides about a piece that begins at `positionMs` of call audio, and counts it as fed. */
  place(positionMs: number, durationMs: number): Placement {
    const placement = this.#placement(positionMs, durationMs);
    this.#fedMs += placement.fillMs + durationMs - placement.skipMs;
    return placement;
  }

  /** Silence of our own making: it takes stream time, and audio time does not go on in it. */
  feedSilence(durationMs: number): void {
    const audioMs = this.audioMsAt(this.#fedMs);
    this.#fedMs += durationMs;
    this.#anchor(this.#fedMs, audioMs);
  }

  /** Call audio time at a stream time. */
  audioMsAt(streamMs: number): number {
    const anchor = this.#anchors.findLast((each) => each.streamMs <= streamMs) ?? this.#anchors[0];
    return anchor === undefined ? 0 : anchor.audioMs + Math.max(0, streamMs - anchor.streamMs);
  }

  #placement(positionMs: number, durationMs: number): Placement {
    if (this.#anchors.length === 0) {
      this.#anchor(this.#fedMs, positionMs);
      return { fillMs: 0, skipMs: 0 };
    }
    const gapMs = positionMs - this.audioMsAt(this.#fedMs);
    if (gapMs > toleranceMs) {
      const fillMs = Math.min(gapMs, longestFillMs);
      if (fillMs < gapMs) this.#anchor(this.#fedMs + fillMs, positionMs);
      return { fillMs, skipMs: 0 };
    }
    if (gapMs >= -toleranceMs) return { fillMs: 0, skipMs: 0 };
    if (gapMs >= -longestOverlapMs) return { fillMs: 0, skipMs: Math.min(durationMs, -gapMs) };
    this.#anchor(this.#fedMs, positionMs);
    return { fillMs: 0, skipMs: 0 };
  }

  #anchor(streamMs: number, audioMs: number): void {
    this.#anchors.push({ streamMs, audioMs });
    if (this.#anchors.length > mostAnchors) this.#anchors.shift();
  }
}
