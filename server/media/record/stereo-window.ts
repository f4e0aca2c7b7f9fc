const channelCount = 2;

export type Side = 'caller' | 'agent';

/**
 * The newest seconds of both sides, interleaved (caller left, agent right), before they go to disk. Samples are placed by
 * position; what is older than the window's beginning has left already and is dropped.
 */
export class StereoWindow {
  readonly #samples: Int16Array;
  readonly #capacity: number;
  #start: number;
  #furthest: number;

  /** `start`: position of the first sample of the recording; `capacity` in samples per side. */
  constructor(start: number, capacity: number) {
    this.#start = start;
    this.#furthest = start;
    this.#capacity = capacity;
    this.#samples = new Int16Array(capacity * channelCount);
  }

  /** Position of the first sample still held. */
  get start(): number {
    return this.#start;
  }

  /** Position behind the last sample placed. */
  get furthest(): number {
    return this.#furthest;
  }

  /** False when the samples lie beyond the window: the front must be taken first. */
  fits(position: number, length: number): boolean {
    return position + length <= this.#start + this.#capacity;
  }

  place(side: Side, samples: Int16Array, position: number): void {
    const channel = side === 'caller' ? 0 : 1;
    const first = Math.max(0, this.#start - position);
    const end = Math.min(samples.length, this.#start + this.#capacity - position);
    for (let i = first; i < end; i++) {
      this.#samples[(position + i - this.#start) * channelCount + channel] = samples[i] ?? 0;
    }
    if (end > first) this.#furthest = Math.max(this.#furthest, position + end);
  }

  /** Takes everything before `position` out as bytes of a WAV file; what lies behind moves to the front. */
  take(position: number): Buffer {
    const length = Math.max(0, Math.min(position - this.#start, this.#capacity));
    const words = length * channelCount;
    const bytes = Buffer.alloc(words * 2);
    for (let i = 0; i < words; i++) bytes.writeInt16LE(this.#samples[i] ?? 0, i * 2);
    this.#samples.copyWithin(0, words);
    this.#samples.fill(0, this.#samples.length - words);
    this.#start += length;
    this.#furthest = Math.max(this.#furthest, this.#start);
    return bytes;
  }

  /** Leaves a stretch of silence out of the (empty) window; the file has a hole there, which reads as silence. */
  jumpTo(position: number): void {
    this.#start = Math.max(this.#start, position);
    this.#furthest = Math.max(this.#furthest, this.#start);
  }
}
