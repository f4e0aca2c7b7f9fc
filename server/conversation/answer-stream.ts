import { LandlineError } from '../contract/errors.ts';
import type { Clock } from '../lifetime/clock.ts';
import type { LlmEvent } from '../providers/kinds/llm.ts';
import { abortable } from './abortable.ts';
import { SentenceCutter } from './sentences.ts';

export type AnswerAction = Exclude<LlmEvent, { readonly kind: 'text' }>;

export interface AnswerListener {
  firstToken(): void;
  action(action: AnswerAction): void;
}

/** The brain may be this many sentences ahead of the voice; it waits then. Its actions are known that early. */
const sentencesAhead = 6;

/** Reads a brain's events: text becomes sentences, everything else goes to the listener. */
export class AnswerStream {
  readonly #events: AsyncIterable<LlmEvent>;
  readonly #clock: Clock;
  readonly #limitMs: number;
  readonly #listener: AnswerListener;
  readonly #signal: AbortSignal;
  readonly #cutter = new SentenceCutter();
  readonly #ready: string[] = [];
  #done = false;
  #failure: unknown;
  #hasText = false;
  #changed = Promise.withResolvers<void>();

  constructor(
    events: AsyncIterable<LlmEvent>,
    clock: Clock,
    limitMs: number,
    listener: AnswerListener,
    signal: AbortSignal,
  ) {
    this.#events = events;
    this.#clock = clock;
    this.#limitMs = limitMs;
    this.#listener = listener;
    this.#signal = signal;
  }

  /** Reading begins with the first pull. */
  async *sentences(): AsyncGenerator<string, void, void> {
    void this.#read();
    for (;;) {
      const sentence = this.#ready.shift();
      if (sentence !== undefined) {
        this.#notify();
        yield sentence;
      } else if (this.#done) {
        if (this.#failure !== undefined) throw this.#failure as Error;
        return;
      } else {
        await abortable(this.#changed.promise, this.#signal);
      }
    }
  }

  async #read(): Promise<void> {
    try {
      const iterator = this.#events[Symbol.asyncIterator]();
      for (;;) {
        const next = await this.#nextInTime(iterator);
        if (next.done === true) break;
        await this.#take(next.value);
      }
      this.#ready.push(...this.#cutter.end());
    } catch (failure) {
      this.#failure = failure;
    }
    this.#done = true;
    this.#notify();
  }

  async #take(event: LlmEvent): Promise<void> {
    if (event.kind !== 'text') {
      this.#listener.action(event);
      return;
    }
    if (!this.#hasText && event.text.trim() !== '') {
      this.#hasText = true;
      this.#listener.firstToken();
    }
    const pieces = this.#cutter.push(event.text);
    if (pieces.length === 0) return;
    this.#ready.push(...pieces);
    this.#notify();
    while (this.#ready.length >= sentencesAhead) await abortable(this.#changed.promise, this.#signal);
  }

  /** The next event; fails when the brain gives none within its limit. */
  async #nextInTime(iterator: AsyncIterator<LlmEvent>): Promise<IteratorResult<LlmEvent, unknown>> {
    const late = Promise.withResolvers<never>();
    const timer = this.#clock.after(this.#limitMs, () =>
      late.reject(new LandlineError('brain-late', `The language model gave no text for ${this.#limitMs} ms.`)),
    );
    try {
      return await abortable(Promise.race([iterator.next(), late.promise]), this.#signal);
    } finally {
      timer.cancel();
    }
  }

  #notify(): void {
    this.#changed.resolve();
    this.#changed = Promise.withResolvers<void>();
  }
}
