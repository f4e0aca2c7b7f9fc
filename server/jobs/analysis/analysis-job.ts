import type { AnalysisService } from '../../domain/analysis/analysis-service.ts';
import type { EventBus } from '../../events/bus.ts';
import type { EventLog } from '../../events/event-log.ts';
import type { StoredFact } from '../../events/fact.ts';
import { Subscription } from '../../events/subscription.ts';
import { type Clock, delay } from '../../lifetime/clock.ts';
import type { Logger } from '../../log/logger.ts';
import { Waker } from '../waker.ts';

export interface AnalysisJobParts {
  readonly analysis: AnalysisService;
  readonly eventLog: EventLog;
  readonly bus: EventBus;
  readonly clock: Clock;
  readonly log: Logger;
}

/** A call that can't be analysed must not keep those after it waiting. */
const mostTries = 3;
const afterFailureMs = 1_000;
/** A call that somebody has analysed again may have rules since whose tools were never called. */
const lookEveryMs = 30_000;
/** Tools called at once for rules that trigger an integration. */
const mostTools = 4;

/** Analyses each call that ends, once, however often the house is killed in between; then calls the rules' tools. */
export class AnalysisJob {
  readonly #parts: AnalysisJobParts;
  readonly #waker: Waker;
  readonly #calling = new Map<string, Promise<void>>();
  #failed = { seq: 0, tries: 0 };
  #abort = new AbortController();
  #subscription: Subscription | undefined;

  constructor(parts: AnalysisJobParts) {
    this.#parts = parts;
    const { clock, log } = parts;
    this.#waker = new Waker({ name: 'the caller of tools after calls', clock, log, look: () => this.#look() });
  }

  /** What was cut off by the end of the last run is settled first. */
  async start(): Promise<void> {
    const { analysis, bus, clock, eventLog, log } = this.#parts;
    this.#abort = new AbortController();
    await analysis.closeInterrupted();
    this.#subscription = new Subscription({
      name: 'analysis',
      bus,
      clock,
      eventLog,
      log,
      kinds: ['call-ended', 'call-removed'],
      after: analysis.readSeq(),
      handle: (stored, signal) => this.#handle(stored, signal),
    });
    this.#subscription.start();
    this.#waker.start();
  }

  async stop(): Promise<void> {
    await this.#subscription?.stop();
    this.#abort.abort();
    await this.#waker.stop();
    await Promise.allSettled(this.#calling.values());
  }

  async #handle({ seq, fact }: StoredFact, signal: AbortSignal): Promise<void> {
    if (fact.kind === 'call-removed') await this.#parts.analysis.forget(fact.callId, seq);
    if (fact.kind !== 'call-ended') return;
    try {
      await this.#parts.analysis.analyseEnded(fact.callId, seq, signal);
    } catch (thrown) {
      this.#failed = { seq, tries: this.#failed.seq === seq ? this.#failed.tries + 1 : 1 };
      if (this.#failed.tries < mostTries || signal.aborted) throw thrown;
      this.#parts.log.error({ err: thrown, callId: fact.callId }, 'a call could not be analysed and is left out');
      await this.#parts.analysis.leaveOut(fact.callId, seq);
    }
    this.#waker.wake();
  }

  async #look(): Promise<number> {
    const { analysis, clock, log } = this.#parts;
    const waiting = analysis.waitingForTools(2 * mostTools).filter(({ id }) => !this.#calling.has(id));
    for (const { id, callId } of waiting.slice(0, mostTools - this.#calling.size)) {
      const calling = analysis
        .callTool(id, this.#abort.signal)
        .catch(async (thrown: unknown) => {
          log.error({ err: thrown, callId }, 'the tool of an analysis rule was not called');
          await delay(clock, afterFailureMs, this.#abort.signal).catch(() => {});
        })
        .finally(() => {
          this.#calling.delete(id);
          this.#waker.wake();
        });
      this.#calling.set(id, calling);
    }
    return clock.now() + lookEveryMs;
  }
}
