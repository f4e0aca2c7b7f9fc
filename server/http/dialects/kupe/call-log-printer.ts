import type { CallLog } from '../../../domain/call-logs/call-log.ts';
import type { CallLogService } from '../../../domain/call-logs/call-log-service.ts';
import type { CallFilter } from '../../../domain/calls/call-filter.ts';
import type { CallHead } from '../../../domain/calls/call-list-repository.ts';
import type { PageRequest } from '../../../domain/paging.ts';
import type { EventBus } from '../../../events/bus.ts';
import type { Clock } from '../../../lifetime/clock.ts';
import type { MediaLinks } from '../../media-links.ts';
import { PrintedRows } from '../../printed-rows.ts';
import { callLogToWire } from './call-logs.wire.ts';

export interface CallLogPrinterParts {
  readonly callLogs: CallLogService;
  readonly links: MediaLinks;
  readonly bus: EventBus;
  readonly clock: Clock;
}

/** A cost that has not come by then will not come. */
const settledAfterMs = 10 * 60_000;

/**
 * Call sessions as JSON text. Which calls a page has is asked each time; what one says is printed again only when it,
 * its words, its results, its recording or its agent changed.
 */
export class CallLogPrinter {
  readonly #parts: CallLogPrinterParts;
  readonly #printed = new PrintedRows();

  constructor(parts: CallLogPrinterParts) {
    this.#parts = parts;
    parts.bus.onFact(({ fact }) => {
      if ('callId' in fact) this.#printed.forget(fact.callId);
      else if (fact.kind === 'agent-changed') this.#printed.forgetAll();
    });
  }

  get counters(): PrintedRows['counters'] {
    return this.#printed.counters;
  }

  /** Throws `call-not-found`. */
  one(filter: CallFilter, requestId: string, origin: string): string {
    return this.#print(this.#parts.callLogs.byRequest(filter, requestId), origin);
  }

  /** `text` is a JSON array. */
  list(filter: CallFilter, page: PageRequest, origin: string): { readonly text: string; readonly total: number } {
    const { items, total } = this.#parts.callLogs.heads(filter, page);
    const scope = `${origin} ${this.#parts.links.generation} `;
    const texts = new Map<string, string>();
    const unknown: CallHead[] = [];
    for (const head of items) {
      const known = this.#printed.find(head.id, scope + head.updatedAtMs);
      if (known === undefined) unknown.push(head);
      else texts.set(head.id, known);
    }
    for (const log of this.#parts.callLogs.ofCalls(unknown.map(({ id }) => id))) {
      const text = this.#print(log, origin);
      texts.set(log.call.id, text);
      if (this.#isSettled(log)) this.#printed.keep(log.call.id, scope + log.call.updatedAtMs, text);
    }
    return { text: `[${items.flatMap(({ id }) => texts.get(id) ?? []).join()}]`, total };
  }

  #print(log: CallLog, origin: string): string {
    return JSON.stringify(callLogToWire(log, (callId) => this.#parts.links.url(origin, 'recording', callId)));
  }

  #isSettled({ call, costMicro }: CallLog): boolean {
    if (call.endedAtMs === null) return false;
    return costMicro !== null || this.#parts.clock.now() - call.endedAtMs > settledAfterMs;
  }
}
