import type { CallEndReason } from '../contract/call.ts';
import type { LiveCalls } from '../domain/calls/live-calls.ts';
import { type Clock, delay } from '../lifetime/clock.ts';
import type { LiveCall } from './live-call.ts';

/** The calls that are up or being set up now. */
export class CallRegistry implements LiveCalls {
  readonly #calls = new Map<string, LiveCall>();
  #begun = 0;
  #reserved = 0;

  /** Calls, and lines that are kept for calls about to be written down. */
  get size(): number {
    return this.#calls.size + this.#reserved;
  }

  /** Keeps a line for a call; returns how to give it back once the call is added, or won't be. */
  reserve(): () => void {
    this.#reserved++;
    let kept = true;
    return () => {
      if (kept) this.#reserved--;
      kept = false;
    };
  }

  /** Calls since the start. */
  get begun(): number {
    return this.#begun;
  }

  add(call: LiveCall): void {
    this.#begun++;
    this.#calls.set(call.id, call);
    void call.finished.then(() => this.#calls.delete(call.id));
  }

  /** Ends a call for the API; false when it is not live (any more). Resolves when its end is committed. */
  async end(callId: string, how: 'end' | 'cancel'): Promise<boolean> {
    const call = this.#calls.get(callId);
    if (!call || call.hasEnded) return false;
    await call.end(how === 'end' ? 'api-end' : 'api-cancel');
    return true;
  }

  async endAll(reason: CallEndReason): Promise<void> {
    await Promise.all([...this.#calls.values()].map((call) => call.end(reason)));
  }

  /** Lets every agent say its last sentence; who is not done after `graceMs` is hung up on. */
  async shutDown(graceMs: number, clock: Clock): Promise<void> {
    const calls = [...this.#calls.values()];
    for (const call of calls) call.shutDown();
    const over = new AbortController();
    await Promise.race([
      Promise.all(calls.map(({ finished }) => finished)),
      delay(clock, graceMs, over.signal).catch(() => {}),
    ]);
    over.abort(new Error('done'));
    await this.endAll('shutdown');
  }
}
