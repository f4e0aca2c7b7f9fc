import { messageOf } from '../../contract/errors.ts';
import type { Logger } from '../../log/logger.ts';
import type { EdgeEnd, EdgeListener } from '../call-edge.ts';

/**
 * The one end of a call, and the way to its listener. The first end counts; it is told once, at once or as soon as
 * there is a listener. A listener that throws must not reach the control connection, whose reader it would break.
 */
export class EdgeLife {
  readonly #log: Logger;
  readonly #onEnd: () => void;
  #listener: EdgeListener | undefined;
  #end: EdgeEnd | undefined;
  #told = false;

  constructor(log: Logger, onEnd: () => void) {
    this.#log = log;
    this.#onEnd = onEnd;
  }

  get ended(): EdgeEnd | undefined {
    return this.#end;
  }

  listen(listener: EdgeListener): void {
    this.#listener = listener;
    this.#tellEnd();
  }

  tell(what: (listener: EdgeListener) => void): void {
    if (this.#end !== undefined || this.#listener === undefined) return;
    this.#safely(this.#listener, what);
  }

  end(end: EdgeEnd): void {
    if (this.#end !== undefined) return;
    this.#end = end;
    this.#onEnd();
    this.#tellEnd();
  }

  #tellEnd(): void {
    const end = this.#end;
    if (end === undefined || this.#listener === undefined || this.#told) return;
    this.#told = true;
    this.#safely(this.#listener, (listener) => listener.ended(end));
  }

  #safely(listener: EdgeListener, what: (listener: EdgeListener) => void): void {
    try {
      what(listener);
    } catch (failure) {
      this.#log.error({ failure: messageOf(failure) }, 'A call listener failed');
    }
  }
}
