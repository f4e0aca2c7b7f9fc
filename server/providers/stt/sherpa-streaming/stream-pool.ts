import type { EngineStream } from './engine-stream.ts';

/**
 * Engine streams that are used again. Their native memory (0.2 MB each) is only given back by the garbage collector,
 * which does not see it: 300 turns on new streams grew the process by 50 MB, on reset ones not at all.
 */
export class StreamPool {
  readonly #create: (sampleRate: number) => EngineStream;
  readonly #limit: number;
  readonly #free: EngineStream[] = [];

  /** @param limit streams kept at most; more are left to the garbage collector. */
  constructor(limit: number, create: (sampleRate: number) => EngineStream) {
    this.#limit = limit;
    this.#create = create;
  }

  take(sampleRate: number): EngineStream {
    const at = this.#free.findIndex((each) => each.sampleRate === sampleRate);
    const found = at === -1 ? undefined : this.#free.splice(at, 1)[0];
    return found ?? this.#create(sampleRate);
  }

  /** Takes a stream back, decoded to the end and forgotten, so that no call's words reach another's. */
  give(stream: EngineStream): void {
    if (this.#free.length >= this.#limit) return;
    stream.drain();
    stream.reset();
    this.#free.push(stream);
  }
}
