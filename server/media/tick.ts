import type { Clock, Timer } from '../lifetime/clock.ts';
import { LatenessHistogram } from './lateness.ts';

export const frameMs = 20;
const slotCount = 4;
const stepMs = frameMs / slotCount;
/** A longer stall is not made up for: bursting old audio would only push delay to the listener. */
const longestStallMs = 200;

/** What the tick drives: one sender per leg. */
export interface TickTarget {
  /** Sends the frame that was due at `dueMs`. */
  send(dueMs: number): void;
  /** Makes the next frame ready, after every sender of the slot has sent. */
  prepare(): void;
}

/**
 * The one sending clock of the media process: steps of 5 ms on a grid that does not drift, each target on one of four
 * slots, so that every target is served every 20 ms and their work is spread. A late step is made up for at once; after
 * a stall of more than 200 ms whole frames are left out (targets see it in `dueMs`). Idle without targets.
 */
export class Tick {
  readonly lateness = new LatenessHistogram();
  readonly #clock: Clock;
  readonly #slots: Set<TickTarget>[] = Array.from({ length: slotCount }, () => new Set());
  #originMs = 0;
  #step = 0;
  #timer: Timer | undefined;
  #skippedFrames = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Frames left out of every call since the start, because the process was stalled. */
  get skippedFrames(): number {
    return this.#skippedFrames;
  }

  /** Puts the target on the emptiest slot; its first `send` comes within 20 ms. */
  add(target: TickTarget): void {
    const emptiest = this.#slots.reduce((best, slot) => (slot.size < best.size ? slot : best));
    emptiest.add(target);
    if (this.#timer) return;
    this.#originMs = this.#clock.now();
    this.#step = 0;
    this.#arm();
  }

  remove(target: TickTarget): void {
    for (const slot of this.#slots) slot.delete(target);
    if (this.#slots.some((slot) => slot.size > 0)) return;
    this.#timer?.cancel();
    this.#timer = undefined;
  }

  #arm(): void {
    const waitMs = this.#dueMs() - this.#clock.now();
    this.#timer = this.#clock.after(Math.max(1, Math.floor(waitMs)), () => this.#run());
  }

  #dueMs(): number {
    return this.#originMs + this.#step * stepMs;
  }

  #run(): void {
    this.#leaveOutStalled();
    for (let nowMs = this.#clock.now(); this.#dueMs() <= nowMs; nowMs = this.#clock.now()) {
      const dueMs = this.#dueMs();
      const slot = this.#slots[this.#step % slotCount];
      this.#step++;
      if (slot === undefined || slot.size === 0) continue;
      this.lateness.record(nowMs - dueMs, nowMs);
      for (const target of slot) target.send(dueMs);
      for (const target of slot) target.prepare();
    }
    if (this.#timer) this.#arm();
  }

  #leaveOutStalled(): void {
    const behindMs = this.#clock.now() - this.#dueMs();
    if (behindMs <= longestStallMs) return;
    const frames = Math.floor(behindMs / frameMs);
    this.#skippedFrames += frames;
    this.#step += frames * slotCount;
  }
}
