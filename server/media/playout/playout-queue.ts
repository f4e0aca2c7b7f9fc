import type { LegTally } from '../leg-tally.ts';
import type { FlushReport } from '../media-engine.ts';
import { rewindSamples } from './rewind.ts';

/** More than this waiting is a caller of `add` that ignores back-pressure: newer audio is dropped and counted. */
const longestQueueMs = 120_000;
/** A speech begins when this much of it is there, or all of it, or after waiting as long: a small cushion. */
const cushionMs = 60;
/** Audio already played that is kept for going back. */
const furthestRewindMs = 500;

interface Speech {
  readonly id: number;
  readonly chunks: Int16Array[];
  queued: number;
  /** Where reading is; goes back on resume. */
  cursor: number;
  /** The furthest that was ever played. */
  played: number;
  /** Its last chunk has come. */
  isComplete: boolean;
  /** Its last frame was read. */
  isOver: boolean;
  /** First asked for while it was too short to begin. */
  waitingFrames: number;
}

/** What one frame of playout carries. */
export interface PlayedFrame {
  readonly speechId: number;
  readonly isFirst: boolean;
  readonly isLast: boolean;
}

/**
 * What the agent says, waiting to be sent, one frame at a time. Bounded; can stop, go on at the same word, be emptied
 * with an account of what was heard, and take back the frame read last. Lengths in samples at the line rate.
 */
export class PlayoutQueue {
  readonly #rate: number;
  #speeches: Speech[] = [];
  #lastRead: { readonly speech: Speech; readonly length: number; readonly playedBefore: number } | undefined;
  #isPaused = false;
  #isStarved = false;
  readonly #tally: Pick<LegTally, 'playoutDropped' | 'underruns'>;

  /** Counts chunks dropped because the queue was full, and the times that a speech ran dry before its last chunk. */
  constructor(sampleRate: number, tally: Pick<LegTally, 'playoutDropped' | 'underruns'>) {
    this.#rate = sampleRate;
    this.#tally = tally;
  }

  get isPaused(): boolean {
    return this.#isPaused;
  }

  /** Whether there is anything left to say, paused or not. */
  get isEmpty(): boolean {
    return this.#speeches.every((speech) => speech.isOver);
  }

  get aheadMs(): number {
    let samples = 0;
    for (const speech of this.#speeches) samples += speech.queued - speech.cursor;
    return (samples * 1_000) / this.#rate;
  }

  add(speechId: number, samples: Int16Array, isLast: boolean): void {
    const speech = this.#speechOf(speechId);
    if (isLast) speech.isComplete = true;
    if (samples.length === 0) return;
    if (this.aheadMs + (samples.length * 1_000) / this.#rate > longestQueueMs) {
      this.#tally.playoutDropped++;
      return;
    }
    speech.chunks.push(samples);
    speech.queued += samples.length;
  }

  /** Fills `samples` with the next frame (padded at the end of a speech); undefined when there is nothing to play. */
  read(samples: Int16Array): PlayedFrame | undefined {
    this.#lastRead = undefined;
    while (this.#speeches[0]?.isOver === true) this.#speeches.shift();
    const speech = this.#speeches[0];
    if (this.#isPaused || !speech || !this.#hasCushion(speech)) return undefined;
    if (speech.cursor === speech.queued && !speech.isComplete) {
      if (!this.#isStarved) this.#tally.underruns++;
      this.#isStarved = true;
      return undefined;
    }
    this.#isStarved = false;
    return this.#readFrom(speech, samples);
  }

  /** Takes the frame read last back into the queue: it was not sent. */
  unread(): void {
    if (!this.#lastRead) return;
    const { speech, length, playedBefore } = this.#lastRead;
    speech.cursor -= length;
    speech.played = playedBefore;
    speech.isOver = false;
    this.#lastRead = undefined;
  }

  pause(): void {
    this.#isPaused = true;
  }

  /** Goes back to a quiet point 150 to 500 ms before the stop, so that the word cut there is heard whole. */
  resume(): void {
    if (!this.#isPaused) return;
    this.#isPaused = false;
    const speech = this.#speeches[0];
    if (!speech || speech.cursor === 0) return;
    const furthest = Math.min(speech.cursor, (furthestRewindMs * this.#rate) / 1_000);
    const tail = new Int16Array(furthest);
    copySamples(speech, speech.cursor - furthest, tail);
    speech.cursor -= rewindSamples(tail, this.#rate);
  }

  /** Empties the queue, ends a pause, and says how much of each speech was played. */
  flush(): FlushReport {
    const speeches = this.#speeches
      .filter((speech) => !speech.isOver)
      .map(({ id, played, queued }) => ({ speechId: id, playedMs: this.#ms(played), queuedMs: this.#ms(queued) }));
    this.#speeches = [];
    this.#lastRead = undefined;
    this.#isPaused = false;
    this.#isStarved = false;
    return { speeches };
  }

  #ms(samples: number): number {
    return (samples * 1_000) / this.#rate;
  }

  #speechOf(id: number): Speech {
    const last = this.#speeches.at(-1);
    if (last?.id === id) return last;
    if (last) last.isComplete = true;
    const speech = {
      id,
      chunks: [],
      queued: 0,
      cursor: 0,
      played: 0,
      isComplete: false,
      isOver: false,
      waitingFrames: 0,
    };
    this.#speeches.push(speech);
    return speech;
  }

  #hasCushion(speech: Speech): boolean {
    if (speech.cursor > 0 || speech.isComplete || this.#ms(speech.queued) >= cushionMs) return true;
    if (speech.queued === 0) return false;
    speech.waitingFrames++;
    return speech.waitingFrames * 20 >= cushionMs;
  }

  #readFrom(speech: Speech, samples: Int16Array): PlayedFrame {
    const length = Math.min(samples.length, speech.queued - speech.cursor);
    copySamples(speech, speech.cursor, samples.subarray(0, length));
    samples.fill(0, length);
    this.#lastRead = { speech, length, playedBefore: speech.played };
    const isFirst = speech.played === 0;
    speech.cursor += length;
    speech.played = Math.max(speech.played, speech.cursor);
    speech.isOver = speech.isComplete && speech.cursor >= speech.queued;
    return { speechId: speech.id, isFirst, isLast: speech.isOver };
  }
}

/** Copies from sample `from` on until `into` is full. */
function copySamples(speech: Speech, from: number, into: Int16Array): void {
  let chunkStart = 0;
  let copied = 0;
  for (const chunk of speech.chunks) {
    const start = from + copied - chunkStart;
    if (start < chunk.length) {
      const piece = chunk.subarray(start, start + into.length - copied);
      into.set(piece, copied);
      copied += piece.length;
    }
    if (copied === into.length) return;
    chunkStart += chunk.length;
  }
}
