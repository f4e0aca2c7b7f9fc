import type { ToolUseDraft } from '../contract/call.ts';
import type { LlmEvent } from '../providers/kinds/llm.ts';
import { abortable } from './abortable.ts';
import type { BrainLimit } from './brain-limit.ts';
import { SentenceCutter } from './sentences.ts';

/** What a brain does besides speaking. */
export type AnswerAction =
  | Exclude<LlmEvent, { readonly kind: 'text' }>
  | { readonly kind: 'tool-used'; readonly use: ToolUseDraft };

export interface AnswerListener {
  firstToken(): void;
  action(action: AnswerAction): void;
}

/** The brain may be this many sentences ahead of the voice; it waits then. Its actions are known that early. */
const sentencesAhead = 6;

/** Reads a brain's events: text becomes sentences, everything else goes to the listener. */
export class AnswerStream {
  readonly #events: AsyncIterable<LlmEvent>;
  readonly #limit: BrainLimit;
  readonly #listener: AnswerListener;
  readonly #signal: AbortSignal;
  readonly #cutter = new SentenceCutter();
  readonly #ready: string[] = [];
  #done = false;
  #failure: unknown;
  #hasText = false;
  #changed = Promise.withResolvers<void>();

  constructor(events: AsyncIterable<LlmEvent>, limit: BrainLimit, listener: AnswerListener, signal: AbortSignal) {
    this.#events = events;
    this.#limit = limit;
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

  /** Nothing belongs to the text so far any more: it can be said as it is. */
  completeText(): void {
    this.#ready.push(...this.#cutter.end());
    this.#notify();
  }

  /** Says something that the brain didn't. */
  add(sentence: string): void {
    this.#ready.push(sentence);
    this.#notify();
  }

  async #read(): Promise<void> {
    try {
      const iterator = this.#events[Symbol.asyncIterator]();
      for (;;) {
        const next = await abortable(this.#limit.within(iterator.next()), this.#signal);
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

  #notify(): void {
    this.#changed.resolve();
    this.#changed = Promise.withResolvers<void>();
  }
}
