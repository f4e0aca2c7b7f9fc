import { LandlineError, messageOf } from '../../contract/errors.ts';
import { mostChunks } from '../../domain/knowledge/knowledge-file.ts';
import type { PlacingService } from '../../domain/knowledge/placing-service.ts';
import type { ReadingService } from '../../domain/knowledge/reading-service.ts';
import type { EventBus } from '../../events/bus.ts';
import type { FactKind } from '../../events/fact.ts';
import { Backoff } from '../../lifetime/backoff.ts';
import { type Clock, delay } from '../../lifetime/clock.ts';
import type { Logger } from '../../log/logger.ts';
import { type ExtractionLimits, extractionLimits, extractPassages } from './extraction.ts';

export interface IndexerOptions {
  readonly indexing: { readonly reading: ReadingService; readonly placing: PlacingService };
  readonly bus: EventBus;
  readonly clock: Clock;
  readonly log: Logger;
  readonly limits?: ExtractionLimits;
}

export interface IndexerCounters {
  readonly read: number;
  readonly failed: number;
  readonly placed: number;
  readonly cleared: number;
}

/** Passages between the reading process and the database at a time. */
const passageBatch = 8;

const wakingFacts: ReadonlySet<FactKind> = new Set([
  'file-uploaded',
  'file-deleted',
  'file-mapped',
  'file-unmapped',
  'agent-deleted',
]);

/**
 * Reads uploaded files, places them in the knowledge bases of their agents, and clears away what was deleted: one
 * thing after another, until nothing is left to do. What is to be done stands in the database, so a restart goes on.
 */
export class Indexer {
  readonly #options: IndexerOptions;
  readonly #backoff = new Backoff();
  readonly #counts = { read: 0, failed: 0, placed: 0, cleared: 0 };
  #controller = new AbortController();
  #stopListening: (() => void) | undefined;
  #working: Promise<void> | undefined;
  #isAsked = false;

  constructor(options: IndexerOptions) {
    this.#options = options;
  }

  get counters(): IndexerCounters {
    return { ...this.#counts };
  }

  start(): void {
    this.#controller = new AbortController();
    this.#stopListening = this.#options.bus.onFact(({ fact }) => {
      if (wakingFacts.has(fact.kind)) this.#wake();
    });
    this.#wake();
  }

  /** Resolves when the step in hand is done; the rest waits for the next start. */
  async stop(): Promise<void> {
    this.#stopListening?.();
    this.#controller.abort(new LandlineError('stopped', 'The indexing stops.'));
    await this.#working;
  }

  #wake(): void {
    this.#isAsked = true;
    this.#working ??= this.#workOff().finally(() => {
      this.#working = undefined;
      if (this.#isAsked && !this.#controller.signal.aborted) this.#wake();
    });
  }

  async #workOff(): Promise<void> {
    const { clock, log } = this.#options;
    const { signal } = this.#controller;
    while (this.#isAsked && !signal.aborted) {
      this.#isAsked = false;
      try {
        while (!signal.aborted && (await this.#step(signal)));
        this.#backoff.reset();
      } catch (thrown) {
        if (signal.aborted) return;
        log.warn({ err: thrown }, `indexing failed, trying again: ${messageOf(thrown)}`);
        this.#isAsked = true;
        await delay(clock, this.#backoff.nextMs(), signal).catch(() => {});
      }
    }
  }

  /** Does the next thing; false when there is none. Deleting comes first, then what agents wait for. */
  async #step(signal: AbortSignal): Promise<boolean> {
    const { reading, placing } = this.#options.indexing;
    await placing.releaseDeletedAgents();
    const removed = placing.nextRemoved();
    if (removed) {
      await placing.remove(removed, signal);
      this.#counts.cleared++;
      return true;
    }
    const deleted = reading.nextDeleted();
    if (deleted) {
      await reading.erase(deleted, signal);
      return true;
    }
    const waiting = placing.next();
    if (waiting) {
      await placing.place(waiting, signal);
      this.#counts.placed++;
      return true;
    }
    return (await this.#readNext(signal)) || (await this.#renewNext(signal));
  }

  async #readNext(signal: AbortSignal): Promise<boolean> {
    const { reading } = this.#options.indexing;
    const next = reading.next();
    if (!next) return false;
    const { no, file } = next.indexed;
    const startedMs = this.#options.clock.now();
    try {
      if (!(await reading.begin(next.indexed, signal))) return true;
      const count = await this.#read(no, { path: next.path, format: file.format }, signal);
      await reading.finish(no, count);
      this.#counts.read++;
      const ms = Math.round(this.#options.clock.now() - startedMs);
      this.#options.log.info({ fileId: file.id, format: file.format, passages: count, ms }, 'a file was read');
    } catch (thrown) {
      if (!(thrown instanceof LandlineError) || thrown.code !== 'file-unreadable') {
        await reading.putBack(no);
        throw thrown;
      }
      this.#counts.failed++;
      this.#options.log.info(
        { fileId: file.id, format: file.format, why: thrown.message, ...thrown.details },
        'a file cannot be read',
      );
      await reading.fail(no, thrown.message, signal);
    }
    return true;
  }

  /** Number of passages. */
  async #read(
    no: number,
    file: { readonly path: string; readonly format: Parameters<typeof extractPassages>[0]['format'] },
    signal: AbortSignal,
  ): Promise<number> {
    const { clock, limits = extractionLimits, indexing } = this.#options;
    let count = 0;
    for await (const passages of extractPassages(file, passageBatch, { clock, limits }, signal)) {
      if (count + passages.length > mostChunks) throw tooLong();
      if (!(await indexing.reading.add(no, count, passages))) return count;
      count += passages.length;
    }
    return count;
  }

  async #renewNext(signal: AbortSignal): Promise<boolean> {
    const { reading } = this.#options.indexing;
    const stale = reading.nextOfOtherModel();
    if (!stale) return false;
    let position = 0;
    for (let renewed = passageBatch; renewed === passageBatch; position += renewed) {
      signal.throwIfAborted();
      renewed = await reading.renew(stale.no, position, passageBatch);
    }
    await reading.finishRenewal(stale.no);
    return true;
  }
}

function tooLong(): LandlineError {
  const most = mostChunks.toLocaleString('en-US');
  return new LandlineError('file-unreadable', `The file holds more than ${most} passages of text: split it.`);
}
