import { messageOf } from '../contract/errors.ts';
import type { Logger } from '../log/logger.ts';
import type { LegSummary } from '../media/media-engine.ts';
import type { RecordingBook } from './call-book.ts';

/** The recording of one call: opened before the answer, settled after the end. The call goes on without it, too. */
export class CallRecording {
  readonly #callId: string;
  readonly #book: RecordingBook;
  readonly #log: Logger;
  #isOpen = false;
  #failure: string | undefined;

  constructor(callId: string, book: RecordingBook, log: Logger) {
    this.#callId = callId;
    this.#book = book;
    this.#log = log;
  }

  /** Writes the recording down, and lets `start` begin it at this path. */
  async open(start: (path: string) => Promise<void>): Promise<void> {
    try {
      const { path } = await this.#book.open(this.#callId);
      this.#isOpen = true;
      await start(path);
    } catch (failure) {
      this.#failure = messageOf(failure);
      this.#log.error({ callId: this.#callId, why: this.#failure }, 'recording could not be started');
    }
  }

  /** It broke off in the middle of the call. */
  failed(why: string): void {
    this.#failure = why;
    this.#log.error({ callId: this.#callId, why }, 'recording stopped');
  }

  /** Runs by itself: reading the file for its checksum must not hold up the end of the call. */
  settle(summary: LegSummary | undefined): void {
    if (!this.#isOpen) return;
    const settled = summary?.recording
      ? this.#book.finished(this.#callId, summary.recording)
      : this.#book.failed(this.#callId, this.#failure ?? 'nothing was recorded');
    settled.catch((failure: unknown) => {
      const why = messageOf(failure);
      this.#log.error({ callId: this.#callId, why }, 'the recording could not be written down');
    });
  }
}
